package source

import (
	"strings"
)

// early returns what can run before any test: all initialisation code, but for what
// waits for its first call, and TestMain.
func (g *graph) early() *reach {
	if g.runsEarly == nil {
		roots := g.testNamed("TestMain")
		for _, p := range g.order {
			for _, n := range p.nodes {
				if n.fact.flags&declUnit != 0 && n.fact.flags&declLazy == 0 {
					roots = append(roots, n)
				}
			}
		}
		g.runsEarly = g.reachFrom(roots...)
	}
	return g.runsEarly
}

// executed returns all that can run in the test binary: what its tests reach, with
// all initialisation code.
func (g *graph) executed() *reach {
	if g.runs != nil {
		return g.runs
	}
	var roots []*node
	for _, p := range g.order {
		for _, n := range p.nodes {
			if n.fact.flags&declUnit != 0 || p.dir == g.target.dir && isTestFunc(n) {
				roots = append(roots, n)
			}
		}
	}
	g.runs = g.reachFrom(roots...)
	return g.runs
}

// isTestFunc reports whether a declaration is a function that go test runs.
func isTestFunc(n *node) bool {
	if n.fact.kind != kindFunc || !n.file.facts.isTest() {
		return false
	}
	name := n.fact.name
	for _, prefix := range []string{"Test", "Benchmark", "Fuzz", "Example"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
