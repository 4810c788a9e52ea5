package global

import (
	"testing"
	"unsafe"
)

var held = new(int)

// TestInVariable: where the layout of the runtime's tables is another than the one
// known here, any address may be that of a variable.
func TestInVariable(t *testing.T) {
	local := new(int)
	if rootRanges() == nil {
		t.Error("package variables are not found: the runtime's moduledata has another layout")
	}
	if !InVariable(unsafe.Pointer(held)) || InVariable(unsafe.Pointer(local)) {
		t.Error("what a package variable holds is not told from what none does")
	}
	known := rootRanges
	defer func() { rootRanges = known }()
	rootRanges = func() [][2]uintptr { return nil }
	if !InVariable(unsafe.Pointer(local)) {
		t.Error("where package variables are not found, none is said to hold an address")
	}
}
