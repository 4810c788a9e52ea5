package snapshot

import (
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
