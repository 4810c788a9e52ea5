package snapshot

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/rules"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// How each kind of part that is more than bytes is written.

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
	e.putRef(dst, o.off, ref)
	putWord(dst, o.off+wordSize, uint64(s.len))
	putWord(dst, o.off+2*wordSize, uint64(capacity))
}

const (
	smallContent = 256  // what is larger is rarely repeated, and hashing it costs
	manyContents = 4096 // fits the second-level cache
)

// str returns the ref of the bytes of a string, whose identity nobody can see:
// equal ones that come soon after each other are stored once. What is forgotten
// depends on content alone, so that the bytes do not depend on who shared what.
func (e *encoder) str(s string) uint64 {
	if len(s) == 0 {
		return 0
	}
	to := e.strings
	if to == nil {
		to = e.newSlab(slabStrings, bytePlan)
		to.recent, e.strings = map[string]uint64{}, to
	}
	small := len(s) <= smallContent && e.newSum == nil
	if small {
		if ref, ok := to.recent[s]; ok {
			return ref
		}
	}
	ref := to.ref(to.n)
	to.out.borrow(stringBytes(s))
	to.n += uint64(len(s))
	if small {
		if len(to.recent) == manyContents {
			clear(to.recent)
		}
		to.recent[s] = ref
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
	e.putRef(dst, o.off, d.typ)
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
	case pl.plain() && pl.size <= smallContent, pl.t.Kind() == reflect.String && pl.ops[0].kind == opString:
		// By content: whether two interfaces share a box cannot be seen.
		s := e.slab(pl)
		ref = s.ref(s.n)
		e.assign(s, e.met.add(met{p: word, plan: pl, n: 1}), 1)
	default:
		ref = e.place(word, pl, 1, 1)
	}
	e.putRef(at, 0, ref)
	if err == nil {
		err = e.noteBytes(o, at, nil)
	}
	return err
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
		e.putRef(dst, o.off, n)
		return err
	}
	data, err := e.encoded(o, q)
	if err != nil {
		return err
	}
	e.beside(binary.LittleEndian.AppendUint64(nil, uint64(len(data))))
	e.beside(data)
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
		e.putRef(dst, o.off, e.mapRef(reflect.ValueOf(m).UnsafePointer(), &o.elem.ops[0]))
	}
	return nil
}
