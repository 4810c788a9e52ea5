package std

import (
	"go/types"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestRoots: what the derivation takes from a list must be in the library, so
// that a name which is gone there is missed.
func TestRoots(t *testing.T) {
	if os.Getenv("CACHETEST_LONG") == "" {
		t.Skip("set CACHETEST_LONG to type-check the standard library")
	}
	known, all := map[string]bool{}, len(releases()) > 1
	for _, release := range releases() {
		l := loaded(t, release, system)
		l.addNames(known)
		for _, v := range l.setByExported() {
			if stateRoots[nameOf(v)] == "" && !v.Exported() && fills[nameOf(v)] == "" {
				t.Errorf("an exported function sets %s, of which nothing is known", nameOf(v))
			}
		}
	}
	check := func(name string) {
		if all && !known[name] && !strings.HasPrefix(name, "internal/syscall/windows.") && !strings.HasPrefix(name, "internal/runtime/syscall/") {
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
	for name, typ := range byType {
		check(name)
		check(typ)
	}
	for name := range fills {
		check(name)
	}
}

// addNames adds the names that a library declares, in the forms of the lists.
func (l *library) addNames(known map[string]bool) {
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
				if i, ok := n.Underlying().(*types.Interface); ok {
					for m := range i.ExplicitMethods() {
						known[nameOf(m)] = true
					}
				}
			}
			if fn, ok := obj.(*types.Func); ok {
				known[fn.FullName()] = true
			}
		}
	}
}

// fills are variables that an exported function sets, and that are no state.
var fills = map[string]string{
	"crypto/x509.fallbacksSet":   "is set with what is state",
	"crypto/x509.systemRootsErr": "is set with what is state",
	"os.getwdCache":              "is compared with the directory",
	"os/user.cache":              "is filled once",
	"time.unnamedFixedZones":     "holds what each call would make",
	"time.zoneinfo":              "is filled once",
	"uuid.v7lastSecs":            "is a part of what differs from call to call",
	"uuid.v7lastTimestamp":       "is a part of what differs from call to call",
}

// setByExported returns the variables of public packages that an exported
// function assigns.
func (l *library) setByExported() (list []*types.Var) {
	for _, path := range publicPackages(l.context.GOROOT) {
		p := l.packages[path]
		if p == nil || isRuntime(path) || path == "testing" {
			continue
		}
		for _, name := range p.Scope().Names() {
			v, ok := p.Scope().Lookup(name).(*types.Var)
			if ok && slices.ContainsFunc(l.use0(v).other, func(m mention) bool { return m.sets && m.fn != nil && m.fn.Exported() }) {
				list = append(list, v)
			}
		}
	}
	return list
}
