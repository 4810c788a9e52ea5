package snapshot

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"unsafe"
)

// knot is a thing with every kind of link that pairs notes.
type knot struct {
	next   *knot
	links  []*knot
	nums   []int32
	num    *int32
	window *[4]int32
	byName map[string]*knot
	text   *string
	inner  struct{ word int64 }
	word   *int64
}

// newKnots ties n knots at random.
func newKnots(r *rand.Rand, n int) []*knot {
	knots, nums := make([]*knot, n), make([]int32, 4*n)
	for i := range knots {
		knots[i] = &knot{}
	}
	for _, k := range knots {
		k.retie(r, knots, nums)
	}
	return knots
}

// retie changes one link of k, or a few.
func (k *knot) retie(r *rand.Rand, knots []*knot, nums []int32) {
	other := knots[r.IntN(len(knots))]
	at := r.IntN(len(nums) - 4)
	switch r.IntN(9) {
	case 0:
		k.next = other
	case 1:
		k.links = append([]*knot{nil, k}, other.links...)
	case 2:
		k.links = other.links
	case 3:
		k.nums, k.num = nums[at:at+r.IntN(5)], &nums[at]
	case 4:
		if len(k.nums) > 1 {
			k.nums = k.nums[:len(k.nums)-1]
		}
		k.window = (*[4]int32)(nums[at:])
	case 5:
		k.byName = map[string]*knot{"a": other, "b": k}
	case 6:
		k.byName, k.text = other.byName, other.text
	case 7:
		k.word = &other.inner.word
	default:
		k.text = new(string)
	}
}

// TestFastDiffAgrees compares values and changed copies of them by both ways.
func TestFastDiffAgrees(t *testing.T) {
	needs64Bit(t)
	differ, unsure := 0, 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 7))
		a := newKnots(r, 3+r.IntN(12))
		var b []*knot
		if _, err := Default().RoundTrip(&a, &b); err != nil {
			t.Fatal(seed, err)
		}
		if seed%4 > 0 {
			b[r.IntN(len(b))].retie(r, b, make([]int32, 10))
		}
		same, sure := agree(t, a, b)
		if !same {
			differ++
		}
		if !sure {
			unsure++
		}
	}
	if differ < 100 || differ > 300 || unsure > 300 {
		t.Errorf("of 400 values %d differ, %d take the slow way", differ, unsure)
	}
}

// agree compares a and b fast and in full.
func agree[T any](t *testing.T, a, b T) (same, sure bool) {
	t.Helper()
	pl := structural().plan(reflect.TypeFor[T]())
	fast := newDiffer(structural(), false)
	fast.pairs = newPairs()
	fast.run(pl, unsafe.Pointer(&a), unsafe.Pointer(&b))
	full := newDiffer(structural(), false)
	full.run(pl, unsafe.Pointer(&a), unsafe.Pointer(&b))
	if !fast.unsure && fast.found != full.found {
		t.Errorf("fast: differs %v, in full: %v", fast.found, full.found)
	}
	return !full.found, !fast.unsure
}
