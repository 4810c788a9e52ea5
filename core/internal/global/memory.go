package global

import (
	"reflect"
	"sync"
	"unsafe"
)

// ZeroBase returns the address of all things of no size.
var ZeroBase = sync.OnceValue(func() unsafe.Pointer { return reflect.New(reflect.TypeFor[struct{}]()).UnsafePointer() })

// findObject finds the object that a pointer points into: base is 0 where that is not
// in the Go heap. The name is on Go's list of those kept for linkname
// (go.dev/issue/67401).
//
//go:linkname findObject runtime.findObject
func findObject(p, refBase, refOff uintptr) (base uintptr, span unsafe.Pointer, index uintptr)

// Holds reports whether p points to a package variable or to other memory
// that is not the Go heap's, our own mappings apart.
func Holds(p unsafe.Pointer) bool {
	if base, _, _ := findObject(uintptr(p), 0, 0); base != 0 {
		return false
	}
	mapped.RLock()
	defer mapped.RUnlock()
	for _, r := range mapped.ranges {
		if r[0] <= uintptr(p) && uintptr(p) < r[1] {
			return false
		}
	}
	return true
}

// mapped holds the memory ranges that values were decoded from in place and that are
// not the Go heap's: pointers into them lead to data.
var mapped struct {
	sync.RWMutex
	ranges [][2]uintptr
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

// lastModule leads to the binary's segments. The name is on Go's list kept for
// linkname; the layout behind it is not, so it is checked before use.
//
//go:linkname lastModule runtime.lastmoduledatap
var lastModule *moduleHead

// moduleHead is the head of the runtime's moduledata, Go 1.26.
type moduleHead struct {
	_                   unsafe.Pointer // pcHeader
	_                   [5][]byte      // names, units, files, pcs, lines
	_                   []byte         // ftab
	_                   [3]uintptr     // findfunctab, minpc, maxpc
	text, etext         uintptr
	_                   [2]uintptr // noptrdata
	data, edata         uintptr
	bss, ebss           uintptr
	noptrbss, enoptrbss uintptr
}

var (
	inData = &inBSS // initialised, with a pointer: lies in data
	inBSS  *int     // lies in bss
)

// rootRanges returns where package variables with pointers lie: nothing if the
// layout is not the one known here.
var rootRanges = sync.OnceValue(func() [][2]uintptr {
	m := lastModule
	if m == nil || !(m.text < m.etext && m.data <= m.edata && m.edata <= m.bss && m.bss <= m.ebss && m.noptrbss <= m.enoptrbss) {
		return nil
	}
	within := func(p unsafe.Pointer, lo, hi uintptr) bool { return lo <= uintptr(p) && uintptr(p) < hi }
	if !within(unsafe.Pointer(&inData), m.data, m.edata) || !within(unsafe.Pointer(&inBSS), m.bss, m.ebss) {
		return nil
	}
	return [][2]uintptr{{m.data, m.edata}, {m.bss, m.ebss}}
})

// InVariable reports whether some package variable holds the address p. It scans
// all of them (about 0.1 ms per MB); where they cannot be found it says yes: an
// error that would be taken for another one is worse than one not stored. Other
// goroutines may write to the variables meanwhile: words are read whole.
//
//go:norace
//go:nocheckptr
func InVariable(p unsafe.Pointer) bool {
	ranges := rootRanges()
	if ranges == nil {
		return true
	}
	base, _, _ := findObject(uintptr(p), 0, 0)
	for _, r := range ranges {
		for a := r[0]; a+unsafe.Sizeof(uintptr(0)) <= r[1]; a += unsafe.Sizeof(uintptr(0)) {
			if w := *(*uintptr)(*(*unsafe.Pointer)(unsafe.Pointer(&a))); w == uintptr(p) || w == base && base != 0 {
				return true
			}
		}
	}
	return false
}
