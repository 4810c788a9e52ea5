package snapshot

import (
	"math"
	"slices"
	"unsafe"
)

// An arena holds all that a value has of one type, one after the other, in one
// piece of memory. An encoder and a decoder number what they meet alike.
type arena struct {
	index int
	plan  *plan  // of an element, or of the contents of maps
	n     uint64 // elements met so far
	done  uint64 // elements written, or read
	last  uint64 // the number after the elements that were referred to last

	// used by an encoder
	todo    []uint32 // numbers of what was met and is not written yet
	plain   buffer   // elements of plain bytes
	entries *entries

	// used by a decoder
	total  uint64 // elements that there is room for
	base   unsafe.Pointer
	counts []int // the number of entries of each map
}

// arenas are the arenas of a value, in the order in which an element of each is met
// first. The first one holds the root alone.
type arenas struct {
	list   []*arena
	byPlan []*arena // by the number of the plan
	turn   int      // the place in list of the one that was due last
}

// get returns the arena of pl, made now if isNew.
func (as *arenas) get(pl *plan) (a *arena, isNew bool) {
	if pl.id >= len(as.byPlan) {
		as.byPlan = append(as.byPlan, make([]*arena, pl.id+1-len(as.byPlan))...)
	}
	if a = as.byPlan[pl.id]; a != nil {
		return a, false
	}
	a = as.add(pl)
	as.byPlan[pl.id] = a
	return a, true
}

func (as *arenas) add(pl *plan) *arena {
	n := len(as.list)
	if n == cap(as.list) {
		as.list = slices.Grow(as.list, 1)
	}
	as.list = as.list[:n+1]
	if as.list[n] == nil {
		as.list[n] = new(arena)
	}
	a := as.list[n]
	*a = arena{index: n, plan: pl, todo: a.todo[:0]}
	return a
}

// reset forgets all arenas, but for their memory.
func (as *arenas) reset() {
	for _, a := range as.list {
		if a.plan.id < len(as.byPlan) {
			as.byPlan[a.plan.id] = nil
		}
	}
	as.list, as.turn = as.list[:0], 0
}

// next returns the arena that is due. Maps whose keys are ordered by what they reach
// come last.
func (as *arenas) next() (late *arena) {
	for range as.list {
		if as.turn++; as.turn >= len(as.list) {
			as.turn = 0
		}
		switch a := as.list[as.turn]; {
		case a.done == a.n:
		case !a.plan.isContents() || a.plan.sortable():
			return a
		case late == nil:
			late = a
		}
	}
	return late
}

// inPlace reports whether elements are used where they lie in the file. The root
// is built in the caller's variable.
func (a *arena) inPlace() bool { return a.plan.flat && a.index > 0 }

// A reference to elements is one of these numbers, or refHere plus the difference
// between the first one's number in the arena of its plan and the number after the
// elements that were referred to last there. Most references lead to the next element.
const (
	refNil    = iota
	refEmpty  // memory of no size
	refGlobal // the number of a registered package variable follows
	refAway   // into elements of another type, or into the root: see putAway
	refHere
)

// maxDeep is how many interfaces of a key of a map may lie within one another: a
// reader takes stack for each.
const maxDeep = 1 << 14

const maxLen = (1<<39 - 1) & math.MaxInt

// zigzag makes small numbers of small differences, and back.
func zigzag(n uint64) uint64 { return n<<1 ^ uint64(int64(n)>>63) }
func zagzig(n uint64) uint64 { return n>>1 ^ -(n & 1) }
