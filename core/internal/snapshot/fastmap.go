//go:build !purego

package snapshot

import (
	"bytes"
	"math"
	"reflect"
	"unsafe"
)

// Maps whose keys are strings or whole numbers of 64 bits are read and built
// through a map type that the compiler knows: a map's memory depends on the
// kinds of its key and element alone, not on their names, and the runtime keeps
// no type in it. Only what handles such a type is generic: the linker keeps it
// once for each pair of kinds.

// fastMap reads and builds maps of one pair of kinds.
type fastMap struct {
	create  func(n int) unsafe.Pointer
	room    func(n int) (keys, vals unsafe.Pointer)
	collect func(m, keys, vals unsafe.Pointer) // copies the entries, of which there are mapLen
	fill    func(m, keys, vals unsafe.Pointer, n int)
	// compare compares values of equal keys; it reports whether the keys are.
	compare func(d *differ, o *op, a, b unsafe.Pointer, w where) bool
	// word returns the number that a key is ordered by, and texts whether keys
	// are strings: equal numbers tell nothing then.
	word  func(key unsafe.Pointer) uint64
	texts bool
}

func fast[K comparable, V any]() *fastMap {
	return &fastMap{create: fastCreate[K, V], room: fastRoom[K, V], collect: fastCollect[K, V], fill: fastFill[K, V], compare: fastCompare[K, V]}
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

func fastRoom[K comparable, V any](n int) (keys, vals unsafe.Pointer) {
	return unsafe.Pointer(unsafe.SliceData(make([]K, n))), unsafe.Pointer(unsafe.SliceData(make([]V, n)))
}

func fastCompare[K comparable, V any](d *differ, o *op, a, b unsafe.Pointer, w where) bool {
	ma, mb := *(*map[K]V)(unsafe.Pointer(&a)), *(*map[K]V)(unsafe.Pointer(&b))
	if len(ma) != len(mb) {
		return false
	}
	vals := new([2]V)
	for k, v := range ma {
		other, ok := mb[k]
		if !ok {
			return false
		}
		vals[0], vals[1] = v, other
		if d.elem(o.elem, unsafe.Pointer(&vals[0]), unsafe.Pointer(&vals[1]), w); d.found {
			return true
		}
	}
	return true
}

// mapLen returns the number of entries of any map: where it stands depends on
// no type.
func mapLen(m unsafe.Pointer) int { return len(*(*map[string]int)(unsafe.Pointer(&m))) }

// A fastScratch holds the entries of one map after another.
type fastScratch struct {
	f          *fastMap
	key, val   *plan
	keys, vals unsafe.Pointer
	room       int
	order      []ranked
	tie        func(a, b uint32) int // made once, not for each map
}

func (f *fastMap) scratch(o *op) *fastScratch {
	s := &fastScratch{f: f, key: o.key, val: o.elem}
	if f.texts {
		s.tie = func(a, b uint32) int { return bytes.Compare(textAt(s.keyAt(a)), textAt(s.keyAt(b))) }
	}
	return s
}

// collect copies the entries of m, and returns how many there are.
func (s *fastScratch) collect(m unsafe.Pointer) (n int) {
	if n = mapLen(m); n > s.room {
		s.room = n
		s.keys, s.vals = s.f.room(n)
	}
	if n > 0 {
		s.f.collect(m, s.keys, s.vals)
	}
	return n
}

func (s *fastScratch) keyAt(i uint32) unsafe.Pointer { return add(s.keys, uintptr(i)*s.key.size) }
func (s *fastScratch) valAt(i uint32) unsafe.Pointer { return add(s.vals, uintptr(i)*s.val.size) }

// sorted returns the places of n entries in the order of their keys.
func (s *fastScratch) sorted(n int) []ranked {
	if n > len(s.order) {
		s.order = make([]ranked, n)
	}
	order := s.order[:n]
	for i := range order {
		order[i] = ranked{s.f.word(s.keyAt(uint32(i))), uint32(i)}
	}
	return sortRanked(order, s.tie)
}

// write is a mapWriter.
func (s *fastScratch) write(e *encoder, to *slab, m unsafe.Pointer) error {
	if uint64(mapLen(m)) > math.MaxUint32 {
		return writeEntries(e, to, m)
	}
	n := s.collect(m)
	to.addMap(n)
	for _, r := range s.sorted(n) {
		if err := e.keyAndValue(to, s.keyAt(r.at), s.valAt(r.at)); err != nil {
			return err
		}
	}
	if n >= manyEntries { // so many are not kept
		s.keys, s.vals, s.room, s.order = nil, nil, 0, nil
	}
	return nil
}

func textAt(key unsafe.Pointer) []byte { return stringBytes(*(*string)(key)) }

// fastMapFor returns nil where only reflection will do.
func fastMapFor(key, val *plan) *fastMap {
	if !byKind(key) || !byKind(val) || wordSize != 8 {
		return nil
	}
	var f *fastMap
	switch kind := key.t.Kind(); kind {
	case reflect.String:
		if f = fastVal[string](val.t.Kind()); f != nil {
			f.word, f.texts = func(key unsafe.Pointer) uint64 { return firstWord(textAt(key)) }, true
		}
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64:
		sign := uint64(0) // which puts the negative ones first
		if kind == reflect.Int || kind == reflect.Int64 {
			sign = 1 << 63
		}
		if f = fastVal[uint64](val.t.Kind()); f != nil {
			f.word = func(key unsafe.Pointer) uint64 { return *(*uint64)(key) ^ sign }
		}
	}
	return f
}

// byKind reports whether pl is walked as its kind says, without a codec.
func byKind(pl *plan) bool {
	return len(pl.ops) == 0 && pl.flat || len(pl.ops) == 1 && pl.ops[0].kind <= opIface
}

func fastVal[K comparable](val reflect.Kind) *fastMap {
	switch val {
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		return fast[K, uint8]()
	case reflect.Int32, reflect.Uint32, reflect.Float32:
		return fast[K, uint32]()
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

func sorterFor(o *op) mapWriter {
	if f := o.fastMap(); f != nil {
		return f.scratch(o).write
	}
	return writeEntries
}
