package snapshot

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// writeInterfaceName writes how reflect spells the type, in which packages have
// their last names only, and the hash that the compiler makes of the type with
// their full paths. To ask reflect for the methods one by one would make the
// linker keep every exported method of every type in the user's binary.
func writeInterfaceName(b *strings.Builder, t reflect.Type) {
	if t.NumMethod() == 0 {
		b.WriteString("interface{}")
		return
	}
	fmt.Fprintf(b, "%s#%08x", t.String(), typeHash(t))
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
