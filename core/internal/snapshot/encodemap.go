package snapshot

import (
	"fmt"
	"reflect"
	"unsafe"
)

// mapRef returns the ref of the map m, a map word.
func (e *encoder) mapRef(m unsafe.Pointer, o *op) uint64 {
	if m == nil {
		return 0
	}
	if ref, ok := e.global(m, o.t); ok {
		return ref
	}
	if e.look != nil {
		return e.look.follow(visit{o.self, m, 0})
	}
	s := e.slab(slabMaps, o.self)
	found, id, isNew := e.met.find(m, o.self, 0)
	if !isNew {
		return found.ref
	}
	ref := s.ref(s.n)
	found.ref = ref
	e.assign(s, id, 1)
	return ref
}

// manyEntries is from how many on the memory for a map's entries is not kept
// for the next map.
const manyEntries = 1 << 10

// writeMap writes the entries of a map, and how many there are: that is noted
// last, so that a difference is found at a key.
func (e *encoder) writeMap(s *slab, word unsafe.Pointer) error {
	if s.entries == nil {
		s.entries = newEntries(s.plan)
	}
	m := s.entries
	m.read(word)
	order, err := e.ranking.order(m, e.meter)
	if err != nil {
		return err
	}
	s.counts.num(uint64(m.n))
	s.held += uint64(m.n)
	e.inMap = true
	for _, r := range order {
		if e.trail != nil {
			e.trail.path = m.path(int(r.at))
		}
		if err := e.elem(m.key, m.keyAt(r.at)); err != nil {
			return err
		}
		if err := e.elem(m.val, m.valAt(r.at)); err != nil {
			return err
		}
	}
	e.inMap = false
	n := m.n
	if n >= manyEntries {
		s.entries = nil
	}
	if _, same := e.trail.note(bytesAt(unsafe.Pointer(&n), wordSize)); !same {
		e.trail.path = ""
		return e.refusal("", "")
	}
	return nil
}

// entries are the entries of one map after another of a type, copied where they
// can be pointed at.
type entries struct {
	op         *op
	key, val   *plan
	n, room    int
	keys, vals unsafe.Pointer
	rkeys      reflect.Value // the memory of keys
	rvals      reflect.Value
	order      []ranked
}

func newEntries(pl *plan) *entries {
	o := &pl.ops[0]
	return &entries{op: o, key: o.key, val: o.elem}
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
	for it := reflect.NewAt(m.op.t, unsafe.Pointer(&word)).Elem().MapRange(); m.n < n && it.Next(); m.n++ {
		m.rkeys.Index(m.n).SetIterKey(it)
		m.rvals.Index(m.n).SetIterValue(it)
	}
}

func (m *entries) keyAt(i uint32) unsafe.Pointer { return add(m.keys, uintptr(i)*m.key.size) }
func (m *entries) valAt(i uint32) unsafe.Pointer { return add(m.vals, uintptr(i)*m.val.size) }

// keyBytes are the bytes by which a sortable key is ordered.
func (m *entries) keyBytes(i uint32) []byte {
	if m.key.flat {
		return bytesAt(m.keyAt(i), m.key.size)
	}
	return stringBytes(*(*string)(m.keyAt(i)))
}

// firstOf returns the first bytes of what key i points to. In their order things
// that were made in a row lie in a row in memory.
func (m *entries) firstOf(i uint32) (word uint64) {
	if len(m.key.ops) != 1 || m.key.ops[0].kind != opPtr || len(m.key.ops[0].elem.runs) == 0 {
		return 0
	}
	p := loadPtr(add(m.keyAt(i), m.key.ops[0].off))
	if p == nil {
		return 0
	}
	r := m.key.ops[0].elem.runs[0]
	copy(bytesAt(unsafe.Pointer(&word), 8), bytesAt(add(p, r.off), r.end-r.off))
	return word
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

// sortable reports whether the keys of an opMap are ordered by their own bytes.
func (o *op) sortable() bool { return o.key.flat || o.key.isString() }

// mapLen returns the number of entries of any map: where it stands depends on
// no type.
func mapLen(m unsafe.Pointer) int { return len(*(*map[string]int)(unsafe.Pointer(&m))) }
