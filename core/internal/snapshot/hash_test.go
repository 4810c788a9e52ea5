package snapshot

import (
	"container/list"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

type (
	namedInt  int
	namedInt2 int
	padded    struct {
		A byte
		B int64
		C byte
	}
	hidden struct{ x int }
	ring   struct {
		next *ring
		v    int
	}
	profile struct {
		Name string
		done chan int
	}
	person struct{ Profile *profile }
	people struct{ Users []person }
)

func mustHash(t *testing.T, v any) typeid.Digest {
	t.Helper()
	d, err := Hash(v)
	if err != nil {
		t.Fatalf("Hash(%T): %v", v, err)
	}
	return d
}

func negZero() float64 { return math.Copysign(0, -1) }

func nanBits(b uint64) float64 { return math.Float64frombits(0x7ff8000000000000 | b) }

func cycle(values ...int) *ring {
	first := &ring{v: values[0]}
	last := first
	for _, v := range values[1:] {
		last.next = &ring{v: v}
		last = last.next
	}
	last.next = first
	return first
}

func bigMap(n int, reverse bool) map[string]int {
	m := map[string]int{}
	for i := range n {
		if reverse {
			i = n - 1 - i
		}
		m[strings.Repeat("k", i%7)+string(rune('a'+i%26))+time.Duration(i).String()] = i
	}
	return m
}

func TestHashTellsApart(t *testing.T) {
	p, q := new(int), new(int)
	berlin, _ := time.LoadLocation("Europe/Berlin")
	when := time.Date(2024, 5, 6, 7, 8, 9, 10, time.UTC)
	array := [4]int{1, 2, 3, 4}
	zeros := make([]int, 5)
	type holds struct {
		list []int
		one  *int
	}
	type within struct {
		n   int
		own *int
	}
	own := &within{}
	own.own = &own.n
	for _, c := range []struct {
		name string // why the two must not be taken for one
		a, b any
	}{
		{"integer kinds", int32(1), uint32(1)},
		{"integer widths", int(1), int64(1)},
		{"named types", namedInt(1), namedInt2(1)},
		{"named and plain", namedInt(1), 1},
		{"unexported fields", hidden{1}, hidden{2}},
		{"nil and empty slice", []int(nil), []int{}},
		{"nil and empty map", map[int]int(nil), map[int]int{}},
		{"nil and empty bytes", []byte(nil), []byte{}},
		{"nil and pointer to zero", (*int)(nil), new(int)},
		{"nil any and typed nil in any", []any{nil}, []any{(*int)(nil)}},
		{"-0", 0.0, negZero()},
		{"NaN bits", nanBits(1), nanBits(2)},
		{"borders between strings", []string{"ab", "c"}, []string{"a", "bc"}},
		{"borders between slices", [][]int{{1}, {2, 3}}, [][]int{{1, 2}, {3}}},
		{"sharing", []*int{p, p}, []*int{p, q}},
		{"slices that overlap, and not", [][]int{zeros[:2], zeros[1:3]}, [][]int{zeros[:2], zeros[2:4]}},
		{"slices that overlap by more", [][]int{zeros[:3], zeros[1:4]}, [][]int{zeros[:3], zeros[2:5]}},
		{"a pointer into a slice", holds{zeros[:2], &zeros[1]}, holds{zeros[:2], &zeros[2]}},
		{"a pointer to a field", own, &within{own: new(int)}},
		{"cycle length", cycle(1, 1), cycle(1, 1, 1)},
		{"dynamic types", []any{1}, []any{int64(1)}},
		{"map values", map[string]int{"a": 1, "b": 2}, map[string]int{"a": 2, "b": 1}},
		{"zone", when, when.In(berlin)},
		{"fixed zones of other names", when.In(time.FixedZone("A", 60)), when.In(time.FixedZone("B", 60))},
		{"big numbers", big.NewInt(5), big.NewInt(-5)},
		{"behind pointers", &person{&profile{Name: "a"}}, &person{&profile{Name: "b"}}},
		{"array and slice", array, array[:]},
		{"length of a prefix", array[:2], array[:3]},
		{"empty struct elements", make([]struct{}, 1), make([]struct{}, 2)},
		{"netip", netip.MustParseAddr("1.2.3.4"), netip.MustParseAddr("::ffff:1.2.3.4")},
		{"netip zones", netip.MustParseAddr("fe80::1%a"), netip.MustParseAddr("fe80::1%b")},
		{"reflect.Type", reflect.TypeFor[int](), reflect.TypeFor[int64]()},
		{"errors by type", errors.New("a"), &url.Error{}},
		{"regexp longest", regexp.MustCompile("a|ab"), regexp.MustCompilePOSIX("a|ab")},
		{"field names of anonymous structs", struct{ A int }{1}, struct{ B int }{1}},
	} {
		if mustHash(t, c.a) == mustHash(t, c.b) {
			t.Errorf("%s: %#v and %#v have one hash", c.name, c.a, c.b)
		}
		if Default().Compare(c.a, c.b) == nil {
			t.Errorf("%s: Compare sees no difference", c.name)
		}
	}
}

func TestHashTakesForOne(t *testing.T) {
	berlin1, _ := time.LoadLocation("Europe/Berlin")
	berlin2, _ := time.LoadLocation("Europe/Berlin")
	now := time.Now()
	when := time.Date(2024, 5, 6, 7, 8, 9, 10, time.UTC)
	dirty := make([]int, 3, 10)
	for _, c := range []struct {
		name string // why the two are one value
		a, b any
	}{
		{"map order", bigMap(500, false), bigMap(500, true)},
		{"other addresses", []*int{new(int)}, []*int{new(int)}},
		{"cycles", cycle(1, 2, 3), cycle(1, 2, 3)},
		{"capacity", dirty, make([]int, 3)},
		{"NaN keys", map[float64]int{nanBits(1): 1, nanBits(2): 2, math.NaN(): 3}, map[float64]int{math.NaN(): 3, nanBits(2): 2, nanBits(1): 1}},
		{"pointer keys", map[*int]string{new(int): "a", new(int): "b"}, map[*int]string{new(int): "b", new(int): "a"}},
		{"interface keys", map[any]int{1: 1, "a": 2, int8(1): 3}, map[any]int{int8(1): 3, "a": 2, 1: 1}},
		{"struct keys", map[padded]int{{1, 2, 3}: 1, {3, 2, 1}: 2}, map[padded]int{{3, 2, 1}: 2, {1, 2, 3}: 1}},
		{"slices that overlap", overlapping(), overlapping()},
		{"pointers behind a length", [][]int{dirty[:1:3], dirty[2:]}, [][]int{make([]int, 1), make([]int, 1)}},
		{"monotonic reading", now, now.Round(0)},
		{"a location loaded twice", when.In(berlin1), when.In(berlin2)},
		{"big zero, its array kept or not", new(big.Int), new(big.Int).Sub(big.NewInt(1), big.NewInt(1))},
		{"lists", pushed(1, 2), pushed(1, 2)},
		{"mutex after use", usedMutex(), new(sync.Mutex)},
		{"builders", built("ab"), built("ab")},
		{"sync.Map", syncMap(1, 2, 3), syncMap(3, 1, 2)},
		{"atomic pointer", atomicPtr(7), atomicPtr(7)},
		{"boxes shared or not", twice([2]string{"x", "y"}), []any{[2]string{"x", "y"}, [2]string{"x", "y"}}},
	} {
		if mustHash(t, c.a) != mustHash(t, c.b) {
			t.Errorf("%s: two hashes", c.name)
		}
		if err := Default().Compare(c.a, c.b); err != nil && c.name != "pointer keys" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func twice(v any) []any { return []any{v, v} }

func overlapping() any {
	list := []int{1, 2, 3, 4}
	return map[string]any{"a": list[1:3], "b": list, "c": &list[2], "d": list[2:], "e": list[4:]}
}

func pushed(values ...int) *list.List {
	l := list.New()
	for _, v := range values {
		l.PushBack(v)
	}
	return l
}

func usedMutex() *sync.Mutex {
	m := new(sync.Mutex)
	for range 2 {
		m.Lock()
		_ = m.TryLock()
		m.Unlock()
	}
	return m
}

func built(s string) *strings.Builder {
	b := new(strings.Builder)
	b.WriteString(s)
	return b
}

func syncMap(keys ...int) *sync.Map {
	m := new(sync.Map)
	for _, k := range keys {
		m.Store(k, "v")
	}
	return m
}

func atomicPtr(v int) *atomic.Pointer[int] {
	p := new(atomic.Pointer[int])
	p.Store(&v)
	return p
}

func TestHashSkipsPadding(t *testing.T) {
	mk := func(fill byte) *padded {
		p := new(padded)
		raw := bytesAt(reflect.ValueOf(p).UnsafePointer(), reflect.TypeFor[padded]().Size())
		for i := range raw {
			raw[i] = fill
		}
		p.A, p.B, p.C = 1, 2, 3
		return p
	}
	if mustHash(t, mk(0)) != mustHash(t, mk(0xff)) {
		t.Error("padding counts")
	}
	if Default().Compare(mk(0), mk(0xff)) != nil {
		t.Error("Compare looks at padding")
	}
}

func TestHashRefuses(t *testing.T) {
	const tail = " cannot be part of a key; pass the data it stands for"
	ctx := context.WithValue(context.Background(), namedInt(1), 2)
	for _, c := range []struct {
		v    any
		want string
	}{
		{&people{[]person{{}, {&profile{done: make(chan int)}}}}, "Users[1].Profile.done: a chan" + tail},
		{struct{ F func() }{func() {}}, "F: a func" + tail},
		{make(chan int), "value: a chan" + tail},
		{map[string]any{"out": os.Stdout}, `["out"]: an *os.File` + tail},
		{[]any{ctx}, "[0]: a context.Context" + tail},
		{struct{ T *testing.T }{t}, "T: a testing handle" + tail},
		{[3]uintptr{0, 1, 0}, "[1]: a uintptr" + tail},
		{io.Reader(os.Stdin), "value: an *os.File" + tail},
		{reflect.ValueOf(1), "value: a reflect.Value" + tail},
		{x509.NewCertPool(), "value: an *x509.CertPool" + tail},
		{time.NewTimer(time.Hour), "value: a *time.Timer" + tail},
		{&struct{ P sync.Pool }{P: sync.Pool{New: func() any { return 1 }}}, "P.New: a func" + tail},
	} {
		_, err := Hash(c.v)
		var refused *RefusedError
		if !errors.As(err, &refused) || err.Error() != c.want {
			t.Errorf("Hash(%T) = %v\nwant %s", c.v, err, c.want)
		}
	}
	for _, v := range []any{(chan int)(nil), struct{ F func() }{}, uintptr(0), (*os.File)(nil), os.ErrNotExist} {
		mustHash(t, v)
	}
}

// A chain that recursion would pay for in stack.
func TestHashDeep(t *testing.T) {
	var head *ring
	for i := range 300_000 {
		head = &ring{head, i}
	}
	mustHash(t, head)
	if Default().Compare(head, head) != nil {
		t.Error("differs from itself")
	}
	var nested any
	for range 10_000 {
		nested = []any{nested}
	}
	mustHash(t, nested)
	var wide any = [2]string{"a", "b"}
	for range 64 { // 2^64 paths, 64 boxes
		wide = [2]any{wide, wide}
	}
	mustHash(t, wide)
	if Default().Compare(wide, wide) != nil {
		t.Error("differs from itself")
	}
}

func TestHashMapInItsOwnKey(t *testing.T) {
	type key struct{ m map[*key]int }
	mk := func() map[*key]int {
		m := map[*key]int{}
		m[&key{m}] = 1
		m[&key{nil}] = 2
		return m
	}
	if first, second := mustHash(t, mk()), mustHash(t, mk()); first != second {
		t.Error("two hashes")
	}
}

type shaped interface{ area() int }

//lint:ignore U1000 what it is made of is found by reflection
type round struct{ hidden }

//lint:ignore U1000 what it is made of is found by reflection
type square struct{ round *round }

func (round) area() int  { return 1 }
func (square) area() int { return 2 }

// The types whose methods a value brings are those that interfaces in it hold,
// and what they are made of.
func TestHashTypes(t *testing.T) {
	type local struct{ square }
	for _, tc := range []struct {
		value any
		want  string
	}{
		{nil, ""},
		{[]int{1}, ""},
		{[]shaped{}, "shaped"},
		{[]shaped{round{}, &square{}}, "hidden round shaped square"},
		{map[string]any{"a": []any{round{}}}, "hidden round"},
		{map[any]int{square{}: 1}, "hidden round square"},
		{local{}, "hidden local round square"},
		{(*square)(nil), "hidden round square"},
		{[]any{reflect.TypeFor[square]()}, "hidden round square"},
		{struct{ s shaped }{nil}, "shaped"},
		{time.Second, "Duration"},
	} {
		_, types, err := HashTypes(tc.value)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, name := range types {
			names = append(names, name[strings.LastIndexByte(name, '.')+1:])
		}
		if got := strings.Join(names, " "); got != tc.want {
			t.Errorf("%T: %s, not %s", tc.value, got, tc.want)
		}
	}
}
