package snapshot

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// everything is the stop of a trail that ends nowhere.
const everything = math.MaxUint64

// trail keeps the way to all that an encoder meets: to say where something is
// refused, or differs from another value.
type trail struct {
	spot
	places []place // of what was met, by its number
	stop   uint64  // a byte of the stream: the encoding ends there
}

// spot is what is being written.
type spot struct {
	in    uint32 // the number of what was met
	index int    // its element
	path  string // in the element, to what has parts
	op    *op    // the part
	len   int    // of the slice that was met last
}

// place is where something was met: in an element of what has a number.
type place struct {
	in    uint32
	index int
	path  string
	slice bool // elements have an index
}

// met notes where what gets this number was met.
//
//go:noinline
func (t *trail) met(id uint32) {
	for len(t.places) <= int(id) {
		t.places = append(t.places, place{})
	}
	if t.op != nil {
		t.places[id] = place{t.in, t.index, t.path + t.op.path, t.op.kind == opSlice}
	}
}

// enter begins what has this number.
func (t *trail) enter(id uint32) { t.spot = spot{in: id} }

// into says that what follows are parts of o, or of its element i, until leave
// is called.
func (t *trail) into(o *op, i int) (leave func()) {
	if t == nil {
		return func() {}
	}
	outer := t.path
	t.path += o.path
	if i >= 0 {
		t.path += "[" + strconv.Itoa(i) + "]"
	}
	return func() { t.path = outer }
}

// where returns the path from the root to a part of the present element.
func (t *trail) where(path string) string { return t.from(place{t.in, t.index, t.path + path, false}) }

func (t *trail) from(p place) string {
	steps := []string{p.path}
	for p.in != 0 {
		up := t.places[p.in]
		if up.slice {
			steps = append(steps, fmt.Sprintf("[%d]", p.index))
		}
		steps = append(steps, up.path)
		p = up
	}
	slices.Reverse(steps)
	return strings.Join(steps, "")
}
