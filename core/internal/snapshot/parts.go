package snapshot

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/rules"
	"github.com/fixturecache/fixturecache/core/internal/typeid"

	"github.com/cespare/xxhash/v2"
)

// How each kind of part that is more than bytes is written.

func (e *encoder) array(o *op, q unsafe.Pointer) error {
	for i := range o.n {
		leave := e.trail.into(o, i)
		if err := e.elem(o.elem, add(q, uintptr(i)*o.elem.size)); err != nil {
			return err
		}
		leave()
	}
	return nil
}

func (e *encoder) notData(o *op, q unsafe.Pointer) error {
	zero := isZero(q, o.size)
	switch {
	case e.purpose == toOrder:
	case e.inOwn:
		bit := uint64(0)
		if !zero {
			bit = 1
		}
		e.current.out.num(bit)
	case e.purpose == toCompare:
		e.current.out.add(bytesAt(q, o.size))
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
	if e.purpose == toStore && global.Holds(p) && (o.elem.size > 0 || p != global.ZeroBase()) {
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
	if e.look != nil {
		return xxhash.Sum64String(name), true
	}
	for i, g := range e.globals {
		if g == name {
			return refGlobal + uint64(i), true
		}
	}
	e.globals = append(e.globals, name)
	return refGlobal + uint64(len(e.globals)-1), true
}

// slice writes the length of a slice, its ref and, of one with elements, how far
// its capacity goes beyond.
func (e *encoder) slice(s sliceHeader, o *op) {
	out := &e.current.out
	out.num(uint64(s.len))
	switch {
	case s.len > 0:
		e.putRef(e.place(s.data, o.elem, s.len, s.cap), s.len)
		beyond := 0
		if len(e.groups) > 0 {
			beyond = e.reach(s, o.elem) - s.len
		}
		out.num(uint64(beyond))
	case s.data == nil || o.nilIsEmpty:
		e.putRef(0, 0)
	default:
		e.putRef(refEmpty, 0)
	}
}

// smallContent is the size up to which what an interface holds is stored by content.
const smallContent = 256

// str returns the ref of the bytes of a string, whose identity nobody can see.
func (e *encoder) str(s string) uint64 {
	if e.look != nil {
		return xxhash.Sum64String(s)
	}
	if e.strings == nil {
		e.strings = e.newSlab(slabStrings, bytePlan)
	}
	to := e.strings
	ref := to.ref(to.n)
	to.out.add(stringBytes(s))
	to.n += uint64(len(s))
	return ref
}

// iface writes the number of the type that an interface holds, and what it holds of
// it: what lies in its word, or a ref.
func (e *encoder) iface(o *op, q unsafe.Pointer) error {
	out := &e.current.out
	if err := e.noteBytes(o, bytesAt(q, wordSize), nil); err != nil {
		return err
	}
	if ifaceIsNil(q) {
		out.num(0)
		return nil
	}
	d, err := e.dynamic(o, q)
	if err != nil {
		return err
	}
	out.num(d.typ)
	word, pl := ifaceWord(q), d.plan
	switch {
	case pl.t == typeid.Rtype:
		named := reflect.NewAt(o.t, q).Elem().Elem().Interface().(reflect.Type)
		e.held.Add(named)
		n, err := e.typeNumber(o, named)
		if out.num(n); err != nil {
			return err
		}
	case pl.direct:
		if e.isSentinel(pl, word) {
			return e.refuse(o, "an error that a package variable holds cannot be stored; register the variable with cachetest.RegisterGlobal")
		}
		leave := e.trail.into(o, -1)
		err := e.elem(pl, unsafe.Pointer(&word))
		leave()
		return err
	case pl.size == 0:
		return e.elem(pl, word)
	case e.look == nil && (pl.plain() && pl.size <= smallContent || pl.isString()):
		// By content: whether two interfaces share a box cannot be seen.
		s := e.slab(elemsOf(pl), pl)
		e.putRef(s.ref(s.n), 1)
		e.assign(s, e.met.add(met{p: word, plan: pl, n: 1}), 1)
	case e.look != nil && (pl.plain() || pl.isString()):
		return e.elem(pl, word)
	default:
		e.putRef(e.place(word, pl, 1, 1), 1)
	}
	return e.compare(o)
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

// codec writes what stands for a value of its own: once for what has an identity.
func (e *encoder) codec(o *op, q unsafe.Pointer) error {
	if o.own != nil && e.purpose != toStore {
		// What its marshalling leaves out, a key would not see.
		outer := e.inOwn
		defer func() { e.inOwn = outer }()
		e.inOwn = e.purpose == toCompare
		defer e.trail.into(o, -1)()
		return e.elem(o.own, q)
	}
	if err := e.meter.spend(e.coder.plan(o.t), meterEach); err != nil {
		return err // nobody knows what a codec does
	}
	if !hasIdentity(o.t) || e.look != nil {
		return e.encoded(o, q, &e.current.out)
	}
	if isZero(q, o.size) {
		e.putRef(0, 1)
		return nil
	}
	var words [2]unsafe.Pointer // the pointer, or the two of an interface
	copy(bytesAt(unsafe.Pointer(&words), unsafe.Sizeof(words)), bytesAt(q, o.size))
	pl := e.coder.plan(o.t)
	s := e.slab(slabObjects, pl)
	m, _, isNew := e.met.find(words[0], pl, int(uintptr(words[1])))
	if isNew {
		m.ref = s.ref(s.n)
		s.n++
		if err := e.encoded(o, q, &s.out); err != nil {
			return err
		}
	}
	e.putRef(m.ref, 1)
	return nil
}

// encoded writes what a codec makes of the value at q.
func (e *encoder) encoded(o *op, q unsafe.Pointer, out *buffer) error {
	data, err := o.codec.encode(o.t, q)
	if err != nil {
		return e.refuse(o, fmt.Sprintf("codec %s: %v", o.codec.name, err))
	}
	out.num(uint64(len(data)))
	out.add(data)
	return e.noteBytes(o, data, nil)
}

func (e *encoder) syncMap(o *op, q unsafe.Pointer) error {
	if e.inMap && e.purpose == toStore {
		return e.refuse(o, rules.NotData{What: "a sync.Map inside a map"}.Stored())
	}
	if e.look != nil {
		return nil
	}
	m := map[any]any{}
	(*sync.Map)(q).Range(func(k, v any) bool { m[k] = v; return true })
	e.keep = append(e.keep, m)
	ref := uint64(0)
	if len(m) > 0 {
		ref = e.mapRef(reflect.ValueOf(m).UnsafePointer(), &o.elem.ops[0])
	}
	e.putRef(ref, 1)
	return nil
}
