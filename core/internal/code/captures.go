package code

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Captured is what a function takes from around it.
type Captured struct {
	capture.Result

	// Determined are the places of the function's file, as byte ranges, of the
	// definitions that are part of its code.
	Determined [][2]int
}

// Captures lists what a function uses of the values around it, given the place of the
// call that it was handed to and the name of the function called there ("Memo",
// "Call", "Dir", "File"). It reads the function's file and that of the call; the facts of what
// stands beside them come from the cache.
func Captures(fn Func, call Site, callee string, cache Cache) Captured {
	return Running().captures(fn, call, callee, cache)
}

func (b *Binary) captures(fn Func, call Site, callee string, cache Cache) Captured {
	if fn.Wrapper && !fn.MethodValue {
		return undecided(fmt.Sprintf("%s is made by the compiler and has no source", fn.Symbol))
	}
	site, why := b.parseCompiled(call.File)
	if why != "" {
		return undecided(why)
	}
	around, in := b.newPackageScope(site, cache)
	q := capture.Query{Site: in, File: in, Call: call.Line, Callee: callee, Line: fn.Line, Symbol: fn.Symbol, Method: fn.MethodValue, Fixed: around.fixed}
	code := site
	if fn.File != call.File && !fn.MethodValue {
		if code, why = b.parseCompiled(fn.File); why != "" {
			return undecided(why)
		}
		around, q.File = b.newPackageScope(code, cache)
		q.Fixed = around.fixed
	}
	found := Captured{Result: capture.Of(q)}
	for _, n := range found.Nodes {
		found.Determined = append(found.Determined, [2]int{code.Offset(n.Pos()), code.Offset(n.End())})
	}
	found.Determined = slices.Compact(found.Determined)
	return found
}

func undecided(why string) Captured { return Captured{Result: capture.Result{Undecided: why}} }

// parseCompiled reads a compiled file, or says why that cannot be done.
func (b *Binary) parseCompiled(file string) (*syntax.Source, string) {
	path, err := b.OnDisk(file)
	if err != nil {
		return nil, err.Error()
	}
	p, err := syntax.ParseFile(path)
	if err == nil {
		err = b.CheckFresh(path) // after the reading: a change before it shows in the times
	}
	if err != nil {
		return nil, err.Error()
	}
	if p.Moved() {
		return nil, fmt.Sprintf("%s has //line directives", filepath.Base(path))
	}
	return p, ""
}
