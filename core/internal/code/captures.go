package code

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Captured is what a function takes from around it.
type Captured struct {
	capture.Result
	source *syntax.Source // of the function, where it is not a method value
	site   string         // the file of the call
	err    error          // why that cannot be read
}

// Captures lists what a function uses of the values around it, given the place of the
// call that it was handed to and the name of the function called there ("Memo",
// "Call", "Dir", "File"). It reads the function's file and that of the call; the facts of what
// stands beside them come from the cache.
func Captures(fn Func, call Site, callee string, cache Cache) Captured {
	c := Running().captures(fn, call, callee, cache)
	if c.err != nil {
		c.Undecided = c.err.Error()
	}
	return c
}

// A capturing is what Captures is asked.
type capturing struct {
	fn     Func
	call   Site
	callee string
}

// captures finds that out once: a call may stand in a loop.
func (b *Binary) captures(fn Func, call Site, callee string, cache Cache) Captured {
	of := capturing{fn, call, callee}
	c, known := b.captured.Load(of)
	if !known {
		c = b.findCaptures(of, cache)
		b.captured.Store(of, c)
	}
	return c.(Captured)
}

func (b *Binary) findCaptures(of capturing, cache Cache) (c Captured) {
	fn, call, callee := of.fn, of.call, of.callee
	if fn.Wrapper && !fn.MethodValue {
		return Captured{err: fmt.Errorf("%s is made by the compiler and has no source", fn.Symbol)}
	}
	if b.NoSource() != "" && isDeclared(fn.Symbol) {
		return c
	}
	site, err := b.parseCompiled(call.File)
	if err != nil {
		return Captured{err: err}
	}
	around, in := b.newPackageScope(site, cache)
	q := capture.Query{Site: in, File: in, Call: call.Line, Callee: callee, Line: fn.Line, Symbol: fn.Symbol, Method: fn.MethodValue, Fixed: around.fixed}
	c.source, c.site = site, site.Path
	if fn.File != call.File && !fn.MethodValue {
		if c.source, err = b.parseCompiled(fn.File); err != nil {
			return Captured{err: err}
		}
		around, q.File = b.newPackageScope(c.source, cache)
		q.Fixed = around.fixed
	}
	if c.Result = capture.Of(q); c.Undecided != "" {
		c.err = errors.New(c.Undecided)
	}
	return c
}

// isDeclared reports whether a symbol is that of a function without type parameters that
// a package declares, which captures nothing. Package reflect has such as stand for all
// that it makes.
func isDeclared(symbol string) bool {
	path, name := graph.SplitName(symbol)
	return !std.IsPackage(path) && name != "" && !strings.ContainsAny(name, ".-") && !strings.Contains(symbol, "[")
}

// parseCompiled reads a compiled file, once.
func (b *Binary) parseCompiled(file string) (*syntax.Source, error) {
	path, err := b.OnDisk(file)
	if err != nil {
		return nil, err
	}
	if p, ok := b.sources.Load(path); ok {
		return p.(*syntax.Source), nil
	}
	p, err := syntax.ParseFile(path)
	if stale := b.CheckFresh(path); stale != nil { // after the reading: a change before it shows in the times
		return nil, stale
	}
	if err == nil && p.Moved() {
		err = fmt.Errorf("%s has //line directives", filepath.Base(path))
	}
	if err == nil {
		b.sources.Store(path, p)
	}
	return p, err
}
