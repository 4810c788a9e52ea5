package snapshot

import (
	"encoding/binary"
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
)

// encoder copies a value into slabs, breadth first: what a pointer leads to
// gets its place when it is met and is written when its slab's turn comes, so
// neither depth nor cycles cost stack, and equal values give equal bytes. Where
// only a digest is wanted, the slabs are hashed as they grow, and not kept.
type encoder struct {
	coder    *coder
	purpose  purpose
	newSum   func() hash.Hash // nil to keep the bytes
	names    global.Names
	met      *addrTable
	slabs    []*slab
	byPlan   map[*plan]*slab
	root     *slab // of the root alone: it is built in the caller's variable
	rootAt   unsafe.Pointer
	maps     map[*plan]*slab
	strings  *slab
	types    *typeTable
	globals  []string
	objects  objects
	groups   []group
	turn     int   // which slab was due last
	current  *slab // being written
	tooLarge bool  // a ref has no room in a word of 32 bits
	inMap    bool  // writing keys or values of maps
	boxed    bool  // writing what an interface holds in its word
	inOwn    bool  // comparing what has its own marshalling: what is not data counts by its nil-ness
	ranking  *orderer
	meter    *meter
	keep     []any // made on the way; addresses must stay theirs
	itypes   map[unsafe.Pointer]*dynamic
	held     *typeid.Set // of what interfaces hold, where they are asked for
	trail    *trail      // nil unless the way to each part is asked for
}

type dynamic struct {
	plan *plan
	typ  uint64 // number in the type table, from 1
}

func newEncoder(c *coder, why purpose) *encoder {
	return &encoder{
		coder: c, purpose: why, names: global.Now(), met: newAddrTable(), byPlan: map[*plan]*slab{},
		maps: map[*plan]*slab{}, itypes: map[unsafe.Pointer]*dynamic{},
	}
}

// encode copies the value of plan pl at p, which becomes the first element of
// the first slab.
func (e *encoder) encode(pl *plan, p unsafe.Pointer) error {
	e.types = newTypeTable(pl)
	e.ranking = newOrderer(e.coder, e.names, e.known)
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

func (e *encoder) slab(pl *plan) *slab {
	s := e.byPlan[pl]
	if s == nil {
		s = e.newSlab(elemsOf(pl), pl)
		e.byPlan[pl] = s
	}
	return s
}

func (e *encoder) newSlab(kind slabKind, pl *plan) *slab {
	s := &slab{index: len(e.slabs) + 1, kind: kind, plan: pl, layout: kind.layout(pl), packed: e.newSum == nil && kind.packs()}
	if e.newSum != nil {
		s.out.sum = e.newSum()
	}
	e.slabs = append(e.slabs, s)
	return s
}

// place returns the ref of n elements at p, met now or before.
func (e *encoder) place(p unsafe.Pointer, pl *plan, n, capacity int) uint64 {
	if pl.size == 0 {
		return refEmpty
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
	s := e.slab(pl)
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
		m := e.met.at(id)
		if err := e.meter.spend(s.plan, m.n+1); err != nil {
			return err
		}
		if e.trail != nil {
			e.trail.enter(id)
		}
		var err error
		switch {
		case s.kind == slabMaps:
			err = e.writeMap(s, m.p)
		case m.p == nil: // a gap between parts of one array
			for range m.n {
				s.elem()
			}
		default:
			err = e.elems(s, m.p, m.n)
		}
		if err != nil {
			return err
		}
	}
	s.todo = s.todo[:0]
	return nil
}

// elems appends the images of n elements at p to s.
func (e *encoder) elems(s *slab, p unsafe.Pointer, n int) error {
	pl := s.plan
	if pl.flat && (e.trail == nil || pl.size == 0) {
		s.out.borrow(bytesAt(p, uintptr(n)*pl.size))
		return nil
	}
	for i := range n {
		if e.trail != nil {
			e.trail.index = i
		}
		if err := e.image(pl, add(p, uintptr(i)*pl.size), s.elem()); err != nil {
			return err
		}
	}
	return nil
}

// image writes one element at p into dst, which is zero.
func (e *encoder) image(pl *plan, p unsafe.Pointer, dst []byte) error {
	for _, r := range pl.runs {
		copy(dst[r.off:r.end], bytesAt(add(p, r.off), r.end-r.off))
		if e.trail != nil {
			if off, same := e.trail.note(dst[r.off:r.end]); !same {
				return e.refusal(typeid.PartAt(pl.t, r.off+uintptr(off)), "")
			}
		}
	}
	for i := range pl.ops {
		o := &pl.ops[i]
		if e.trail != nil {
			e.trail.op = o
		}
		if err := e.part(o, add(p, o.off), dst); err != nil {
			return err
		}
		if e.trail != nil && !o.hasParts() {
			if path, same := e.trail.compare(o, dst); !same {
				return e.refusal(path, "")
			}
		}
	}
	return nil
}

// part writes the part at q.
func (e *encoder) part(o *op, q unsafe.Pointer, dst []byte) (err error) {
	var ref uint64
	switch o.kind {
	case opPtr:
		ref, err = e.pointer(loadPtr(q), o)
		e.putRef(dst, o.off, ref)
	case opString:
		str := loadString(q)
		e.putRef(dst, o.off, e.str(str))
		putWord(dst, o.off+wordSize, uint64(len(str)))
		return e.noteBytes(o, stringBytes(str), nil)
	case opSlice:
		e.slice(loadSlice(q), o, dst)
	case opMap:
		e.putRef(dst, o.off, e.mapRef(loadPtr(q), o))
	case opIface:
		return e.iface(o, q, dst)
	case opArray:
		return e.array(o, q, dst)
	case opZero, opNever:
		return e.notData(o, q, dst)
	case opTime:
		wall, ext := timeWords(q)
		binary.NativeEndian.PutUint64(dst[o.off:], wall)
		binary.NativeEndian.PutUint64(dst[o.off+8:], ext)
	case opCodec:
		return e.codec(o, q, dst)
	case opSyncMap:
		return e.syncMap(o, q, dst)
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
