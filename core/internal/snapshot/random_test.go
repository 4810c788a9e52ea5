package snapshot

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

type (
	boxKey struct {
		A any
		S string
	}
	knot struct {
		Next  *knot
		Self  *knot
		Any   any
		Nums  []int32
		Num   *int32
		Texts []string
		Text  *string
		Knots []knot
		Ptrs  []*knot
		Keys  map[any]*knot
		Boxes map[boxKey]any
		Sets  map[*knot]bool
		Names map[string][]int32
		Arr   [3]any
		When  time.Time
		Addr  netip.Addr
		Sync  *sync.Map
		Typ   reflect.Type
		Pad   padded
		Inner struct {
			B byte
			P *padded
			N *int64
			Z *struct{}
		}
	}
)

// A tangle makes values whose parts share memory in all ways.
type tangle struct {
	*rand.Rand
	knots []*knot
	nums  []int32
	texts []string
	pads  []padded
}

// newTangle makes some knots: each has a number of its own.
func newTangle(seed uint64) *tangle {
	r := &tangle{Rand: rand.New(rand.NewPCG(seed, 1)), nums: make([]int32, 12), texts: make([]string, 8), pads: make([]padded, 4)}
	for i := range r.nums {
		r.nums[i] = int32(i)
	}
	for i := range r.texts {
		r.texts[i] = fmt.Sprint("text ", i%3)
	}
	row := make([]knot, 3) // some lie side by side
	for i := range 2 + r.IntN(5) {
		if i < len(row) && r.IntN(2) == 0 {
			r.knots = append(r.knots, &row[i])
		} else {
			r.knots = append(r.knots, new(knot))
		}
	}
	for i, k := range r.knots {
		k.Pad.B = int64(i)
		for range 1 + r.IntN(5) {
			r.tie(k, row)
		}
	}
	return r
}

// knot returns one of them, slice some of the numbers.
func (r *tangle) knot() *knot { return r.knots[r.IntN(len(r.knots))] }

func (r *tangle) slice() []int32 {
	from := r.IntN(len(r.nums))
	to := from + r.IntN(len(r.nums)-from+1)
	return r.nums[from:to:min(len(r.nums), to+r.IntN(3))]
}

// key is something that a map may have as a key.
func (r *tangle) key() any {
	switch r.IntN(7) {
	case 0:
		return r.IntN(5)
	case 1:
		return fmt.Sprint(r.IntN(5))
	case 2:
		return r.knot()
	case 3:
		return boxKey{r.IntN(3), "s"}
	case 4:
		return [2]any{"a", [2]any{r.IntN(3), &r.nums[r.IntN(3)]}}
	case 5:
		return netip.AddrFrom4([4]byte{1, 2, 3, byte(r.IntN(5))})
	}
	return reflect.TypeFor[knot]()
}

// value is something that an interface may hold.
func (r *tangle) value() any {
	switch r.IntN(9) {
	case 0:
		return nil
	case 1:
		return r.slice()
	case 2:
		return &r.nums[r.IntN(len(r.nums))]
	case 3:
		return &r.pads[r.IntN(len(r.pads))].B
	case 4:
		return r.pads[r.IntN(len(r.pads)):]
	case 5:
		return []any{r.key(), r.knot()}
	case 6:
		return *r.knot() // a copy
	case 7:
		return &r.knot().Inner
	}
	return r.key()
}

// tie sets one part of k.
func (r *tangle) tie(k *knot, row []knot) {
	switch r.IntN(20) {
	case 0:
		k.Next = r.knot()
	case 1:
		k.Self = k
	case 2:
		k.Any = r.value()
	case 3:
		k.Nums = r.slice()
	case 4:
		k.Num = &r.nums[r.IntN(len(r.nums))]
	case 5:
		from := r.IntN(len(r.texts))
		k.Texts = r.texts[from:]
	case 6:
		k.Text = &r.texts[r.IntN(len(r.texts))]
	case 7:
		k.Knots = row[r.IntN(len(row)):]
	case 8:
		k.Ptrs = []*knot{r.knot(), nil, r.knot()}
	case 9:
		k.Keys = map[any]*knot{r.key(): r.knot(), r.key(): nil}
	case 10:
		k.Boxes = map[boxKey]any{{r.key(), "a"}: r.value(), {r.key(), "b"}: r.value()}
	case 11:
		k.Sets = map[*knot]bool{r.knot(): true, r.knot(): false}
	case 12:
		k.Names = map[string][]int32{"a": r.slice(), "b": nil, "c": {}}
	case 13:
		k.Arr[r.IntN(3)] = r.value()
	case 14:
		k.When = time.Unix(int64(r.IntN(3)), 0)
	case 15:
		k.Addr = netip.AddrFrom4([4]byte{9, 9, 9, byte(r.IntN(3))})
	case 16:
		k.Sync = syncMap(1, 2)
		k.Sync.Store(r.key(), r.value())
	case 17:
		k.Typ = reflect.TypeFor[map[string]knot]()
	case 18:
		k.Inner.P = &r.pads[r.IntN(len(r.pads))]
		k.Inner.N = &k.Inner.P.B
	case 19:
		k.Inner.Z = new(struct{})
	}
}

// TestTangles requires of values tangled in many ways that they come back the same,
// with the same bytes and the same hash. No two things that keys lead to look alike.
func TestTangles(t *testing.T) {
	stored, refused := 0, 0
	for seed := range uint64(300) {
		r := newTangle(seed)
		for _, v := range []any{r.knots[0], &r.knots, &r.knots[0].Inner, &[]any{r.knots, r.nums, r.pads}} {
			out := reflect.New(reflect.TypeOf(v).Elem()).Interface()
			data, err := Default().RoundTrip(v, out)
			if err != nil && strings.Contains(err.Error(), "unrelated types") {
				refused++
				continue
			}
			if err != nil {
				t.Fatalf("%d, %T: %v", seed, v, err)
			}
			stored++
			if again, err := Default().Marshal(out); err != nil || !bytes.Equal(again, data) {
				t.Errorf("%d, %T: what comes back has other bytes (%v)", seed, v, err)
			}
			if mustHash(t, v) != mustHash(t, out) {
				t.Errorf("%d, %T: what comes back has another hash", seed, v)
			}
		}
	}
	if stored < 20*refused {
		t.Errorf("%d stored, %d refused", stored, refused)
	}
}
