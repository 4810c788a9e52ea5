package snapshot

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// trail keeps the way to all that an encoder meets, and what it finds on it: to
// say where something is refused, or differs from another value. A nil trail
// keeps nothing.
type trail struct {
	spot
	places []place // of what was met, by its number

	found  [][]byte // in a value, if not nil
	second bool     // what is found is compared with it, from at on
	at     int
}

// spot is what is being written.
type spot struct {
	in    uint32 // the number of what was met
	index int    // its element
	path  string // in the element, to what has parts
	op    *op    // the part
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

// note takes what was found in a value, or compares it with what was found at
// the same place in another one: off is where they differ.
func (t *trail) note(data []byte) (off int, same bool) {
	switch {
	case t == nil || !t.second && t.found == nil:
		return 0, true
	case !t.second:
		t.found = append(t.found, bytes.Clone(data))
		return 0, true
	}
	other := t.other()
	if t.at++; other != nil && bytes.Equal(other, data) {
		return 0, true
	}
	for off < min(len(data), len(other)) && data[off] == other[off] {
		off++
	}
	return off, false
}

// other returns what was found in the other value.
func (t *trail) other() []byte {
	if t.at < len(t.found) {
		return t.found[t.at]
	}
	return nil
}

// compare notes what is written for a part. Of slices of several lengths the path
// leads to the first element that one lacks.
func (e *encoder) compare(o *op) error {
	if e.trail == nil {
		return nil
	}
	piece, other := e.current.out.last, e.trail.other()
	if _, same := e.trail.note(piece); same {
		return nil
	}
	path := o.path
	if o.kind == opSlice && len(other) > 0 {
		a, _ := binary.Uvarint(piece)
		b, _ := binary.Uvarint(other)
		if least := min(a, b); least > 0 {
			path = fmt.Sprintf("%s[%d]", path, least)
		}
	}
	return e.refusal(path, "")
}

// hasParts reports whether the parts of o are compared, not what is written for it.
func (o *op) hasParts() bool { return o.kind == opIface || o.kind == opArray || o.kind == opCodec }

// noteBytes notes what stands for a part elsewhere: the memory of a t where t is
// not nil.
func (e *encoder) noteBytes(o *op, data []byte, t reflect.Type) error {
	off, same := e.trail.note(data)
	if same {
		return nil
	}
	path := o.path
	if t != nil {
		path += typeid.PartAt(t, uintptr(off))
	}
	return e.refusal(path, "")
}
