package snapshot

import (
	"fmt"
	"reflect"
	"unsafe"
)

// manyEntries is the number of entries from which on their memory is not kept for
// the next map.
const manyEntries = 1 << 10

// writeMap writes the entries of a map, whose number is written already.
func (e *encoder) writeMap(a *arena, word unsafe.Pointer) {
	if a.entries == nil {
		a.entries = &entries{plan: a.plan}
	}
	m := a.entries
	m.read(word)
	if e.outer != nil {
		e.addEntries(m)
		return
	}
	order := e.order(m)
	e.inMap = true
	for i := 0; i < len(order) && e.err == nil; i++ {
		at := order[i].at
		if e.trail.on {
			e.trail.here.path = m.path(int(at))
		}
		e.inKey = true
		e.elem(m.key, m.keyAt(at))
		e.inKey = false
		e.elem(m.val, m.valAt(at))
	}
	e.inMap = false
	e.trail.here.path = ""
	if m.n >= manyEntries || max(m.key.size, m.val.size) >= borrowAbove { // which the buffer points at
		a.entries = nil
	}
}

// entries are the entries of one map after another of a type, copied where they
// can be pointed at.
type entries struct {
	*plan      // the plan of the contents
	n, room    int
	keys, vals unsafe.Pointer
	rkeys      reflect.Value // the memory of keys
	rvals      reflect.Value
	order      []ranked
	looks      int // how many things may still be looked at to order them
}

// read copies the entries of m.
func (m *entries) read(word unsafe.Pointer) {
	n := mapLen(word)
	if n > m.room {
		m.room = n
		m.rkeys = reflect.MakeSlice(reflect.SliceOf(m.key.t), n, n)
		m.rvals = reflect.MakeSlice(reflect.SliceOf(m.val.t), n, n)
		m.keys, m.vals = m.rkeys.UnsafePointer(), m.rvals.UnsafePointer()
		m.order = make([]ranked, n)
	}
	m.n = 0
	for it := reflect.NewAt(m.plan.t, unsafe.Pointer(&word)).Elem().MapRange(); m.n < n && it.Next(); m.n++ {
		m.rkeys.Index(m.n).SetIterKey(it)
		m.rvals.Index(m.n).SetIterValue(it)
	}
}

func (m *entries) keyAt(i uint32) unsafe.Pointer { return unsafe.Add(m.keys, uintptr(i)*m.key.size) }
func (m *entries) valAt(i uint32) unsafe.Pointer { return unsafe.Add(m.vals, uintptr(i)*m.val.size) }

// keyBytes returns the bytes by whose hash a sortable key is ordered.
func (m *entries) keyBytes(i uint32) []byte {
	if m.key.flat {
		return bytesAt(m.keyAt(i), m.key.size)
	}
	return stringBytes(*(*string)(m.keyAt(i)))
}

// place orders entries by the words of their keys from off on. Words that are pointers
// order them by the addresses of their targets.
func (m *entries) place(alike []ranked, off uintptr) {
	if off+wordSize > m.key.size {
		return
	}
	for i := range alike {
		alike[i].word = uint64(*(*uintptr)(unsafe.Add(m.keyAt(alike[i].at), off)))
	}
	sortRanked(alike)
	eachAlike(alike, func(same []ranked) { m.place(same, off+wordSize) })
}

// path names entry i for a message.
func (m *entries) path(i int) string {
	switch k := m.rkeys.Index(i); k.Kind() {
	case reflect.String:
		return fmt.Sprintf("[%q]", k.String())
	case reflect.Pointer, reflect.Interface, reflect.Struct, reflect.Array, reflect.Chan, reflect.UnsafePointer:
		return "[" + k.Type().String() + "]"
	default:
		return fmt.Sprintf("[%v]", k)
	}
}

// isContents reports whether elements are the contents of maps.
func (p *plan) isContents() bool { return p.key != nil }

// sortable reports whether the keys of maps are ordered by their own bytes alone.
func (p *plan) sortable() bool { return p.key.flat || p.key.isString() }

// mapLen returns the number of entries of any map: where it stands depends on
// no type.
func mapLen(m unsafe.Pointer) int { return len(*(*map[string]int)(unsafe.Pointer(&m))) }
