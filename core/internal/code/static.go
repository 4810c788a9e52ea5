package code

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// ErrUnknown says that a closure cannot be found again from its names.
var ErrUnknown = errors.New("only a run can tell")

// Again finds, in the source that is on disk now, the closure of the function whose
// closure was then: for tools that compare a record with the source without running
// it. b is Static of the package under test; cache has the facts that tests have found
// in source files, or is nil.
//
// A function is found by name, a literal in the declaration that it was in: the one
// with the same tokens, or else the nearest one. If all local code counts for it, the
// error is ErrUnknown.
func Again(b *Binary, then *Closure, cache Cache) (*Closure, error) {
	if slices.ContainsFunc(then.Fallback, func(why string) bool {
		return why == graph.OutsideTypes || strings.Contains(why, "all local code counts")
	}) {
		return nil, ErrUnknown
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p, err := b.program(cache)
	if err != nil {
		return nil, err
	}
	var roots []*graph.Node
	for _, d := range then.Decls() {
		if d.Root {
			roots = append(roots, b.again(&d, cache)...)
		}
	}
	return p.closure(roots, slices.Contains(then.Fallback, graph.WholePackages), then.Turn, then.Covered), nil
}

// again returns the nodes of a declaration of the former closure as it is now, none if it
// is gone.
func (b *Binary) again(d *Decl, cache Cache) (found []*graph.Node) {
	g := b.loaded.graph
	name, isLiteral := strings.CutSuffix(d.Name, ".func")
	for _, n := range g.All() {
		if isLiteral && n.Package.Path+"."+n.Fact.Name == name {
			found = append(found, b.literals(n, cache)...)
		}
		for i := range n.Fact.Names {
			if !isLiteral && n.NameOf(i) == name {
				found = append(found, n)
			}
		}
	}
	if !isLiteral || len(found) == 0 {
		return found
	}
	far := func(n *graph.Node) int {
		lines := max(n.Fact.Line-d.Line, d.Line-n.Fact.Line)
		if g.Digest(n) == d.Digest { // nearer than any other
			lines -= 1 << 30
		}
		return lines
	}
	return []*graph.Node{slices.MinFunc(found, func(x, y *graph.Node) int { return cmp.Compare(far(x), far(y)) })}
}

// literals makes nodes of the function literals in a declaration, each with
// the statements that determine what it captures.
func (b *Binary) literals(n *graph.Node, cache Cache) (nodes []*graph.Node) {
	b.reading.Lock()
	f, err := b.compiledAt(n.File.Path, cache)
	b.reading.Unlock()
	if err != nil {
		return nil
	}
	for x := range ast.Preorder(f.Syntax) {
		lit, ok := x.(*ast.FuncLit)
		if !ok || !n.Fact.Spans(f.Line(lit.Pos())) {
			continue
		}
		found := Captured{source: f.Source, Result: capture.Result{Literals: []*ast.FuncLit{lit}}}
		if call, ok := f.Parent(lit).(*ast.CallExpr); ok && call.Fun != ast.Expr(lit) {
			fn, callee := Func{File: n.File.Path, Line: f.Line(lit.Type.Func)}, ""
			if id := syntax.CalledName(call.Fun); id != nil {
				callee = id.Name
			}
			found = b.Captures(fn, Site{File: n.File.Path, Line: f.Line(call.Lparen)}, callee, cache)
		}
		nodes = append(nodes, found.literals(b.loaded.graph, n.File)...)
	}
	return nodes
}

// Deps is a closure found without running anything, with all that it could hold.
type Deps struct {
	*Closure
	Total []Decl // all declarations of the local import graph of the test binary
}

// FindDeps returns the closure of package-level functions of the package in b's
// directory, or of its external test package: "TestX", "Build", "T.Method".
func FindDeps(b *Binary, funcs ...string) (*Deps, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, err := b.program(nil)
	if err != nil {
		return nil, err
	}
	var roots []*graph.Node
	for _, name := range funcs {
		found := p.graph.Functions(name)
		if len(found) == 0 {
			return nil, cmp.Or(p.graph.Unreadable(), error(&NoFunctionError{Name: name, Package: p.graph.Target.Path, Functions: p.graph.FunctionNames()}))
		}
		roots = append(roots, found...)
	}
	return &Deps{p.closure(roots, false, Turn{}, Covered{}), p.graph.ReachFrom(p.graph.All()...).Decls(0)}, nil
}

// A NoFunctionError says that a package has no function of a name.
type NoFunctionError struct {
	Name, Package string
	Functions     []string // the functions that it has
}

func (e *NoFunctionError) Error() string {
	return fmt.Sprintf("no function %s in %s", e.Name, e.Package)
}
