package snapshot

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/rules"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// The methods here write the kinds of part that are more than bytes.

func (e *encoder) array(o *op, q unsafe.Pointer) {
	for i := 0; i < o.n && e.err == nil; i++ {
		outer := e.trail.into(o, i)
		e.elem(o.elem, unsafe.Add(q, uintptr(i)*o.elem.size))
		e.trail.here.path = outer
	}
}

func (e *encoder) notData(o *op, q unsafe.Pointer) {
	zero := isZero(q, o.size)
	switch {
	case e.purpose == toOrder:
	case zero && o.kind == opZero, e.purpose == toKey && o.not.IsLock():
	case e.purpose == toKey:
		e.refuse(o.path, o.not.Keyed())
	default:
		e.refuse(o.path, o.not.Stored())
	}
}

func (e *encoder) pointer(p unsafe.Pointer, o *op) {
	switch {
	case p == nil:
		e.out.num(refNil)
	case e.global(p, o.elem.t):
	// A variable of no size has an identity too: crypto/ecdh tells its curves
	// apart by such addresses.
	case e.purpose == toStore && global.Holds(p) && (o.elem.size > 0 || p != global.ZeroBase()):
		e.refuse(o.path, variableReason(o.elem.t, "stored"))
	case e.purpose == toKey && o.elem.size > 0 && isCurve(o.elem.t) && global.Holds(p):
		e.refuse(o.path, variableReason(o.elem.t, "part of a key"))
	default:
		e.refer(p, o.elem, 1, false)
	}
}

// global writes the number of a registered variable, and reports whether that tells p.
func (e *encoder) global(p unsafe.Pointer, t reflect.Type) bool {
	name, ok := e.names.Of(p, t)
	if !ok {
		return false
	}
	i := slices.Index(e.globals, name)
	isNew := i < 0
	if isNew {
		i = len(e.globals)
		e.globals = append(e.globals, name)
	}
	e.out.num(refGlobal)
	if e.out.num(uint64(i)); isNew {
		e.out.text(name)
	}
	return e.purpose != toKey || global.Fixed(name)
}

// slice writes the length of a slice and a reference to its elements.
func (e *encoder) slice(s sliceHeader, o *op) {
	e.out.num(uint64(s.len))
	switch {
	case s.len > 0:
		e.refer(s.data, o.elem, s.len, false)
	case s.data == nil || o.nilIsEmpty:
		e.out.num(refNil)
	default:
		e.out.num(refEmpty)
	}
}

// mapRef writes a reference to the contents of the map m, a map word.
func (e *encoder) mapRef(m unsafe.Pointer, contents *plan) {
	if m == nil {
		e.out.num(refNil)
	} else if !e.global(m, contents.t) {
		e.refer(m, contents, 1, false)
	}
}

// smallContent is the size up to which a value in an interface is stored by content.
const smallContent = 256

// iface writes the type of the value in an interface, and the value itself if it lies in
// the data word or the interface in a key of a map, else a reference to the value.
func (e *encoder) iface(o *op, q unsafe.Pointer) {
	if loadPtr(q) == nil {
		e.out.num(0)
		return
	}
	pl, word := e.dynamic(o, q), ifaceWord(q)
	inside := func(p unsafe.Pointer) {
		outer := e.trail.into(o, -1)
		e.elem(pl, p)
		e.trail.here.path = outer
	}
	switch {
	case pl.t == typeid.Rtype:
		named := reflect.NewAt(o.t, q).Elem().Elem().Interface().(reflect.Type)
		e.methods.Add(named)
		e.typ(o.path, named)
	case pl.direct:
		if e.isSentinel(pl, word) {
			e.refuse(o.path, `an error that a package variable holds cannot be stored; name it in an init function, as in cachetest.RegisterGlobal("ErrX", &ErrX)`)
			return
		}
		inside(unsafe.Pointer(&word))
	case pl.size == 0, e.inKey:
		if e.deep++; e.deep > maxDeep && e.purpose == toStore {
			e.refuse(o.path, "interfaces within so many interfaces, in a key of a map, cannot be stored")
			return
		}
		e.memory += uint64(pl.size)
		inside(word)
		e.deep--
	case pl.plain() && pl.size <= smallContent || pl.isString():
		// By content: whether two interfaces share a box cannot be seen.
		a, _ := e.get(pl)
		e.putHere(a, a.n, 1)
		e.assign(a, e.met.add(met{visit: visit{pl, word, 1}}), 1)
	default:
		e.refer(word, pl, 1, true)
	}
}

// isSentinel reports whether the error that an interface holds in its word is one
// that a package variable holds too: its copy would no longer be that error.
func (e *encoder) isSentinel(pl *plan, word unsafe.Pointer) bool {
	if e.purpose != toStore || pl.t.Kind() != reflect.Pointer || word == nil || pl.ops[0].kind != opPtr || pl.ops[0].elem.size == 0 {
		return false
	}
	_, known := e.names.Of(word, pl.ops[0].elem.t)
	return !known && pl.t.Implements(reflect.TypeFor[error]()) && global.InVariable(word)
}

// dynamic writes the type that an interface holds, and returns its plan.
func (e *encoder) dynamic(o *op, q unsafe.Pointer) *plan {
	pl := e.coder.plan(ifaceType(o.t, q))
	if pl.t != typeid.Rtype {
		e.methods.Add(pl.t)
	}
	e.typ(o.path, pl.t)
	return pl
}

// codec writes the bytes of a value that has a codec, once for each identity.
func (e *encoder) codec(o *op, q unsafe.Pointer) {
	e.spend(eachSpent) // nobody knows what a codec does
	switch {
	case o.elem == nil:
		e.encoded(o, q)
		return
	case isZero(q, o.size):
		e.out.num(0)
		return
	}
	var words [2]unsafe.Pointer // the pointer, or the two of an interface
	copy(bytesAt(unsafe.Pointer(&words), unsafe.Sizeof(words)), bytesAt(q, o.size))
	a, _ := e.get(o.elem)
	m, _, isNew := e.met.find(visit{o.elem, words[0], int(uintptr(words[1]))})
	if isNew {
		m.arena, m.at = a, a.n
		a.n, a.done = a.n+1, a.n+1
	}
	e.out.num(m.at + 1)
	if isNew {
		e.encoded(o, q)
	}
}

// encoded writes what a codec makes of the value at q.
func (e *encoder) encoded(o *op, q unsafe.Pointer) {
	var data bytes.Buffer
	if err := o.codec.Encode(&data, reflect.NewAt(o.t, q).Interface()); err != nil {
		e.refuse(o.path, fmt.Sprintf("codec %s: %v", o.codec.Name(), err))
	}
	e.out.num(uint64(data.Len()))
	e.out.add(data.Bytes())
}

func (e *encoder) syncMap(o *op, q unsafe.Pointer) {
	if e.inMap && e.purpose == toStore {
		e.refuse(o.path, rules.NotData{What: "a sync.Map inside a map"}.Stored())
		return
	}
	m := map[any]any{}
	(*sync.Map)(q).Range(func(k, v any) bool { m[k] = v; return true })
	e.keep = append(e.keep, m)
	if len(m) == 0 {
		m = nil
	}
	e.mapRef(reflect.ValueOf(m).UnsafePointer(), o.elem)
}
