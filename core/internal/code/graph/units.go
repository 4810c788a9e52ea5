package graph

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// leaves reports whether a declaration may leave something behind in another way than by
// variables and state of the standard library. A name that is found in no source may, but
// for names of this library.
func (n *Node) leaves(g *Graph) bool {
	ends := g.links[n]
	return n.Package.Whole != "" || n.Fact.Always || n.Fact.NoBody || ends != nil && (n.Package.External || len(ends.outside) > 0) ||
		slices.ContainsFunc(n.Externals, func(x External) bool {
			return len(g.ExternalNodes(x)) == 0 && !build.IsLibrary(x.Path) && std.Leaves(x.Path, x.Name)
		}) ||
		slices.ContainsFunc(g.ChangedBy(n), func(x External) bool { return !std.IsState(x.Path, x.Name) })
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
