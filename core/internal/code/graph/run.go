package graph

import (
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
)

// BeforeTests returns what can run before any test: all initialisation code,
// but for what waits for its first call, and TestMain.
func (g *Graph) BeforeTests() *Reach {
	if g.runsEarly == nil {
		roots := g.TestNamed("TestMain")
		for _, p := range g.ByPath {
			for _, n := range p.Nodes {
				if n.Fact.Flags&facts.DeclInit != 0 && n.Fact.Flags&facts.DeclLazy == 0 {
					roots = append(roots, n)
				}
			}
		}
		g.runsEarly = g.ReachFrom(roots...)
	}
	return g.runsEarly
}

// Executed returns all that can run in the test binary: what its tests reach, with
// all initialisation code.
func (g *Graph) Executed() *Reach {
	if g.runs != nil {
		return g.runs
	}
	var roots []*Node
	for _, p := range g.ByPath {
		for _, n := range p.Nodes {
			if n.Fact.Flags&facts.DeclInit != 0 || p.Dir == g.Target.Dir && IsTestFunc(n) {
				roots = append(roots, n)
			}
		}
	}
	g.runs = g.ReachFrom(roots...)
	return g.runs
}

// RunByTests returns what the tests of the binary reach, TestMain apart.
func (g *Graph) RunByTests() *Reach {
	if g.byTests == nil {
		var tests []*Node
		for _, n := range g.Executed().Order {
			if n.Package.Dir == g.Target.Dir && IsTestFunc(n) && n.Fact.Name != "TestMain" {
				tests = append(tests, n)
			}
		}
		g.byTests = g.ReachFrom(tests...)
	}
	return g.byTests
}

// IsTestFunc reports whether a declaration is a function that go test runs.
func IsTestFunc(n *Node) bool {
	if n.Fact.Kind != facts.KindFunc || n.literal || !n.File.Facts.IsTest() {
		return false
	}
	name := n.Fact.Name
	for _, prefix := range []string{"Test", "Benchmark", "Fuzz", "Example"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
