package code

import (
	"fmt"
	"go/token"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/outline"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// Captured holds the values that a function takes from around it.
type Captured struct {
	capture.Result
	source *syntax.Source // the file of the function; for a method value the file of the call
	site   string         // the path of the file of the call
}

// Captures lists the values around a function that it uses, given the place of the call
// that it was handed to and the name of the function called there ("Memo", "Call",
// "Dir", "File"). It reads the function's file and that of the call; the facts of the
// other files come from the cache. It remembers its answers: it is called several times
// for each call for a fixture, which may stand in a loop.
func (b *Binary) Captures(fn Func, call Site, callee string, cache Cache) Captured {
	b.reading.Lock()
	defer b.reading.Unlock()
	of := capturing{fn, call, callee}
	c, known := b.captured[of]
	if !known {
		c = b.findCaptures(fn, call, callee, cache)
		b.captured[of] = c
	}
	return c
}

func (b *Binary) findCaptures(fn Func, call Site, callee string, cache Cache) (c Captured) {
	if fn.Wrapper && !fn.MethodValue {
		c.Undecided = fmt.Errorf("%s is made by the compiler and has no source", fn.Symbol)
		return c
	}
	if b.NoSource() != "" && isDeclared(fn.Symbol) {
		return c
	}
	site, err := b.compiledAt(call.File, cache)
	around := site
	if err == nil && fn.File != call.File && !fn.MethodValue {
		around, err = b.compiledAt(fn.File, cache)
	}
	if c.Undecided = err; err != nil {
		return c
	}
	c.source, c.site = around.Source, site.Path
	c.Result = capture.Of(capture.Query{Site: site, File: around, Call: call.Line, Callee: callee, Line: fn.Line, Symbol: fn.Symbol, Method: fn.MethodValue})
	return c
}

// literals makes declarations of the literals of which the function is one, in their file.
func (c Captured) literals(g *graph.Graph, file *graph.File) (nodes []*graph.Node) {
	var end token.Pos
	for _, lit := range c.Literals {
		if lit.Pos() < end {
			continue // it comes with the one around it
		}
		end = lit.End()
		n := g.LiteralNode(file, c.source, lit, c.Nodes, c.Told, c.Types)
		if c.UsesName {
			n.Fact.HandleUses = append(n.Fact.HandleUses, facts.HandleUse{What: facts.HandleName, Line: n.Fact.Line})
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// A capturing holds the arguments of Captures.
type capturing struct {
	fn     Func
	call   Site
	callee string
}

// isDeclared reports whether a symbol is that of a function without type parameters that
// a package declares, which captures nothing. Those of the standard library do not count:
// one of package reflect stands for all functions that it makes.
func isDeclared(symbol string) bool {
	path, name := graph.SplitName(symbol)
	return !std.IsPackage(path) && name != "" && !strings.ContainsAny(name, ".-") && !strings.Contains(symbol, "[")
}

// compiledAt reads a compiled file, once. The caller holds b.reading.
func (b *Binary) compiledAt(file string, cache Cache) (*types.File, error) {
	path, err := b.OnDisk(file)
	if err != nil {
		return nil, err
	}
	if s := b.compiled[path]; s != nil {
		return s, nil
	}
	p, err := syntax.ParseFile(path)
	if stale := b.CheckFresh(path); stale != nil { // after the reading: a change before it shows in the times
		return nil, stale
	}
	if err == nil && p.Moved() {
		err = fmt.Errorf("%s has //line directives", filepath.Base(path))
	}
	if err != nil {
		return nil, err
	}
	b.compiled[path] = b.newCompiledFile(p, cache)
	return b.compiled[path], nil
}

// newCompiledFile returns a file that was read. What its names stand for is found by the
// facts of other files of its package, and of packages that it imports, local ones or of
// the standard library.
func (b *Binary) newCompiledFile(source *syntax.Source, cache Cache) *types.File {
	packages := map[string]*graph.Package{} // by import path, "" for its own; nil where not all of one can be read
	find := func(path string) (*graph.Package, types.Kind) {
		p, known := packages[path]
		if !known {
			if dir := filepath.Dir(source.Path); path == "" {
				_, local := b.Locate(source.Path)
				p = graph.Alone(b.Build, local, dir, source.Syntax.Name.Name, cache)
			} else if dir = b.directoryFor(path); dir != "" {
				p = graph.Alone(b.Build, path, dir, "", cache)
			}
			packages[path] = p
		}
		return p, types.Unknown
	}
	return types.NewFile(outline.New(find, nil), "", source)
}

// directoryFor returns where the package of an import path lies, "" unless it is
// of the standard library or local.
func (b *Binary) directoryFor(path string) string {
	if std.IsPackage(path) {
		//lint:ignore SA1019 not to find the go command
		if root := runtime.GOROOT(); root != "" {
			return filepath.Join(root, "src", filepath.FromSlash(path))
		}
	}
	if mods, err := b.Modules(); err == nil {
		if where := mods.Find(path); where.Local {
			return where.Dir
		}
	}
	return ""
}
