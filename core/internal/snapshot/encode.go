package snapshot

import (
	"hash"
	"reflect"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// purpose says for what a value is walked.
type purpose uint8

const (
	toStore purpose = iota // as bytes that can be read back
	toKey                  // for a digest that names the value
	toOrder                // for a number to order the entries of a map by: see sign
)

// encoder writes a value as one stream, breadth first: the target of a pointer gets
// its place when it is met and is written when its arena is due, so neither depth nor
// cycles cost stack, and equal values give equal bytes. Where only a digest is wanted,
// the stream is hashed as it grows, and not kept.
type encoder struct {
	arenas
	coder   *coder
	purpose purpose
	names   global.Names
	out     buffer
	err     error // the first one, after which nothing counts
	met     metTable
	rootAt  unsafe.Pointer
	types   map[reflect.Type]uint64 // their numbers, from 1
	globals []string
	groups  []group
	memory  uint64 // bytes that a reader makes beside the arenas
	inMap   bool   // writing keys or values of maps
	inKey   bool
	deep    int         // interfaces within one another, in a key
	keep    []any       // values that are made on the way, so that no other gets their addresses
	methods *typeid.Set // types in interfaces, which bring methods; nil where nobody wants them
	trail   trail

	over  func() bool // reports that it is time to end
	spent int         // things worked on since it was called

	looker *encoder // walks for sign
	outer  *encoder // the encoder whose looker this is
	left   int      // things that it may look at
}

// newEncoder returns an encoder that keeps its bytes, or hashes them where sum is
// not nil.
func newEncoder(c *coder, why purpose, sum hash.Hash) *encoder {
	return &encoder{coder: c, purpose: why, names: global.Now(), out: buffer{sum: sum}}
}

// begin makes the encoder ready for a value of pl, perhaps after another one.
func (e *encoder) begin(pl *plan) *arena {
	e.arenas.reset()
	e.met.reset()
	clear(e.types)
	e.globals, e.keep, e.err = e.globals[:0], nil, nil
	return e.add(pl)
}

// encode writes the value of plan pl at p, which becomes the one element of the
// first arena.
func (e *encoder) encode(pl *plan, p unsafe.Pointer) error {
	root := e.begin(pl)
	e.rootAt = p
	if g := e.groupOf(p); g != nil && pl.size > 0 {
		if !g.is(p, pl.size) {
			return errUnrelated
		}
		e.placeGroup(g)
	} else if pl.size > 0 {
		m, id, _ := e.met.find(visit{pl, p, 1})
		m.arena, m.lies = root, true
		e.assign(root, id, 1)
	}
	for a := e.next(); a != nil && e.err == nil; a = e.next() {
		e.write(a)
	}
	return e.err
}

// refer writes a reference to n elements at p, met now or before. box says that they are
// the value of an interface.
func (e *encoder) refer(p unsafe.Pointer, pl *plan, n int, box bool) {
	if pl.size == 0 {
		e.out.num(refEmpty)
		return
	}
	if e.outer != nil {
		if n, ok := e.outer.known(visit{pl, p, n}); ok || e.left <= 0 {
			e.out.num(n)
			return
		}
	}
	if g := e.groupOf(p); g != nil {
		e.inGroup(g, p, pl, n)
		return
	}
	m, id, isNew := e.met.find(visit{pl, p, n})
	m.lies = !box && !pl.isContents() // nothing else points into a box, though those of zeros are one
	if isNew {
		m.arena, _ = e.get(pl)
		m.at = m.arena.n
		e.assign(m.arena, id, n)
	}
	if m.arena.index == 0 {
		e.putAway(m.arena, false, 0, 0)
		return
	}
	e.putHere(m.arena, m.at, n)
	if isNew && pl.isContents() && e.purpose != toOrder {
		e.out.num(uint64(mapLen(p)))
		e.memory += pl.mapMemory(uint64(mapLen(p)))
	}
}

func (e *encoder) putHere(a *arena, at uint64, n int) {
	e.out.num(refHere + zigzag(at-a.last))
	a.last = at + uint64(n)
}

// putAway writes a reference to byte off of an arena, in which it meets more elements.
func (e *encoder) putAway(a *arena, isNew bool, more, off uint64) {
	e.out.num(refAway)
	e.out.num(uint64(a.index))
	if isNew {
		e.typ("", a.plan.t)
	}
	e.out.num(more)
	e.out.num(off)
}

// assign gives the next n elements of a to the memory that was met as id.
//
//go:noinline // inlined, it adds 4 kB to each test binary
func (e *encoder) assign(a *arena, id uint32, n int) {
	a.n += uint64(n)
	a.todo = append(a.todo, id)
	e.trail.met(id)
}

// write writes the elements that are due in a.
func (e *encoder) write(a *arena) {
	for i := 0; i < len(a.todo) && e.err == nil; i++ {
		id := a.todo[i]
		m := *e.met.at(id)
		e.spend(m.n + 1)
		e.trail.here, e.trail.op = place{in: id}, nil
		if m.p == nil { // a gap between parts of one array
			m.p = newArray(a.plan.t, m.n)
		}
		switch {
		case !e.afford(&m.visit):
		case a.plan.isContents():
			e.writeMap(a, m.p)
		case a.inPlace() && e.purpose == toStore:
			a.plain.add(bytesAt(m.p, uintptr(m.n)*a.plan.size))
		default:
			e.elems(a.plan, m.p, m.n)
		}
	}
	a.todo, a.done = a.todo[:0], a.n
}

// elems writes n elements at p.
func (e *encoder) elems(pl *plan, p unsafe.Pointer, n int) {
	if pl.flat {
		e.out.add(bytesAt(p, uintptr(n)*pl.size))
		return
	}
	for i := 0; i < n && e.err == nil; i++ {
		e.trail.here.index = i
		e.elem(pl, unsafe.Add(p, uintptr(i)*pl.size))
	}
}

// elem writes one element.
func (e *encoder) elem(pl *plan, p unsafe.Pointer) {
	for _, r := range pl.runs {
		e.out.add(bytesAt(unsafe.Add(p, r.off), r.end-r.off))
	}
	for i := 0; i < len(pl.ops) && e.err == nil; i++ {
		o := &pl.ops[i]
		e.trail.op = o
		e.part(o, unsafe.Add(p, o.off))
	}
}

// part writes the part at q.
func (e *encoder) part(o *op, q unsafe.Pointer) {
	switch o.kind {
	case opPtr:
		e.pointer(loadPtr(q), o)
	case opString:
		e.out.text(*(*string)(q))
	case opSlice:
		e.slice(*(*sliceHeader)(q), o)
	case opMap:
		e.mapRef(loadPtr(q), o.elem)
	case opIface:
		e.iface(o, q)
	case opArray:
		e.array(o, q)
	case opZero, opNever:
		e.notData(o, q)
	case opTime:
		wall, ext := timeWords(q)
		e.out.num(wall)
		e.out.num(ext)
	case opCodec:
		e.codec(o, q)
	case opSyncMap:
		e.syncMap(o, q)
	}
}

// refuse ends an encoding: the part at the path from the present element is not data.
// The path from the root is found by a second walk, which keeps it: see
// explain.
func (e *encoder) refuse(path, reason string) {
	if e.trail.on {
		path = e.trail.where(path)
	}
	e.fail(&RefusedError{Path: path, Reason: reason})
}

func (e *encoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}
