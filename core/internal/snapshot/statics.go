package snapshot

import (
	"reflect"
	"sync"
	"unsafe"
)

// mapped are the memory ranges that values were decoded from in place and that
// are not the Go heap's: what points there is data.
var mapped struct {
	sync.RWMutex
	ranges [][2]uintptr
}

func isMapped(p unsafe.Pointer) bool {
	mapped.RLock()
	defer mapped.RUnlock()
	for _, r := range mapped.ranges {
		if r[0] <= uintptr(p) && uintptr(p) < r[1] {
			return true
		}
	}
	return false
}

// noteMapped remembers data if it lies outside the Go heap.
func noteMapped(data []byte) {
	if len(data) == 0 || !isStatic(unsafe.Pointer(&data[0])) {
		return
	}
	mapped.Lock()
	defer mapped.Unlock()
	lo := uintptr(unsafe.Pointer(&data[0]))
	mapped.ranges = append(mapped.ranges, [2]uintptr{lo, lo + uintptr(len(data))})
}

// zeroBase is where the runtime puts all things of no size.
var zeroBase = reflect.New(reflect.TypeFor[struct{}]()).UnsafePointer()

// isVariable reports whether p, which leads to an element of pl, is the address
// of a package variable. One of no size has an identity too: crypto/ecdh tells
// its curves apart by such addresses.
func isVariable(p unsafe.Pointer, pl *plan) bool {
	return isStatic(p) && !(pl.size == 0 && p == zeroBase)
}

// staticReason says why a pointer to a package variable of type t is refused:
// the copy that would come back is not the variable.
func staticReason(t reflect.Type) string {
	advice := "register the variable with cachetest.RegisterGlobal, or return a copy"
	if path := t.PkgPath(); path == "crypto/elliptic" || path == "crypto/ecdh" {
		advice = `add import _ "github.com/fixturecache/fixturecache/cachetest/curves"`
	}
	return "a pointer to a package variable (of type " + t.String() + ") cannot be stored; " + advice
}

var errorType = reflect.TypeFor[error]()

// isSentinel reports whether the error that pl, a pointer-shaped type, holds in
// word is one that a package variable holds too: its copy would no longer be
// that error.
func isSentinel(pl *plan, word unsafe.Pointer) bool {
	if pl.t.Kind() != reflect.Pointer || word == nil || pl.ops[0].elem == nil || pl.ops[0].elem.size == 0 {
		return false
	}
	return pl.t.Implements(errorType) && rootsHold(word)
}

const sentinelReason = "an error that a package variable holds cannot be stored; register the variable with cachetest.RegisterGlobal"

func (e *encoder) errorIdentity(o *op, pl *plan, word unsafe.Pointer) error {
	if e.purpose != toStore || pl.t.Kind() != reflect.Pointer || pl.ops[0].kind != opPtr {
		return nil
	}
	if _, known := e.names.of(word, pl.ops[0].elem.t); !known && isSentinel(pl, word) {
		return e.refuse(o, sentinelReason)
	}
	return nil
}

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
