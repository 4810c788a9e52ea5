//go:build !purego

package snapshot

import (
	"cmp"
	"reflect"
	"slices"
	"unsafe"
)

// Maps of common kinds are read and built through a map type that the compiler
// knows: a map's memory depends on the kinds of its key and element alone, not
// on their names. The runtime keeps no type in it.

// fastMap reads and builds maps of one pair of kinds.
type fastMap struct {
	writer func() mapWriter
	create func(n int) unsafe.Pointer
	fill   func(m, keys, vals unsafe.Pointer, n int)
	// compare compares values of equal keys; it reports whether the keys are.
	compare func(d *differ, o *op, a, b unsafe.Pointer, w where) bool
}

func fast[K cmp.Ordered, V any]() *fastMap {
	return &fastMap{writer: fastWriter[K, V], create: fastCreate[K, V], fill: fastFill[K, V], compare: fastCompare[K, V]}
}

func fastWriter[K cmp.Ordered, V any]() mapWriter {
	type entry struct {
		key K
		val V
	}
	var scratch []entry
	return func(e *encoder, s *slab, m unsafe.Pointer) error {
		dict := *(*map[K]V)(unsafe.Pointer(&m))
		entries := scratch[:0]
		if len(dict) > cap(entries) {
			entries = make([]entry, 0, len(dict))
			useHugePages(unsafe.Pointer(unsafe.SliceData(entries)), uintptr(len(dict))*unsafe.Sizeof(entry{}))
		}
		for k, v := range dict {
			entries = append(entries, entry{k, v})
		}
		s.addMap(len(entries))
		if n := len(entries); n >= manyEntries && uint64(n) < 1<<32 {
			for _, r := range orderKeys(n, func(i int) *K { return &entries[i].key }) {
				if err := e.keyAndValue(s, unsafe.Pointer(&entries[r.at].key), unsafe.Pointer(&entries[r.at].val)); err != nil {
					return err
				}
			}
			return nil // so many are not kept
		}
		slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
		for i := range entries {
			if err := e.keyAndValue(s, unsafe.Pointer(&entries[i].key), unsafe.Pointer(&entries[i].val)); err != nil {
				return err
			}
		}
		scratch = entries
		return nil
	}
}

func fastCreate[K cmp.Ordered, V any](n int) unsafe.Pointer {
	m := make(map[K]V, n)
	return *(*unsafe.Pointer)(unsafe.Pointer(&m))
}

func fastCompare[K cmp.Ordered, V any](d *differ, o *op, a, b unsafe.Pointer, w where) bool {
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

func fastFill[K cmp.Ordered, V any](m, keys, vals unsafe.Pointer, n int) {
	dst := *(*map[K]V)(unsafe.Pointer(&m))
	ks, vs := unsafe.Slice((*K)(keys), n), unsafe.Slice((*V)(vals), n)
	for i, k := range ks {
		dst[k] = vs[i]
	}
}

// fastMapFor returns nil where only reflection will do.
func fastMapFor(key, val *plan) *fastMap {
	if !byKind(key) || !byKind(val) {
		return nil
	}
	switch sized(key.t.Kind()) {
	case reflect.String:
		return fastVal[string](val.t.Kind())
	case reflect.Int64:
		return fastVal[int64](val.t.Kind())
	case reflect.Uint64:
		return fastVal[uint64](val.t.Kind())
	case reflect.Int32:
		return fastVal[int32](val.t.Kind())
	case reflect.Uint32:
		return fastVal[uint32](val.t.Kind())
	}
	return nil
}

// sized returns the kind of the same size in place of int and uint, which have
// 32 or 64 bits, and any other kind as it is.
func sized(kind reflect.Kind) reflect.Kind {
	small := wordSize == 4
	switch {
	case kind == reflect.Int && small:
		return reflect.Int32
	case kind == reflect.Int:
		return reflect.Int64
	case kind == reflect.Uint && small:
		return reflect.Uint32
	case kind == reflect.Uint:
		return reflect.Uint64
	}
	return kind
}

// byKind reports whether pl is walked as its kind says, without a codec.
func byKind(pl *plan) bool {
	return len(pl.ops) == 0 && pl.flat || len(pl.ops) == 1 && pl.ops[0].kind <= opIface
}

func fastVal[K cmp.Ordered](val reflect.Kind) *fastMap {
	switch sized(val) {
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		return fast[K, uint8]()
	case reflect.Int32, reflect.Uint32, reflect.Float32:
		return fast[K, uint32]()
	case reflect.Int64, reflect.Uint64, reflect.Float64:
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
		return f.writer()
	}
	return writeEntries
}
