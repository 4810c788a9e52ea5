package snapshot

import (
	"reflect"
	"time"
	"unsafe"
)

// The memory layout of Go's headers is known here and nowhere else.

const wordSize = unsafe.Sizeof(uintptr(0))

type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

func loadPtr(p unsafe.Pointer) unsafe.Pointer { return *(*unsafe.Pointer)(p) }

// ifaceWord returns the data word of the interface at p.
func ifaceWord(p unsafe.Pointer) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Add(p, wordSize))
}

// ifaceType returns the dynamic type of the non-nil interface of type t at p.
func ifaceType(t reflect.Type, p unsafe.Pointer) reflect.Type {
	if t.NumMethod() == 0 {
		return reflect.TypeOf(*(*any)(p))
	}
	return reflect.NewAt(t, p).Elem().Elem().Type()
}

// bytesAt views n bytes at p.
func bytesAt(p unsafe.Pointer, n uintptr) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(p), n)
}

func isZero(p unsafe.Pointer, n uintptr) bool {
	for _, b := range bytesAt(p, n) {
		if b != 0 {
			return false
		}
	}
	return true
}

// twoWords is an interface: its type or method table, and its data.
type twoWords struct{ a, b unsafe.Pointer }

// ifaceTab returns the first word of interfaces of type iface that hold a t; nil
// where they cannot.
func ifaceTab(iface, t reflect.Type) unsafe.Pointer {
	if t.Kind() == reflect.Interface || !t.Implements(iface) {
		return nil
	}
	p := reflect.New(iface)
	p.Elem().Set(reflect.Zero(t))
	return loadPtr(p.UnsafePointer())
}

// timeWords returns the first two words of the time.Time at p without its
// monotonic reading. The third, the location, is a pointer like others.
func timeWords(p unsafe.Pointer) (wall, ext uint64) {
	t := (*time.Time)(p).Round(0)
	words := (*[2]uint64)(unsafe.Pointer(&t))
	return words[0], words[1]
}
