package code

import (
	"errors"
	"go/ast"
	"path"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// ErrUnknown says that a closure cannot be found again from its names.
var ErrUnknown = errors.New("only a run can tell")

// Again finds, in the source that is on disk now, the closure of the function
// that then was the closure of: for tools that compare a record with the
// source without running it. b is Static of the package under test.
//
// A function is found by name, a literal in the declaration that it was in: the
// one with the same tokens, or else the nearest one. What counts as all local
// code is ErrUnknown.
func Again(b *Binary, then *Closure) (*Closure, error) {
	if slices.ContainsFunc(then.Fallback, func(why string) bool {
		return why == graph.OutsideTypes || strings.Contains(why, "all local code counts")
	}) {
		return nil, ErrUnknown
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p, err := b.program(nil)
	if err != nil {
		return nil, err
	}
	a := &again{b: b, g: p.graph}
	for i := range then.Decls {
		if d := &then.Decls[i]; d.Via == "" && !d.Wide && !isSpecial(d) {
			a.add(d)
		}
	}
	return p.closure(a.roots, slices.Contains(then.Fallback, graph.WholePackages), then.covered), nil
}

// isSpecial reports whether d stands for something that is no declaration.
func isSpecial(d *Decl) bool {
	return d.Name == "godebug" || strings.Contains(d.Name, " ") || path.Base(d.Name) == path.Base(d.File)
}

type again struct {
	b     *Binary
	g     *graph.Graph
	roots []*graph.Node
}

// add adds what a declaration of the former closure is now. What is gone adds
// nothing, and is missing from the closure then.
func (a *again) add(d *Decl) {
	name, isLiteral := strings.CutSuffix(d.Name, ".func")
	var best *graph.Node
	for _, n := range a.g.All() {
		if !isLiteral {
			for i := range n.Fact.Count() {
				if n.NameOf(i) == name {
					a.roots = append(a.roots, n)
					break
				}
			}
			continue
		}
		if n.Package.Path+"."+n.Fact.Name != name {
			continue
		}
		for _, lit := range a.literals(n) {
			if best == nil || a.closer(d, lit, best) {
				best = lit
			}
		}
	}
	if best != nil {
		a.roots = append(a.roots, best)
	}
}

func (a *again) closer(d *Decl, x, y *graph.Node) bool {
	sameX, sameY := a.g.Digest(x) == d.Digest, a.g.Digest(y) == d.Digest
	if sameX != sameY {
		return sameX
	}
	return max(x.Fact.Line-d.Line, d.Line-x.Fact.Line) < max(y.Fact.Line-d.Line, d.Line-y.Fact.Line)
}

// literals makes nodes of the function literals in a declaration, each with
// the statements that determine what it captures.
func (a *again) literals(n *graph.Node) (nodes []*graph.Node) {
	p, why := a.b.parseCompiled(n.File.Path)
	if why != "" {
		return nil
	}
	calls := map[*ast.FuncLit]*ast.CallExpr{}
	ast.Inspect(p.Syntax, func(x ast.Node) bool {
		if call, ok := x.(*ast.CallExpr); ok {
			for _, arg := range call.Args {
				if lit, ok := arg.(*ast.FuncLit); ok {
					calls[lit] = call
				}
			}
		}
		lit, ok := x.(*ast.FuncLit)
		if !ok || p.Line(lit.Pos()) < n.Fact.Line || p.Line(lit.Pos()) >= n.Fact.Line+n.Fact.Lines {
			return true
		}
		var determined [][2]int
		if call := calls[lit]; call != nil {
			fn, callee := Func{File: n.File.Path, Line: p.Line(lit.Type.Func)}, ""
			if id := syntax.CalledName(call.Fun); id != nil {
				callee = id.Name
			}
			determined = a.b.captures(fn, Site{File: n.File.Path, Line: p.Line(call.Lparen)}, callee, nil).Determined
		}
		nodes = append(nodes, a.g.LiteralNode(n.File, p, lit, determined))
		return true
	})
	return nodes
}
