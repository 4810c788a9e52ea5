package std

import (
	"go/types"
	"strings"
	"testing"
)

// TestRoots: what the derivation takes from a list must be in the library, so
// that a name which is gone there is missed.
func TestRoots(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks the standard library")
	}
	l := loaded(t, system)
	known := map[string]bool{}
	for path, p := range l.packages {
		known[path+".*"] = true
		for _, name := range p.Scope().Names() {
			obj := p.Scope().Lookup(name)
			known[nameOf(obj)] = true
			if n, ok := obj.Type().(*types.Named); ok {
				for m := range n.Methods() {
					known[nameOf(m)] = true
					known[m.FullName()] = true
				}
			}
			if fn, ok := obj.(*types.Func); ok {
				known[fn.FullName()] = true
			}
		}
	}
	check := func(name string) {
		if !known[name] && !strings.HasPrefix(name, "internal/syscall/windows.") && !strings.HasPrefix(name, "internal/runtime/syscall/") {
			t.Errorf("the library has no %s", name)
		}
	}
	for name := range worldRoots {
		check(name)
	}
	for name := range stateRoots {
		check(name)
	}
	for name := range intrinsics {
		check(name)
	}
}
