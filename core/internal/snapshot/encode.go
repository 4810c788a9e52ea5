package snapshot

import (
	"hash"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// purpose is what a value is walked for.
type purpose uint8

const (
	toStore   purpose = iota // as bytes that can be read back
	toKey                    // for a digest that names the value
	toCompare                // for a digest to compare: what is not data counts by its bits
	toOrder                  // for a number to order the entries of a map by: see look
)

// encoder writes a value into slabs, breadth first: what a pointer leads to
// gets its place when it is met and is written when its slab's turn comes, so
// neither depth nor cycles cost stack, and equal values give equal bytes. Where
// only a digest is wanted, the slabs are hashed as they grow, and not kept.
type encoder struct {
	coder   *coder
	purpose purpose
	newSum  func() hash.Hash // nil to keep the bytes
	names   global.Names
	met     *addrTable
	slabs   []*slab
	byPlan  map[*plan]*slab
	special map[*plan]*slab // of maps and of objects
	root    *slab           // of the root alone: it is built in the caller's variable
	rootAt  unsafe.Pointer
	strings *slab
	types   *typeTable
	globals []string
	groups  []group
	turn    int   // which slab was due last
	current *slab // being written
	inMap   bool  // writing keys or values of maps
	inOwn   bool  // comparing what has its own marshalling: what is not data counts by its nil-ness
	ranking *orderer
	look    *look // which it walks for, if its purpose is toOrder
	meter   *meter
	keep    []any // made on the way; addresses must stay theirs
	itypes  map[unsafe.Pointer]*dynamic
	held    *typeid.Set // of what interfaces hold, where they are asked for
	trail   *trail      // nil unless the way to each part is asked for
}

type dynamic struct {
	plan *plan
	typ  uint64 // number in the type table, from 1
}

func newEncoder(c *coder, why purpose) *encoder {
	return &encoder{
		coder: c, purpose: why, names: global.Now(), met: newAddrTable(), byPlan: map[*plan]*slab{}, special: map[*plan]*slab{},
		itypes: map[unsafe.Pointer]*dynamic{},
	}
}

// encode writes the value of plan pl at p, which becomes the one element of the
// first slab.
func (e *encoder) encode(pl *plan, p unsafe.Pointer) error {
	e.types = newTypeTable(pl)
	e.ranking = &orderer{look: newLook(e.coder, e.names, e.known)}
	e.root, e.rootAt = e.newSlab(elemsOf(pl), pl), p
	e.placeRoot(pl, p)
	for {
		s := e.next()
		if s == nil {
			return nil
		}
		if err := e.write(s); err != nil {
			return err
		}
	}
}

// next returns the slab that is due: maps whose keys are told by what is known
// of them come last.
func (e *encoder) next() (late *slab) {
	for range e.slabs {
		if e.turn++; e.turn >= len(e.slabs) {
			e.turn = 0
		}
		s := e.slabs[e.turn]
		switch {
		case len(s.todo) == 0:
		case s.kind != slabMaps || s.plan.ops[0].sortable():
			return s
		case late == nil:
			late = s
		}
	}
	return late
}

// known returns the ref of what has its place.
func (e *encoder) known(v visit) (uint64, bool) {
	id := e.met.lookup(v.p, v.plan, v.n)
	if id == 0 {
		return 0, false
	}
	return e.met.at(id).ref, true
}

func (e *encoder) placeRoot(pl *plan, p unsafe.Pointer) {
	if pl.size == 0 {
		return
	}
	if g := e.groupOf(p); g != nil && g.is(p, pl.size) {
		e.inGroup(g, p)
		return
	}
	m, id, _ := e.met.find(p, pl, 1)
	m.ref, m.cap = e.root.ref(0), 1
	e.assign(e.root, id, 1)
}

// slab returns the slab of this kind for pl.
func (e *encoder) slab(kind slabKind, pl *plan) *slab {
	slabs := e.byPlan
	if kind >= slabMaps {
		slabs = e.special
	}
	s := slabs[pl]
	if s == nil {
		s = e.newSlab(kind, pl)
		slabs[pl] = s
	}
	return s
}

func (e *encoder) newSlab(kind slabKind, pl *plan) *slab {
	s := &slab{index: len(e.slabs) + 1, kind: kind, plan: pl}
	if e.newSum != nil {
		s.out.sum, s.counts.sum = e.newSum(), e.newSum()
	}
	e.slabs = append(e.slabs, s)
	return s
}

// place returns the ref of n elements at p, met now or before.
func (e *encoder) place(p unsafe.Pointer, pl *plan, n, capacity int) uint64 {
	if pl.size == 0 {
		return refEmpty
	}
	if e.look != nil {
		return e.look.follow(visit{pl, p, n})
	}
	if len(e.groups) > 0 {
		if g := e.groupOf(p); g != nil {
			return e.inGroup(g, p)
		}
	}
	m, id, isNew := e.met.find(p, pl, n)
	if !isNew {
		m.cap = max(m.cap, capacity)
		return m.ref
	}
	s := e.slab(elemsOf(pl), pl)
	m.ref, m.cap = s.ref(s.n), capacity
	ref := m.ref
	e.assign(s, id, n)
	return ref
}

// assign gives the next n elements of s to what was met as id.
//
//go:noinline
func (e *encoder) assign(s *slab, id uint32, n int) {
	s.n += uint64(n)
	s.todo = append(s.todo, id)
	if e.trail != nil {
		e.trail.met(id)
	}
}

// write writes what is due in s.
func (e *encoder) write(s *slab) error {
	e.current = s
	for i := 0; i < len(s.todo); i++ {
		id := s.todo[i]
		m := *e.met.at(id)
		if err := e.meter.spend(s.plan, m.n+1); err != nil {
			return err
		}
		if e.trail != nil {
			e.trail.enter(id)
		}
		var err error
		if s.kind == slabMaps {
			err = e.writeMap(s, m.p)
		} else {
			if m.p == nil { // a gap between parts of one array
				m.p = newArray(s.plan.t, m.n)
			}
			err = e.elems(s.plan, m.p, m.n)
		}
		if err != nil {
			return err
		}
	}
	s.todo = s.todo[:0]
	return nil
}

// elems writes n elements at p.
func (e *encoder) elems(pl *plan, p unsafe.Pointer, n int) error {
	if pl.flat && (e.trail == nil || pl.size == 0) {
		e.current.out.add(bytesAt(p, uintptr(n)*pl.size))
		return nil
	}
	for i := range n {
		if e.trail != nil {
			e.trail.index = i
		}
		if err := e.elem(pl, add(p, uintptr(i)*pl.size)); err != nil {
			return err
		}
	}
	return nil
}

// elem writes one element.
func (e *encoder) elem(pl *plan, p unsafe.Pointer) error {
	for _, r := range pl.runs {
		data := bytesAt(add(p, r.off), r.end-r.off)
		if off, same := e.trail.note(data); !same {
			return e.refusal(typeid.PartAt(pl.t, r.off+uintptr(off)), "")
		}
		e.current.out.add(data)
	}
	for i := range pl.ops {
		o := &pl.ops[i]
		if e.trail != nil {
			e.trail.op = o
			e.current.out.reset()
		}
		if err := e.part(o, add(p, o.off)); err != nil {
			return err
		}
		if e.trail != nil && !o.hasParts() {
			if err := e.compare(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// part writes the part at q.
func (e *encoder) part(o *op, q unsafe.Pointer) (err error) {
	out := &e.current.out
	switch o.kind {
	case opPtr:
		var ref uint64
		ref, err = e.pointer(loadPtr(q), o)
		e.putRef(ref, 1)
	case opString:
		str := loadString(q)
		if out.num(uint64(len(str))); len(str) > 0 {
			e.putRef(e.str(str), len(str))
		}
		return e.noteBytes(o, stringBytes(str), nil)
	case opSlice:
		e.slice(loadSlice(q), o)
	case opMap:
		e.putRef(e.mapRef(loadPtr(q), o), 1)
	case opIface:
		return e.iface(o, q)
	case opArray:
		return e.array(o, q)
	case opZero, opNever:
		return e.notData(o, q)
	case opTime:
		wall, ext := timeWords(q)
		out.num(wall)
		out.num(ext)
	case opCodec:
		return e.codec(o, q)
	case opSyncMap:
		return e.syncMap(o, q)
	}
	return err
}

// refuse ends an encoding: o is not data. Where it lies is found out by a second
// walk, which keeps the way: see explain.
func (e *encoder) refuse(o *op, reason string) error { return e.refusal(o.path, reason) }

func (e *encoder) refusal(path, reason string) error {
	if e.trail != nil {
		path = e.trail.where(path)
	}
	return &RefusedError{Path: path, Reason: reason}
}
