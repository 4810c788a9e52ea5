package snapshot

import (
	"encoding/binary"
	"fmt"
	"hash"
	"reflect"
	"sync"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/rules"
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
	coder   *coder
	purpose purpose
	newSum  func() hash.Hash // nil to keep the bytes
	names   global.Names
	met     *addrTable
	slabs   []*slab
	byPlan  map[*plan]*slab
	root    *slab // of the root alone: it is built in the caller's variable
	rootAt  unsafe.Pointer
	maps    map[*plan]*slab
	strings *slab
	types   *typeTable
	globals []string
	objects objects
	groups  []group
	turn    int   // which slab was due last
	current *slab // being written
	inMap   bool  // writing keys or values of maps
	boxed   bool  // writing what an interface holds in its word
	inOwn   bool  // comparing what has its own marshalling: what is not data counts by its nil-ness
	ranking *orderer
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
				return e.refusal(partAt(pl.t, r.off+uintptr(off)), "")
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
		putWord(dst, o.off, ref)
	case opString:
		str := loadString(q)
		putWord(dst, o.off, e.str(str))
		putWord(dst, o.off+wordSize, uint64(len(str)))
		return e.noteBytes(o, stringBytes(str), nil)
	case opSlice:
		e.slice(loadSlice(q), o, dst)
	case opMap:
		putWord(dst, o.off, e.mapRef(loadPtr(q), o))
	case opIface:
		return e.iface(o, q, dst)
	case opArray:
		return e.array(o, q, dst)
	case opZero, opNever:
		return e.notData(o, q, dst)
	case opTime:
		wall, ext := timeWords(q)
		putWord(dst, o.off, wall)
		putWord(dst, o.off+8, ext)
	case opCodec:
		return e.codec(o, q, dst)
	case opSyncMap:
		return e.syncMap(o, q, dst)
	}
	return err
}

func (e *encoder) array(o *op, q unsafe.Pointer, dst []byte) error {
	for i := range o.n {
		off := uintptr(i) * o.elem.size
		leave := e.trail.into(o, i)
		if err := e.image(o.elem, add(q, off), dst[o.off+off:][:o.elem.size]); err != nil {
			return err
		}
		leave()
	}
	return nil
}

func (e *encoder) notData(o *op, q unsafe.Pointer, dst []byte) error {
	zero, bits := isZero(q, o.size), dst[o.off:o.off+o.size]
	switch {
	case e.inOwn:
		if !zero {
			bits[0] = 1
		}
	case e.purpose == toCompare:
		copy(bits, bytesAt(q, o.size))
	case zero && o.kind == opZero, e.purpose == toKey && o.not.IsLock():
	case e.purpose == toKey:
		return e.refuse(o, o.not.Keyed())
	default:
		return e.refuse(o, o.not.Stored())
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
	// A variable of no size has an identity too: crypto/ecdh tells its curves
	// apart by such addresses.
	if e.purpose == toStore && global.Holds(p) && (o.elem.size > 0 || p != global.ZeroBase) {
		return 0, e.refuse(o, variableReason(o.elem.t))
	}
	return e.place(p, o.elem, 1, 1), nil
}

// global returns the ref of a registered package variable.
func (e *encoder) global(p unsafe.Pointer, t reflect.Type) (uint64, bool) {
	name, ok := e.names.Of(p, t)
	if !ok {
		return 0, false
	}
	for i, g := range e.globals {
		if g == name {
			return refGlobal + uint64(i), true
		}
	}
	e.globals = append(e.globals, name)
	return refGlobal + uint64(len(e.globals)-1), true
}

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

const (
	cachedContent = 256  // longer ones are rarely repeated, and hashing them costs
	manyContents  = 4096 // fits the second-level cache
)

// str returns the ref of the bytes of a string.
func (e *encoder) str(s string) uint64 {
	if len(s) == 0 {
		return 0
	}
	if e.strings == nil {
		e.strings = e.newSlab(slabStrings, bytePlan)
	}
	return e.content(e.strings, s)
}

// content stores bytes whose identity nobody can see: equal ones that come soon
// after each other once. It forgets by content alone, so that the bytes do not
// depend on who shared what.
func (e *encoder) content(to *slab, data string) uint64 {
	small := len(data) <= cachedContent && e.newSum == nil
	if small {
		if ref, ok := to.recent[data]; ok {
			return ref
		}
	}
	ref := to.ref(to.n)
	to.out.borrow(stringBytes(data))
	to.n += uint64(len(data)) / uint64(to.plan.size)
	if small {
		if to.recent == nil {
			to.recent = map[string]uint64{}
		} else if len(to.recent) == manyContents {
			clear(to.recent)
		}
		to.recent[data] = ref
	}
	return ref
}

func (e *encoder) iface(o *op, q unsafe.Pointer, dst []byte) error {
	if err := e.noteBytes(o, bytesAt(q, wordSize), nil); err != nil || ifaceIsNil(q) {
		return err
	}
	d, err := e.dynamic(o, q)
	if err != nil {
		return err
	}
	putWord(dst, o.off, d.typ)
	word, pl := ifaceWord(q), d.plan
	at := dst[o.off+wordSize:][:wordSize]
	if pl.direct && pl.t != typeid.Rtype {
		if e.isSentinel(pl, word) {
			return e.refuse(o, "an error that a package variable holds cannot be stored; register the variable with cachetest.RegisterGlobal")
		}
		e.boxed = true
		leave := e.trail.into(o, -1)
		err := e.image(pl, unsafe.Pointer(&word), at)
		e.boxed = false
		leave()
		return err
	}
	ref := uint64(refEmpty)
	switch {
	case pl.t == typeid.Rtype:
		named := reflect.NewAt(o.t, q).Elem().Elem().Interface().(reflect.Type)
		e.held.Add(named)
		ref, err = e.typeNumber(o, named)
	case pl.size == 0:
		err = e.image(pl, word, nil)
	case pl.plain() && pl.size <= cachedContent:
		ref, err = e.plainBox(o, pl, word)
	case pl.t.Kind() == reflect.String && pl.ops[0].kind == opString:
		// By content too: whether two interfaces share a box cannot be seen.
		s := e.slab(pl)
		ref = s.ref(s.n)
		e.assign(s, e.met.add(met{p: word, plan: pl, n: 1}), 1)
	default:
		ref = e.place(word, pl, 1, 1)
	}
	putWord(at, 0, ref)
	if err == nil {
		err = e.noteBytes(o, at, nil)
	}
	return err
}

// plainBox stores what an interface holds by content.
func (e *encoder) plainBox(o *op, pl *plan, p unsafe.Pointer) (uint64, error) {
	s := e.slab(pl)
	if len(s.todo) > 0 {
		if err := e.writeNow(s); err != nil {
			return 0, err
		}
	}
	img := make([]byte, 0, cachedContent)[:pl.size]
	for _, r := range pl.runs {
		copy(img[r.off:r.end], bytesAt(add(p, r.off), r.end-r.off))
	}
	if err := e.noteBytes(o, img, pl.t); err != nil {
		return 0, err
	}
	return e.content(s, string(img)), nil
}

// writeNow writes the elements that were assigned before others are appended.
func (e *encoder) writeNow(s *slab) error {
	current := e.current
	defer func() { e.current = current }()
	if t := e.trail; t != nil {
		at := t.spot
		defer func() { t.spot = at }()
	}
	return e.write(s)
}

// isSentinel reports whether the error that an interface holds in its word is one
// that a package variable holds too: its copy would no longer be that error.
func (e *encoder) isSentinel(pl *plan, word unsafe.Pointer) bool {
	if e.purpose != toStore || pl.t.Kind() != reflect.Pointer || word == nil || pl.ops[0].kind != opPtr || pl.ops[0].elem.size == 0 {
		return false
	}
	_, known := e.names.Of(word, pl.ops[0].elem.t)
	return !known && pl.t.Implements(reflect.TypeFor[error]()) && global.HeldByVariable(word)
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
	if t != typeid.Rtype {
		e.held.Add(t)
	}
	d := &dynamic{plan: e.coder.plan(t), typ: n}
	e.itypes[tab] = d
	return d, nil
}

// codec writes what stands for a value of its own. What has an identity goes
// into a table, once, and so does what an interface holds in its word; other
// values are written in the order of the elements.
func (e *encoder) codec(o *op, q unsafe.Pointer, dst []byte) error {
	if o.own != nil && e.purpose != toStore {
		// What its marshalling leaves out, a key would not see.
		outer := e.inOwn
		defer func() { e.inOwn = outer }()
		e.inOwn = e.purpose == toCompare
		defer e.trail.into(o, -1)()
		return e.image(o.own, q, dst[o.off:o.off+o.size])
	}
	if err := e.meter.spend(e.coder.plan(o.t), meterEach); err != nil {
		return err // nobody knows what a codec does
	}
	if hasIdentity(o.t) || e.boxed {
		if hasIdentity(o.t) && isZero(q, o.size) {
			return nil
		}
		n, err := e.object(o, q)
		putWord(dst, o.off, n)
		return err
	}
	data, err := e.encoded(o, q)
	if err != nil {
		return err
	}
	to := &e.current.leaves
	if e.newSum != nil && to.sum == nil {
		to.sum = e.newSum()
	}
	binary.LittleEndian.PutUint64(to.room(8), uint64(len(data)))
	to.borrow(data)
	return nil
}

// encoded returns what a codec makes of the value at q.
func (e *encoder) encoded(o *op, q unsafe.Pointer) ([]byte, error) {
	data, err := o.codec.encode(o.t, q)
	if err != nil {
		return nil, e.refuse(o, fmt.Sprintf("codec %s: %v", o.codec.name, err))
	}
	return data, e.noteBytes(o, data, nil)
}

func (e *encoder) syncMap(o *op, q unsafe.Pointer, dst []byte) error {
	if e.inMap && e.purpose == toStore {
		return e.refuse(o, rules.NotData{What: "a sync.Map inside a map"}.Stored())
	}
	m := map[any]any{}
	(*sync.Map)(q).Range(func(k, v any) bool { m[k] = v; return true })
	e.keep = append(e.keep, m)
	if len(m) > 0 {
		putWord(dst, o.off, e.mapRef(reflect.ValueOf(m).UnsafePointer(), &o.elem.ops[0]))
	}
	return nil
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
