package snapshot

import (
	"encoding/binary"
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
	pl := o.self
	s := e.maps[pl]
	if s == nil {
		s = e.newSlab(slabMaps, pl)
		s.keys, s.vals = e.newSlab(slabKeys, o.key), e.newSlab(slabVals, o.elem)
		s.entries = newEntries(pl)
		e.maps[pl] = s
	}
	found, id, isNew := e.met.find(m, pl, 0)
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

// writeMap writes the entries of a map, and how many there are: after them, so
// that a difference is found at a key.
func (e *encoder) writeMap(s *slab, word unsafe.Pointer) error {
	m := s.entries
	m.read(word)
	order, err := e.ranking.order(m, e.meter)
	if err != nil {
		return err
	}
	s.keys.n += uint64(m.n)
	s.vals.n += uint64(m.n)
	e.inMap = true
	for _, r := range order {
		if e.trail != nil {
			e.trail.path = m.path(int(r.at))
		}
		if err := e.entry(s.keys, m.keyAt(r.at)); err != nil {
			return err
		}
		if err := e.entry(s.vals, m.valAt(r.at)); err != nil {
			return err
		}
	}
	e.inMap = false
	count := s.elem()
	binary.NativeEndian.PutUint64(count, uint64(m.n))
	if m.n >= manyEntries {
		s.entries = newEntries(s.plan)
	}
	if _, same := e.trail.note(count); !same {
		e.trail.path = ""
		return e.refusal("", "")
	}
	return nil
}

func (e *encoder) entry(s *slab, p unsafe.Pointer) error {
	e.current = s
	return e.image(s.plan, p, s.elem())
}

// entries are the entries of one map after another of a type, copied where they
// can be pointed at.
type entries struct {
	op         *op
	key, val   *plan
	fast       *fastMap
	n, room    int
	keys, vals unsafe.Pointer
	rkeys      reflect.Value // the memory of keys
	rvals      reflect.Value
	order      []ranked
}

func newEntries(pl *plan) *entries {
	o := &pl.ops[0]
	return &entries{op: o, key: o.key, val: o.elem, fast: o.self.fast}
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
	m.n = n
	switch {
	case n == 0:
	case m.fast != nil:
		m.fast.collect(word, m.keys, m.vals)
	default:
		m.n = 0
		for it := reflect.NewAt(m.op.t, unsafe.Pointer(&word)).Elem().MapRange(); it.Next() && m.n < n; m.n++ {
			m.rkeys.Index(m.n).SetIterKey(it)
			m.rvals.Index(m.n).SetIterValue(it)
		}
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
func (o *op) sortable() bool {
	return o.key.flat || len(o.key.ops) == 1 && o.key.ops[0].kind == opString && o.key.t.Kind() == reflect.String
}

// Maps whose keys are strings or whole numbers of 64 bits are read and built
// through a map type that the compiler knows: a map's memory depends on the
// kinds of its key and element alone, not on their names, and the runtime keeps
// no type in it. Only what handles such a type is generic: the linker keeps it
// once for each pair of kinds.

// fastMap reads and builds maps of one pair of kinds.
type fastMap struct {
	create  func(n int) unsafe.Pointer
	collect func(m, keys, vals unsafe.Pointer) // copies the entries, of which there are mapLen
	fill    func(m, keys, vals unsafe.Pointer, n int)
}

func fast[K comparable, V any]() *fastMap {
	return &fastMap{create: fastCreate[K, V], collect: fastCollect[K, V], fill: fastFill[K, V]}
}

func fastCreate[K comparable, V any](n int) unsafe.Pointer {
	m := make(map[K]V, n)
	return *(*unsafe.Pointer)(unsafe.Pointer(&m))
}

func fastCollect[K comparable, V any](m, keys, vals unsafe.Pointer) {
	dict := *(*map[K]V)(unsafe.Pointer(&m))
	ks, vs := unsafe.Slice((*K)(keys), len(dict)), unsafe.Slice((*V)(vals), len(dict))
	i := 0
	for k, v := range dict {
		ks[i], vs[i] = k, v
		i++
	}
}

func fastFill[K comparable, V any](m, keys, vals unsafe.Pointer, n int) {
	dst := *(*map[K]V)(unsafe.Pointer(&m))
	ks, vs := unsafe.Slice((*K)(keys), n), unsafe.Slice((*V)(vals), n)
	for i, k := range ks {
		dst[k] = vs[i]
	}
}

// mapLen returns the number of entries of any map: where it stands depends on
// no type.
func mapLen(m unsafe.Pointer) int { return len(*(*map[string]int)(unsafe.Pointer(&m))) }

// fastMapFor returns nil where only reflection will do.
func fastMapFor(key, val *plan) *fastMap {
	if !byKind(key) || !byKind(val) || wordSize != 8 {
		return nil
	}
	switch key.t.Kind() {
	case reflect.String:
		return fastVal[string](val.t.Kind())
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64:
		return fastVal[uint64](val.t.Kind())
	}
	return nil
}

// byKind reports whether pl is walked as its kind says, without a codec.
func byKind(pl *plan) bool {
	return len(pl.ops) == 0 && pl.flat || len(pl.ops) == 1 && pl.ops[0].kind <= opIface
}

func fastVal[K comparable](val reflect.Kind) *fastMap {
	switch val {
	case reflect.Int, reflect.Uint, reflect.Int64, reflect.Uint64, reflect.Float64:
		return fast[K, uint64]()
	case reflect.String:
		return fast[K, string]()
	case reflect.Pointer, reflect.Map:
		return fast[K, unsafe.Pointer]()
	case reflect.Slice:
		return fast[K, sliceHeader]()
	case reflect.Interface:
		return fast[K, twoWords]()
	}
	return nil
}
