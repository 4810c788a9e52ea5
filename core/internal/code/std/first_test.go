package std

import (
	"fmt"
	"go/types"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

var lastSteps string

func TestFirst(t *testing.T) {
	l := newLibrary(runtime.GOOS, runtime.GOARCH)
	for _, p := range publicPackages(runtime.GOROOT()) {
		l.Import(p)
	}
	l.lookAtVars()
	fmt.Println("loaded")
	show := func(m *types.Func) {
		s := time.Now()
		lastSteps = ""
		d := l.verdict(2, m, false)
		var e []Effect
		for i := range d.params {
			e = append(e, d.effect(i))
		}
		var reads, writes []string
		for v := range d.reads {
			if !l.fixed(2, v) {
				reads = append(reads, v.Name())
			}
		}
		for v := range d.writes {
			writes = append(writes, v.Name())
		}
		fmt.Println(m.FullName(), e, d.failed, d.impure, reads, writes, l.immutableResult(2, m), lastSteps, time.Since(s).Round(time.Millisecond))
	}
	for _, n := range strings.Fields(os.Getenv("FUNCS")) {
		debugEscapes = true
		path, name, _ := strings.Cut(n, "!")
		p, _ := l.Import(path)
		typ, m, ok := strings.Cut(name, ".")
		var fn *types.Func
		if ok {
			obj, _, _ := types.LookupFieldOrMethod(p.Scope().Lookup(typ).Type(), true, p, m)
			fn = obj.(*types.Func)
		} else {
			fn = p.Scope().Lookup(name).(*types.Func)
		}
		show(fn)
	}
	for _, name := range strings.Fields(os.Getenv("PKGS")) {
		p, err := l.Import(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range p.Scope().Names() {
			switch obj := p.Scope().Lookup(n).(type) {
			case *types.Func:
				if obj.Exported() {
					show(obj)
				}
			case *types.TypeName:
				if !obj.Exported() {
					continue
				}
				if n, ok := obj.Type().(*types.Named); ok {
					fmt.Println("TYPE", n, l.immutable(2, n), l.immutablePointer(2, n, map[string]bool{}))
					for m := range n.Methods() {
						if m.Exported() {
							show(m)
						}
					}
				}
			case *types.Var:
				fmt.Println("VAR", n, l.fixed(2, obj), l.immutableValue(2, obj))
			}
		}
	}
}
