package snapshot

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

// encoder copies a value into slabs, breadth first: what a pointer leads to
// gets its place when it is met and is written when its slab's turn comes, so
// neither depth nor cycles cost stack, and equal values give equal bytes.
type encoder struct {
	coder   *coder
	names   map[identity]string
	named   [2]uintptr // the least and the greatest address in names
	met     *addrTable
	slabs   []*slab
	byPlan  map[*plan]*slab
	root    *slab // of the root alone: it is built in the caller's variable
	rootAt  unsafe.Pointer
	maps    map[*plan]*slab
	strings *slab
	cache   *contents
	types   *typeTable
	globals []string
	objects sharedCodecs
	groups  []group
	turn    int   // which slab was due last
	current *slab // being written
	inMap   bool  // writing keys or values of maps
	ranking *orderer
	meter   *meter
	keep    []any // made on the way; addresses must stay theirs
	itypes  map[unsafe.Pointer]*dynamic
}

type dynamic struct {
	plan *plan
	typ  uint64 // number in the type table, from 1
}

func newEncoder(c *coder) *encoder {
	names := globalNames()
	named := [2]uintptr{^uintptr(0), 0}
	for id := range names {
		named = [2]uintptr{min(named[0], uintptr(id.addr)), max(named[1], uintptr(id.addr))}
	}
	return &encoder{
		coder: c, names: names, named: named, met: newAddrTable(), byPlan: map[*plan]*slab{},
		maps: map[*plan]*slab{}, cache: new(contents), itypes: map[unsafe.Pointer]*dynamic{},
	}
}

// encode copies the value of plan pl at p, which becomes the first element of
// the first slab.
func (e *encoder) encode(pl *plan, p unsafe.Pointer) error {
	e.types = newTypeTable(pl)
	e.ranking = newOrderer(e.coder, e.names, e.known)
	e.root = e.newSlab(slabElems, pl)
	if pl.plain() {
		e.root.kind = slabPlain
	}
	e.rootAt = p
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
	e.met.root = id
	e.assign(e.root, id, 1)
}

func (e *encoder) slab(pl *plan) *slab {
	s := e.byPlan[pl]
	if s == nil {
		kind := slabElems
		if pl.plain() {
			kind = slabPlain
		}
		s = e.newSlab(kind, pl)
		e.byPlan[pl] = s
	}
	return s
}

func (e *encoder) newSlab(kind slabKind, pl *plan) *slab {
	s := &slab{index: len(e.slabs) + 1, kind: kind, plan: pl}
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
	e.assign(s, id, n)
	return m.ref
}

// assign gives the next n elements of s to what was met as id.
func (e *encoder) assign(s *slab, id uint32, n int) {
	s.n += uint64(n)
	s.todo = append(s.todo, id)
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
		if s.kind == slabMaps {
			if err := e.writeMap(s, m.p); err != nil {
				return err
			}
			continue
		}
		if m.p == nil { // a gap between parts of one array
			e.zeros(s, m.n)
			continue
		}
		if err := e.elems(s, m.p, m.n); err != nil {
			return err
		}
	}
	s.todo = s.todo[:0]
	return nil
}

func (e *encoder) zeros(s *slab, n int) {
	for range n {
		s.elem()
	}
}

// elems appends the images of n elements at p to s.
func (e *encoder) elems(s *slab, p unsafe.Pointer, n int) error {
	pl := s.plan
	if pl.flat {
		s.out.borrow(bytesAt(p, uintptr(n)*pl.size))
		return nil
	}
	for i := range n {
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
	}
	for i := range pl.ops {
		o := &pl.ops[i]
		q := add(p, o.off)
		switch o.kind {
		case opPtr:
			ref, err := e.pointer(loadPtr(q), o)
			if err != nil {
				return err
			}
			putWord(dst, o.off, ref)
		case opString:
			str := loadString(q)
			putWord(dst, o.off, e.str(str))
			putWord(dst, o.off+wordSize, uint64(len(str)))
		case opSlice:
			e.slice(loadSlice(q), o, dst)
		case opMap:
			if m := loadPtr(q); m != nil {
				ref, err := e.mapRef(m, o)
				if err != nil {
					return err
				}
				putWord(dst, o.off, ref)
			}
		default:
			if err := e.rare(o, q, dst); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *encoder) rare(o *op, q unsafe.Pointer, dst []byte) error {
	switch o.kind {
	case opIface:
		return e.iface(o, q, dst)
	case opArray:
		for i := range o.n {
			off := uintptr(i) * o.elem.size
			if err := e.image(o.elem, add(q, off), dst[o.off+off:][:o.elem.size]); err != nil {
				return err
			}
		}
	case opZero, opNever:
		if o.kind == opNever || !isZero(q, o.size) {
			return refuse(o, o.not.stored())
		}
	case opTime:
		wall, ext := timeWords(q)
		putWord(dst, o.off, wall)
		putWord(dst, o.off+8, ext)
	case opCodec:
		return e.codec(o, q, dst)
	case opSyncMap:
		return e.syncMap(o, q, dst)
	}
	return nil
}

func (e *encoder) pointer(p unsafe.Pointer, o *op) (uint64, error) {
	if p == nil {
		return 0, nil
	}
	if ref, ok := e.global(p, o.elem.t); ok {
		return ref, nil
	}
	if isVariable(p, o.elem) {
		return 0, refuse(o, staticReason(o.elem.t))
	}
	return e.place(p, o.elem, 1, 1), nil
}

// global returns the ref of a registered package variable.
func (e *encoder) global(p unsafe.Pointer, t reflect.Type) (uint64, bool) {
	if a := uintptr(p); a < e.named[0] || a > e.named[1] {
		return 0, false
	}
	name, ok := e.names[identity{p, t}]
	if !ok {
		return 0, false
	}
	for i, g := range e.globals {
		if g == name {
			return globalRef(i), true
		}
	}
	e.globals = append(e.globals, name)
	return globalRef(len(e.globals) - 1), true
}

func globalRef(i int) uint64 { return refGlobal + uint64(i) }

func (e *encoder) slice(s sliceHeader, o *op, dst []byte) {
	if s.data == nil || s.len == 0 && o.nilIsEmpty {
		return
	}
	ref, capacity := uint64(refEmpty), s.len
	if s.len > 0 {
		ref = e.place(s.data, o.elem, s.len, s.cap)
		if len(e.groups) > 0 {
			capacity = e.reach(s, o.elem)
		}
	}
	putWord(dst, o.off, ref)
	putWord(dst, o.off+wordSize, uint64(s.len))
	putWord(dst, o.off+2*wordSize, uint64(capacity))
}

// cachedContent bounds what is looked up by content: longer ones are rarely
// repeated, and hashing them costs.
const cachedContent = 256

// str returns the ref of the bytes of a string.
func (e *encoder) str(s string) uint64 {
	if len(s) == 0 {
		return 0
	}
	if e.strings == nil {
		e.strings = e.newSlab(slabStrings, bytePlan)
	}
	return e.content(e.strings, stringBytes(s))
}

// content stores bytes whose identity nobody can see.
func (e *encoder) content(to *slab, data []byte) uint64 {
	if len(data) > cachedContent {
		ref := to.ref(to.n)
		to.out.borrow(data)
		to.n += uint64(len(data)) / uint64(to.plan.size)
		return ref
	}
	ref, hash, ok := e.cache.find(data, uint64(to.index)<<32)
	if ok {
		return ref
	}
	ref = to.ref(to.n)
	at := to.out.room(len(data))
	copy(at, data)
	to.n += uint64(len(data)) / uint64(to.plan.size)
	e.cache.put(hash, ref, at)
	return ref
}

func (e *encoder) iface(o *op, q unsafe.Pointer, dst []byte) error {
	if ifaceIsNil(q) {
		return nil
	}
	d, err := e.dynamic(o, q)
	if err != nil {
		return err
	}
	putWord(dst, o.off, d.typ)
	word := ifaceWord(q)
	var ref uint64
	switch at := dst[o.off+wordSize:][:wordSize]; {
	case d.plan.t == rtypeType:
		named := reflect.NewAt(o.t, q).Elem().Elem().Interface().(reflect.Type)
		ref, err = e.typeNumber(o, named)
	case d.plan.direct:
		if err := e.errorIdentity(o, d.plan, word); err != nil {
			return err
		}
		return e.image(d.plan, unsafe.Pointer(&word), at)
	case d.plan.size == 0:
		ref, err = refEmpty, e.image(d.plan, word, nil)
	case d.plan.plain() && d.plan.size <= cachedContent:
		ref = e.plainBox(d.plan, word)
	default:
		ref = e.place(word, d.plan, 1, 1)
	}
	putWord(dst, o.off+wordSize, ref)
	return err
}

// plainBox stores what an interface holds by content: whether two interfaces
// share a box cannot be seen.
func (e *encoder) plainBox(pl *plan, p unsafe.Pointer) uint64 {
	s := e.slab(pl)
	if len(s.todo) > 0 {
		// Elements assigned before must be written first, in their order.
		if err := e.flushPlain(s); err != nil {
			panic("snapshot: plain elements cannot be refused")
		}
	}
	img := make([]byte, 0, cachedContent)[:pl.size]
	for _, r := range pl.runs {
		copy(img[r.off:r.end], bytesAt(add(p, r.off), r.end-r.off))
	}
	return e.content(s, img)
}

func (e *encoder) flushPlain(s *slab) error {
	current := e.current
	err := e.write(s)
	e.current = current
	return err
}

// dynamic returns the plan and the number of the type an interface holds.
func (e *encoder) dynamic(o *op, q unsafe.Pointer) (*dynamic, error) {
	tab := loadPtr(q)
	if d := e.itypes[tab]; d != nil {
		return d, nil
	}
	t := ifaceType(o.t, q)
	n, err := e.typeNumber(o, t)
	if err != nil {
		return nil, err
	}
	d := &dynamic{plan: e.coder.plan(t), typ: n}
	e.itypes[tab] = d
	return d, nil
}

// mapRef returns the ref of the map m, a map word.
func (e *encoder) mapRef(m unsafe.Pointer, o *op) (uint64, error) {
	if name, ok := e.global(m, o.t); ok {
		return name, nil
	}
	pl := o.self
	s := e.maps[pl]
	if s == nil {
		s = e.newSlab(slabMaps, pl)
		s.keys, s.vals = e.newSlab(slabKeys, o.key), e.newSlab(slabVals, o.elem)
		s.entries = newEntries(pl)
		e.maps[pl] = s
	}
	found, id, isNew := e.met.find(m, pl, 0)
	if isNew {
		found.ref = s.ref(s.n)
		s.n++
		s.todo = append(s.todo, id)
	}
	return found.ref, nil
}

// manyEntries is from how many on the memory for a map's entries is not kept
// for the next map.
const manyEntries = 1 << 10

// writeMap writes how many entries a map has, and them.
func (e *encoder) writeMap(s *slab, word unsafe.Pointer) error {
	m := s.entries
	m.read(word)
	order, err := e.ranking.order(m, e.meter)
	if err != nil {
		return err
	}
	putWord(s.elem(), 0, uint64(m.n))
	s.keys.n += uint64(m.n)
	s.vals.n += uint64(m.n)
	e.inMap = true
	for _, r := range order {
		if err := e.entry(s.keys, m.keyAt(r.at)); err != nil {
			return err
		}
		if err := e.entry(s.vals, m.valAt(r.at)); err != nil {
			return err
		}
	}
	e.inMap = false
	if m.n >= manyEntries {
		s.entries = newEntries(s.plan)
	}
	return nil
}

func (e *encoder) entry(s *slab, p unsafe.Pointer) error {
	e.current = s
	return e.image(s.plan, p, s.elem())
}

func (e *encoder) syncMap(o *op, q unsafe.Pointer, dst []byte) error {
	if e.inMap {
		return refuse(o, notData{what: "a sync.Map inside a map"}.stored())
	}
	m := map[any]any{}
	(*sync.Map)(q).Range(func(k, v any) bool { m[k] = v; return true })
	e.keep = append(e.keep, m)
	if len(m) == 0 {
		return nil
	}
	ref, err := e.mapRef(reflect.ValueOf(m).UnsafePointer(), &o.elem.ops[0])
	putWord(dst, o.off, ref)
	return err
}

// codec writes what stands for a value of its own. What has an identity goes
// into a table, once; other values are written in the order of the elements.
func (e *encoder) codec(o *op, q unsafe.Pointer, dst []byte) error {
	if hasIdentity(o.t) {
		if isZero(q, o.size) {
			return nil
		}
		n, err := e.objects.number(o, q)
		if err != nil {
			return refuse(o, err.Error())
		}
		if err := e.meter.spend(e.coder.plan(o.t), meterEach); err != nil {
			return err
		}
		putWord(dst, o.off, n)
		return nil
	}
	data, err := o.codec.encode(q)
	if err != nil {
		return refuse(o, fmt.Sprintf("codec %s: %v", o.codec.name(), err))
	}
	if err := e.meter.spend(e.coder.plan(o.t), meterEach); err != nil {
		return err // nobody knows what a codec does
	}
	to := &e.current.leaves
	binary.LittleEndian.PutUint64(to.room(8), uint64(len(data)))
	to.borrow(data)
	return nil
}

// refuse ends an encoding. Where the refused part lies is found out by the
// slow walk, which keeps the way: see explain.
func refuse(o *op, reason string) error { return &RefusedError{Path: o.path, Reason: reason} }
