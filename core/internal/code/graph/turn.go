package graph

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Package testing begins the tests of a package one after another: file by file
// in the order of their names, in a file as they stand, those of the external test
// package last. One that calls Parallel waits until all others have ended. Fuzz
// targets, examples and benchmarks come after the tests. So a test that is not
// parallel finds what initialization, TestMain, the tests before it and it itself
// have left, and nothing of those that follow.

// TestFuncs returns the functions that go test runs in the order in which those of
// a kind begin.
func (g *Graph) TestFuncs() []*Node {
	return slices.DeleteFunc(nodesOf(g.tested()), func(n *Node) bool { return !IsTestFunc(n) || n.Fact.Name == "TestMain" })
}

// OrderOfTests lists the order of the functions that go test runs, as far as they are
// reached: what one leaves in a variable, the next one changes.
func (r *Reach) OrderOfTests() Decl {
	var b []byte
	for _, n := range r.Graph.TestFuncs() {
		if r.Has(n) {
			b = append(append(b, n.Name()...), 0)
		}
	}
	d := r.Graph.aside("order of the tests", r.Graph.Target.Dir, 0, codec.Sum(b))
	d.Wide = true
	return d
}

// A Turn says which tests have run when a function is called: those that -run selects, up
// to one, or all of them where it names none.
type Turn struct{ Test, Run string }

// UpTo returns all code that can run in the test binary until a test that is not parallel has
// ended, given that package testing runs the tests in their order, or, for TestMain, until
// that runs them. Where that is not sure, since there is no such test, it returns all that
// the selected tests can run; where something else may run tests, or run them twice, all
// that any test can.
func (g *Graph) UpTo(turn Turn) (r *Reach, sure bool) {
	if !g.runsTestsOnce() {
		return g.Executed(), false
	}
	tests, found := g.testsUpTo(turn.Test)
	if sure = found == 1 && strings.HasPrefix(turn.Test, "Test") && !g.b.FromFiles; !sure {
		tests = g.TestFuncs()
	}
	return g.running(slices.DeleteFunc(tests, turn.leavesOut())), sure
}

// Executed returns all that can run in the test binary: all that its tests reach, and all
// initialisation code.
func (g *Graph) Executed() *Reach {
	if g.executed == nil {
		g.executed = g.running(g.TestFuncs())
	}
	return g.executed
}

// running returns all that initialisation, TestMain and some tests can run.
func (g *Graph) running(tests []*Node) *Reach {
	r := g.ReachFrom(g.begins(true)...)
	r.Extend(tests...)
	return r
}

// begins returns TestMain and all initialisation code; with lazy also code that waits for its
// first call.
func (g *Graph) begins(lazy bool) []*Node {
	units := slices.DeleteFunc(g.All(), func(n *Node) bool { return !n.Init() || n.Fact.Lazy && !lazy })
	return append(g.Functions("TestMain"), units...)
}

// IsTestFunc reports whether a declaration is a function that go test runs.
func IsTestFunc(n *Node) bool {
	return n.Fact.Kind == facts.KindFunc && !n.Literal && n.File.Facts.IsTest() && slices.ContainsFunc([]string{"Test", "Benchmark", "Fuzz", "Example"},
		func(prefix string) bool { return strings.HasPrefix(n.Fact.Name, prefix) })
}

// leavesOut returns a function that reports whether package testing surely does not run a
// test, by a -run that names some. Other forms of patterns, and -skip, leave out none.
func (t Turn) leavesOut() func(n *Node) bool {
	first, _, _ := strings.Cut(t.Run, "/")
	run, err := regexp.Compile(first)
	simple, _ := regexp.MatchString(`^[\w^$\\|()]*$|^[\w^$\\]*/[^|]*$`, t.Run)
	return func(n *Node) bool {
		name := n.Fact.Name
		return simple && err == nil && name != t.Test && strings.HasPrefix(name, "Test") && !run.MatchString(name)
	}
}

// Started returns all that the functions of a reach lead to that package testing calls, the
// tests and TestMain, with the initialisation that fills variables in their reach.
func (r *Reach) Started() *Reach {
	begun := slices.DeleteFunc(slices.Clone(r.Order), func(n *Node) bool { return !IsTestFunc(n) && (r.Via(n) != nil || n.Init()) })
	started := r.Graph.ReachFrom(begun...)
	started.AddInit()
	return started
}

// testsUpTo returns the tests that begin before one, and it, and how many of that name
// there are. TestMain comes before all.
func (g *Graph) testsUpTo(test string) (tests []*Node, found int) {
	if test == "TestMain" {
		return nil, len(g.Functions(test))
	}
	for _, n := range g.TestFuncs() {
		if n.Fact.Name == test {
			found++
		}
		if strings.HasPrefix(n.Fact.Name, "Test") && (found == 0 || n.Fact.Name == test) {
			tests = append(tests, n)
		}
	}
	return tests, found
}

// runsTestsOnce reports whether nothing but package testing runs tests, and that
// once: TestMain calls m.Run no more often.
func (g *Graph) runsTestsOnce() bool {
	runs := func(x External) bool {
		return x.Path == "testing" && (x.Name == "InternalTest" || x.Name != "" && !ast.IsExported(x.Name))
	}
	return !slices.ContainsFunc(g.All(), func(n *Node) bool { return slices.ContainsFunc(n.Externals, runs) }) &&
		!slices.ContainsFunc(g.Functions("TestMain"), func(n *Node) bool { return !n.runsOnce() })
}

// runsOnce reports whether TestMain surely runs the tests once: it mentions its M at
// one place, as m.Run() or for Main or Wrap of this library, which count how often
// they run the tests, and no loop, literal or jump repeats that.
func (n *Node) runsOnce() bool {
	p, fn := n.source()
	if fn == nil || fn.Recv != nil || fn.Type.Params.NumFields() != 1 {
		return false
	}
	for d, uses := range facts.Uses(p, fn, nil) { // of another type than M it is a test
		if m := fn.Type.Params.List[0]; d.Node == ast.Node(m) && syntax.FieldName(m.Type) == "M" && len(uses) == 1 {
			u := uses[0]
			runs := u.Kind == facts.AccessCall && u.Path == facts.StepField("Run")
			wraps := u.Kind == facts.AccessArgument && u.Path == "" && build.IsLibrary(n.File.Names[u.Callee.X]) && (u.Callee.Sel == "Main" || u.Callee.Sel == "Wrap")
			return (runs || wraps) && facts.RunsLineOnce(p, fn, p.Line(u.At.Pos()), false)
		}
	}
	return false
}
