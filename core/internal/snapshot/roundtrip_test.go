package snapshot

import (
	"bytes"
	"container/list"
	"errors"
	"io"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"
)

type pair[A, B any] struct {
	a A
	b B
}

// again encodes *ptr, decodes it into a new variable and requires equality, and
// that encoding the result gives the same bytes.
func again[T any](t *testing.T, ptr *T) T {
	t.Helper()
	var out T
	data, err := Default().RoundTrip(ptr, &out)
	if err != nil {
		t.Fatalf("%T: %v", *ptr, err)
	}
	second, err := Default().Marshal(&out)
	if err != nil {
		t.Fatalf("%T, decoded: %v", *ptr, err)
	}
	if !bytes.Equal(data, second) {
		t.Errorf("%T: the decoded value has other bytes", *ptr)
	}
	return out
}

func TestRoundTripAny(t *testing.T) {
	p, now := new(int), time.Now()
	berlin, _ := time.LoadLocation("Europe/Berlin")
	for _, v := range []any{
		nil, 1, "x", 3.5, []int(nil), []int{}, []int{1}, map[string]int(nil), map[string]int{}, map[string]int{"a": 1},
		new(int), (*int)(nil), []*int{p, p}, []*int{new(int), p}, cycle(1, 2, 3), padded{1, 2, 3}, hidden{4}, &hidden{5},
		[]any{1, "a", nil, int8(3), []any{2}}, now, &now, now.In(berlin), time.Time{}, now.UTC(), berlin, time.UTC, time.Local,
		big.NewInt(1 << 60), big.NewFloat(2.5), big.NewRat(1, 3), netip.MustParseAddr("fe80::1%eth0"), netip.MustParsePrefix("10.0.0.0/8"),
		map[netip.Addr]string{netip.MustParseAddr("::1"): "a"}, map[any]any{1: "a", "b": 2}, map[float64]int{nanBits(1): 1, nanBits(2): 2},
		regexp.MustCompile("a(b|c)*"), &url.URL{Scheme: "http", User: url.UserPassword("a", "b")}, pushed(1, 2, 3),
		built("abc"), bytes.NewBufferString("xyz"), syncMap(1, 2, 3), atomicPtr(7), usedMutex(), new(sync.Once),
		io.EOF, []error{io.EOF, io.EOF}, reflect.TypeFor[map[string]hidden](), bigMap(1000, false),
		[20]*int{3: p, 5: p}, [3]string{"a", "", "c"}, struct{}{}, []struct{}{{}, {}}, &struct{}{}, [0]int{}, map[struct{}]int{{}: 1},
		[]string{strings.Repeat("x", 100_000), "y", "y"}, bytes.Repeat([]byte{7}, 1<<20), complex(1, -2),
		pair[int, string]{1, "x"}, []map[string][]int{{"a": {1}}, nil}, func() any { var m = map[string]any{}; m["self"] = m; return m }(),
		list.New(), struct{ _ int32 }{}, [][]byte{{1}, {}, nil}, map[[2]string][]string{{"a", "b"}: {"c"}},
	} {
		again(t, &v)
	}
}

func TestRoundTripTyped(t *testing.T) {
	type user struct {
		ID    int
		Name  string
		Born  time.Time
		Tags  []string
		Attrs map[string]string
	}
	users := make([]user, 100)
	for i := range users {
		users[i] = user{i, "user", time.Unix(int64(i), 5), []string{"a", "b"}, map[string]string{"k": "v"}}
	}
	again(t, &users)
	var l list.List
	l.PushBack(1)
	again(t, &l) // points into itself
	if !sentinelsSeen {
		return
	}
	again(t, ptrTo(errors.New("x")))
	var e error = &url.Error{Op: "get", URL: "x", Err: io.EOF}
	if got := again(t, &e); !errors.Is(got, io.EOF) {
		t.Error("lost io.EOF")
	}
	r := cycle(1, 2)
	if got := again(t, r); got.next.next == nil || got.next.next.v != 1 {
		t.Error("cycle")
	}
}

// What lies in a pool is no part of a value; what makes more of it is.
func TestRoundTripPool(t *testing.T) {
	type pooled struct {
		Pool sync.Pool
		N    int
	}
	used := &pooled{N: 3}
	for range 100 { // some are dropped under the race detector
		used.Pool.Put(new(int))
	}
	if got := again(t, used); got.N != 3 || got.Pool.Get() != nil {
		t.Errorf("%d, and something in the pool", got.N)
	}
	_, err := Default().Marshal(&pooled{Pool: sync.Pool{New: func() any { return 1 }}})
	if err == nil || !strings.HasPrefix(err.Error(), "Pool.New: a func cannot be stored") {
		t.Errorf("with New: %v", err)
	}
}

// A Location has a cache of the zone of now, which reflect.DeepEqual compares.
func TestRoundTripZones(t *testing.T) {
	type dated struct {
		At   time.Time
		Name string
	}
	made := func() []dated {
		list := []dated{{time.Now().Round(0), "local"}, {time.Unix(1, 2).UTC(), "utc"}, {time.Unix(1, 2).In(time.FixedZone("X", 3600)), "fixed"}}
		parsed, err := time.Parse(time.RFC3339, "2020-01-02T03:04:05+05:30")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Europe/Berlin", "America/New_York", "Asia/Tokyo", "Africa/Casablanca", "Etc/GMT+5", "Australia/Lord_Howe", "Europe/Dublin"} {
			l, err := time.LoadLocation(name)
			if err != nil {
				t.Skip(err)
			}
			list = append(list, dated{parsed.In(l), name})
		}
		return append(list, dated{parsed, "parsed"})
	}
	want := made()
	got := again(t, &want)
	for i, fresh := range made()[1:] {
		if !reflect.DeepEqual(got[i+1], fresh) {
			t.Errorf("%s: %#v, made again %#v", fresh.Name, got[i+1].At.Location(), fresh.At.Location())
		}
	}
	if !isLike(reflect.TypeFor[time.Location](), reflect.TypeFor[location]()) {
		t.Error("time.Location is another in this version of Go")
	}
}

func TestRoundTripOverlap(t *testing.T) {
	type view struct {
		All   []int
		Part  []int
		One   *int
		Arr   *[2]int
		Short []int
		P     *padded
		PB    *int64
		Words []string
		Word  *string
	}
	all, pad, words := []int{1, 2, 3, 4, 5, 6}, &padded{1, 2, 3}, []string{"a", "b", "c", "d"}
	v := view{all[:4], all[1:3:5], &all[3], (*[2]int)(all[2:4]), all[:0], pad, &pad.B, words[:2], &words[1]}
	got := again(t, &v)
	if got.All[1] = 77; got.Part[0] != 77 {
		t.Error("Part is a copy")
	}
	if got.All[3] = 78; *got.One != 78 || got.Arr[1] != 78 {
		t.Error("One or Arr is a copy")
	}
	if *got.PB = 9; got.P.B != 9 {
		t.Error("PB is a copy")
	}
	if *got.Word = "z"; got.Words[1] != "z" {
		t.Error("Word is a copy")
	}
	if cap(got.Part) != 2 {
		t.Errorf("room for %d", cap(got.Part))
	}
}

// An array that leads into itself.
func TestRoundTripArray(t *testing.T) {
	type link struct {
		next *link
		n    *int
		own  int
	}
	var links [3]link
	for i := range links {
		links[i] = link{&links[(i+1)%3], &links[(i+2)%3].own, i}
	}
	got := again(t, &links)
	for i, next := range []int{1, 2, 0} {
		if l := &got[i]; l.own != i || *l.n != (i+2)%3 || l.next.own != next {
			t.Errorf("link %d: %+v", i, l)
		}
	}
	var out [3]link
	data, err := Default().Marshal(&links)
	if err == nil {
		err = Default().Unmarshal(data, &out)
	}
	if err != nil || out[0].next != &out[1] || out[0].n != &out[2].own {
		t.Errorf("it leads elsewhere: %v", err)
	}
}

// sentinelsSeen is false where every error behind a pointer has to be taken for
// one that a package variable holds.
var sentinelsSeen = !global.InVariable(unsafe.Pointer(new([64]byte)))

func ptrTo[T any](v T) *T { return &v }

// TestBigValue stores a value so big that collections are put off.
func TestBigValue(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 300 MB")
	}
	type link struct {
		next *link
		n    int
		text string
		_    [8]byte
	}
	var first *link
	for i := range 1_200_000 {
		first = &link{next: first, n: i, text: strconv.Itoa(i % 1000)}
	}
	var out *link
	if _, err := Default().RoundTrip(&first, &out); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	want := 1_200_000
	for ; out != nil; out = out.next {
		if want--; out.n != want || out.text != strconv.Itoa(want%1000) {
			t.Fatalf("link %d is %d, %q", want, out.n, out.text)
		}
	}
	if want != 0 {
		t.Errorf("%d links are missing", want)
	}
}

func structural() *coder { return Default().c }

// RoundTrip encodes *ptr, decodes the bytes into *out, of the same type, and
// compares the two: what a miss returns is what later hits will return.
func (c *Coder) RoundTrip(ptr, out any) ([]byte, error) {
	data, err := c.Marshal(ptr)
	if err != nil {
		return nil, err
	}
	if err := c.Unmarshal(bytes.Clone(data), out); err != nil {
		return nil, err
	}
	return data, c.Compare(ptr, out)
}

// Compare tells whether two values have the same bytes, as who stores one does.
func (c *Coder) Compare(a, b any) error {
	first, err1 := c.Marshal(&a)
	second, err2 := c.Marshal(&b)
	if err := errors.Join(err1, err2); err != nil || bytes.Equal(first, second) {
		return err
	}
	return errors.New("the values differ")
}
