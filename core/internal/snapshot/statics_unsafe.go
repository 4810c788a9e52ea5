//go:build !purego

package snapshot

import "unsafe"

// findObject is the runtime's own answer to what a pointer points into: base is
// 0 where it is not the Go heap. It is on Go's list of names kept for linkname
// (go.dev/issue/67401).
//
//go:linkname findObject runtime.findObject
func findObject(p, refBase, refOff uintptr) (base uintptr, span unsafe.Pointer, index uintptr)

// isStatic reports whether p points to a package variable or to other memory
// that is not the Go heap's, our own mappings apart.
func isStatic(p unsafe.Pointer) bool {
	base, _, _ := findObject(uintptr(p), 0, 0)
	return base == 0 && !isMapped(p)
}
