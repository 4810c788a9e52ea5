package graph

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Package testing begins the tests of a package one after another: file by file
// in the order of their names, in a file as they stand, those of the external test
// package last. One that calls Parallel waits until all others have ended. Fuzz
// targets, examples and benchmarks come after the tests. So a test that is not
// parallel finds what initialization, TestMain, the tests before it and it itself
// have left, and nothing of those that follow.

// testFuncs returns the functions that go test runs in the order in which those of
// a kind begin.
func (g *Graph) testFuncs() (list []*Node) {
	for _, p := range g.tested() {
		for _, n := range p.Nodes {
			if IsTestFunc(n) && n.Fact.Name != "TestMain" {
				list = append(list, n)
			}
		}
	}
	return list
}

// TestOrder names the part of a closure that is the order of the tests.
const TestOrder = "order of the tests"

// OrderOfTests lists the order of the functions that go test runs, as far as they are
// reached: what one leaves in a variable, the next one changes.
func (r *Reach) OrderOfTests() Decl {
	var b []byte
	for _, n := range r.Graph.testFuncs() {
		if r.Has(n) {
			b = append(append(b, n.Name()...), 0)
		}
	}
	d := r.Graph.aside(TestOrder, r.Graph.Target.Dir, 0, b)
	d.Wide = true
	return d
}

// UpTo returns all that can run in the test binary until a test has ended that is
// not parallel, given that package testing runs the tests in their order, or, for
// TestMain, until that runs them. It is nil where that is not sure: tests may run
// twice, or there is no such test.
func (g *Graph) UpTo(test string) *Reach {
	if test == g.turn {
		return g.upTo
	}
	g.turn, g.upTo = test, nil
	if g.b.FromFiles || !g.runsTestsOnce() {
		return nil
	}
	main := g.Functions("TestMain")
	r, found := g.ReachFrom(main...), 0
	r.addAllInit()
	if test == "TestMain" { // before it runs the tests
		found = len(main)
	}
	for _, n := range g.testFuncs() {
		if n.Fact.Name == test {
			found++
		}
		if strings.HasPrefix(n.Fact.Name, "Test") && (found == 0 || n.Fact.Name == test) {
			r.Extend(n)
		}
	}
	if found == 1 && strings.HasPrefix(test, "Test") {
		g.upTo = r
	}
	return g.upTo
}

// runsTestsOnce reports whether nothing but package testing runs tests, and that
// once: TestMain calls m.Run no more often.
func (g *Graph) runsTestsOnce() bool {
	once := true
	g.each(func(n *Node) {
		once = once && !slices.ContainsFunc(n.Externals, func(x External) bool {
			return x.Path == "testing" && (x.Name == "InternalTest" || x.Name != "" && !ast.IsExported(x.Name))
		})
	})
	for _, n := range g.Functions("TestMain") {
		once = once && g.runsOnce(n, 0, 0)
	}
	return once
}

// maxHandedOn is how many functions the M of package testing is followed through.
const maxHandedOn = 4

// runsOnce reports whether a function calls Run of a parameter, which is that of
// TestMain, at most once each time that it is called. It must mention it once,
// where nothing is repeated, and as the receiver or as the argument of a function
// of which the same holds. How often Main and Wrap of this library run the tests is
// counted while they do.
func (g *Graph) runsOnce(n *Node, param, depth int) bool {
	fn, m := n.param(param)
	if fn == nil || depth > maxHandedOn || depth == 0 && syntax.FieldName(fn.Type.Params.List[0].Type) != "M" {
		return false // or a test of that name
	}
	var path, at []ast.Node // down to the node that is looked at; to the mention
	mentions, labels := 0, false
	ast.Inspect(fn.Body, func(x ast.Node) bool {
		if x == nil {
			path = path[:len(path)-1]
			return true
		}
		path = append(path, x)
		if id, ok := x.(*ast.Ident); ok && m != nil && scope.Of(id) != nil && scope.Of(id).Ident == m {
			at = slices.Clone(path)
			mentions++
		}
		_, label := x.(*ast.LabeledStmt)
		labels = labels || label
		return true
	})
	if mentions == 0 {
		return true
	}
	return mentions == 1 && !labels && !isRepeated(at) && g.handsOnce(n, at, depth)
}

// param returns the declaration of a function with a body, and the name of one of
// its parameters: nil where it has none.
func (n *Node) param(i int) (*ast.FuncDecl, *ast.Ident) {
	p, err := syntax.ParseFile(n.File.Path)
	if err != nil {
		return nil, nil
	}
	for _, d := range p.Syntax.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || fn.Recv != nil || p.Line(fn.Pos()) != n.Fact.Line {
			continue
		}
		for _, field := range fn.Type.Params.List {
			if i < len(field.Names) {
				return fn, field.Names[i]
			}
			i -= max(1, len(field.Names))
			if i < 0 {
				return fn, nil
			}
		}
	}
	return nil, nil
}

// isRepeated reports whether what a path leads to may run more often than what the
// path begins with.
func isRepeated(path []ast.Node) bool {
	for i, x := range path {
		switch x := x.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		case *ast.FuncLit:
			call, ok := path[max(i-1, 0)].(*ast.CallExpr)
			if !ok || call.Fun != x {
				return true
			}
		}
	}
	return false
}

// handsOnce reports whether the mention of an M that a path leads to runs the tests
// at most once.
func (g *Graph) handsOnce(n *Node, path []ast.Node, depth int) bool {
	last := len(path) - 1
	if last < 2 {
		return false
	}
	if sel, ok := path[last-1].(*ast.SelectorExpr); ok {
		call, ok := path[last-2].(*ast.CallExpr)
		return ok && sel.Sel.Name == "Run" && call.Fun == sel
	}
	call, ok := path[last-1].(*ast.CallExpr)
	if !ok || call.Ellipsis != token.NoPos {
		return false
	}
	arg := slices.Index(call.Args, path[last].(ast.Expr))
	var to []*Node
	if x, sel := syntax.Qualifier(call.Fun); x != nil {
		if syntax.IsAPI(n.File.Names[x.Name]) {
			return sel == "Main" || sel == "Wrap"
		}
		to = g.calledBy(n, x.Name, sel)
	} else if id, ok := call.Fun.(*ast.Ident); ok && scope.Of(id) == nil {
		to = g.calledBy(n, "", id.Name)
	}
	return arg >= 0 && len(to) == 1 && to[0].Fact.Kind == facts.KindFunc && g.runsOnce(to[0], arg, depth+1)
}

// calledBy returns the declarations that x.sel, or sel alone, may stand for where n
// calls it, those of other modules too.
func (g *Graph) calledBy(n *Node, x, sel string) []*Node {
	found, outside := g.named(n, sel)
	if x != "" {
		found, outside = g.qualified(n, facts.Qual{Mention: facts.Mention{X: x, Sel: sel}})
	}
	for _, y := range outside {
		more := g.ExternalNodes(External{Path: y.Path, Name: y.Name})
		if more == nil {
			return nil
		}
		found = append(slices.Clip(found), more...)
	}
	return found
}
