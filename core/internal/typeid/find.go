package typeid

import (
	"reflect"
	"sync"
	"unsafe"
)

// typesByString looks up the linker's list of pointer, slice, array, map and
// channel types by what String returns for them. It is on Go's list of names
// kept for linkname (go.dev/issue/67401).
//
//go:linkname typesByString reflect.typesByString
func typesByString(s string) []unsafe.Pointer

// fromRtype makes a reflect.Type of the runtime's type descriptor.
func fromRtype(rt unsafe.Pointer) reflect.Type {
	var v any
	*(*unsafe.Pointer)(unsafe.Pointer(&v)) = rt
	return reflect.TypeOf(v)
}

// Linked returns the types of the program that print as s: named types,
// found by the pointers to them, and composed ones.
func Linked(s string) (list []reflect.Type) {
	for _, rt := range typesByString("*" + s) {
		if p := fromRtype(rt); p.Kind() == reflect.Pointer {
			list = append(list, p.Elem())
		}
	}
	for _, rt := range typesByString(s) {
		list = append(list, fromRtype(rt))
	}
	return list
}

// seen holds the types that Note was called with in this process, by digest.
var seen sync.Map // Digest -> reflect.Type

// Note remembers t for Find; it returns another type that could be taken for t,
// if there is one.
func Note(t reflect.Type) (other reflect.Type) {
	d := Of(t)
	if old, loaded := seen.LoadOrStore(d, t); loaded && old.(reflect.Type) != t {
		return old.(reflect.Type)
	}
	for _, linked := range Linked(t.String()) {
		if linked != t && Of(linked) == d {
			return linked
		}
	}
	return nil
}

// Rtype is the dynamic type of each reflect.Type.
var Rtype = reflect.TypeOf(reflect.TypeOf(0))

// seeBasic lets types be found that have no place in the linker's list.
var seeBasic = sync.OnceFunc(func() {
	for _, t := range []reflect.Type{
		reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int16](),
		reflect.TypeFor[int32](), reflect.TypeFor[int64](), reflect.TypeFor[uint](), reflect.TypeFor[uint8](),
		reflect.TypeFor[uint16](), reflect.TypeFor[uint32](), reflect.TypeFor[uint64](), reflect.TypeFor[float32](),
		reflect.TypeFor[float64](), reflect.TypeFor[complex64](), reflect.TypeFor[complex128](), reflect.TypeFor[string](),
		reflect.TypeFor[[]byte](), reflect.TypeFor[[]string](), reflect.TypeFor[[]any](), reflect.TypeFor[map[string]any](),
		Rtype,
	} {
		seen.Store(Of(t), t)
	}
})

// Find returns the type that prints like this and has this digest: one that was
// noted, one that the linker knows, or one of those that are likely. It returns nil
// where there is none, or several.
func Find(printed string, d Digest, likely []reflect.Type) reflect.Type {
	seeBasic()
	if t, ok := seen.Load(d); ok {
		return t.(reflect.Type)
	}
	for _, t := range append(Linked(printed), likely...) {
		if Of(t) != d {
			continue
		}
		if Note(t) != nil {
			return nil
		}
		return t
	}
	return nil
}
