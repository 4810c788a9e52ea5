// Package typeid tells types apart, in this process and others: by a name with
// full package paths, and by a digest of all that a type is made of.
//
// It also knows the layout of types (Fits, Holds).
//
// What it promises. Types of one digest hold, in binaries of one Go version, the same
// values in the same layout.
// What it does not: two types that are declared in functions, have one name and
// are built alike are one to it.
package typeid

import (
	"fmt"
	"reflect"
	"strconv"
	"sync"
	"time"
	"unsafe"
)

// Name returns the name of t with full package paths, also inside type
// arguments and composite types: "map[string]*example.com/m/user.User". Types
// declared inside functions carry their bare name, so two of them may share
// one; [Of] tells them apart unless they are built alike. A struct, an interface, a
// func or a chan without a name is named as reflect spells it, in which packages have
// their last names only, with the hash that the compiler makes of it with their full
// paths. To ask reflect for the methods of an interface one by one would make the
// linker keep every exported method of every type in the user's binary.
func Name(t reflect.Type) string {
	switch {
	case t == nil:
		return "nil"
	case t.PkgPath() != "":
		return t.PkgPath() + "." + t.Name() // type arguments are spelled out with their paths
	case t.Name() != "":
		return t.Name()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + Name(t.Elem())
	case reflect.Slice:
		return "[]" + Name(t.Elem())
	case reflect.Array:
		return "[" + strconv.Itoa(t.Len()) + "]" + Name(t.Elem())
	case reflect.Map:
		return "map[" + Name(t.Key()) + "]" + Name(t.Elem())
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return "interface{}"
		}
	}
	return fmt.Sprintf("%s#%08x", t.String(), typeHash(t))
}

// typeHash returns the hash that the compiler gave t. Where types are laid out
// in another way than here, t has a name that no other process knows, so that
// nothing is found by it.
func typeHash(t reflect.Type) uint64 {
	header := (*typeHeader)((*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1])
	if header.size != t.Size() {
		return uint64(uintptr(unsafe.Pointer(header))) + uint64(processStart().UnixNano())
	}
	return uint64(header.hash)
}

var processStart = sync.OnceValue(time.Now)

// typeHeader begins each type in memory (internal/abi.Type).
type typeHeader struct {
	size     uintptr
	pointers uintptr
	hash     uint32
}
