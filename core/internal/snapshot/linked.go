package snapshot

import (
	"reflect"
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

// linkedTypes returns the types of the program that print as s: named types,
// found by the pointers to them, and composed ones.
func linkedTypes(s string) []reflect.Type {
	var list []reflect.Type
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
