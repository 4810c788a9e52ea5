package global

import (
	"reflect"
	"sync"
	"unsafe"
)

// ZeroBase is where the runtime puts all things of no size.
var ZeroBase = sync.OnceValue(func() unsafe.Pointer { return reflect.New(reflect.TypeFor[struct{}]()).UnsafePointer() })

// findObject is the runtime's own answer to what a pointer points into: base is
// 0 where it is not the Go heap. It is on Go's list of names kept for linkname
// (go.dev/issue/67401).
//
//go:linkname findObject runtime.findObject
func findObject(p, refBase, refOff uintptr) (base uintptr, span unsafe.Pointer, index uintptr)

// Holds reports whether p points to a package variable or to other memory
// that is not the Go heap's, our own mappings apart.
func Holds(p unsafe.Pointer) bool {
	base, _, _ := findObject(uintptr(p), 0, 0)
	return base == 0 && !isMapped(uintptr(p))
}

// mapped are the memory ranges that values were decoded from in place and that
// are not the Go heap's: what points there is data.
var mapped struct {
	sync.RWMutex
	ranges [][2]uintptr
}

func isMapped(p uintptr) bool {
	mapped.RLock()
	defer mapped.RUnlock()
	for _, r := range mapped.ranges {
		if r[0] <= p && p < r[1] {
			return true
		}
	}
	return false
}

// Except says that data is no package variable, if it lies outside the Go heap.
func Except(data []byte) {
	if len(data) == 0 || !Holds(unsafe.Pointer(&data[0])) {
		return
	}
	mapped.Lock()
	defer mapped.Unlock()
	lo := uintptr(unsafe.Pointer(&data[0]))
	mapped.ranges = append(mapped.ranges, [2]uintptr{lo, lo + uintptr(len(data))})
}
