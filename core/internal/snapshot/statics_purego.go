//go:build purego

package snapshot

import "unsafe"

var someVariable, someInitialised = 0, 1

// nearVariables is how far a binary's variables may lie apart: Go's heap is
// mapped farther away than this on every platform.
const nearVariables = 1 << 30

// isStatic guesses from the distance to variables of our own whether p points
// to a package variable.
func isStatic(p unsafe.Pointer) bool {
	for _, v := range []unsafe.Pointer{unsafe.Pointer(&someVariable), unsafe.Pointer(&someInitialised)} {
		lo, hi := min(uintptr(p), uintptr(v)), max(uintptr(p), uintptr(v))
		if hi-lo < nearVariables {
			return true
		}
	}
	return false
}
