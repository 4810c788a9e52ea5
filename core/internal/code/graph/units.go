package graph

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// prepareUnits finds the initialisation code that counts for any root, and which state
// of the standard library code can set. The log tells what is read of the environment
// and of the working directory.
func (g *Graph) prepareUnits() {
	var impure, followed []*Node
	g.setters = map[string][]*Node{}
	for _, n := range g.All() {
		if n.Package.versioned && n.Fact.Init { // what it leaves in its module is in no unit
			followed = append(followed, n)
		}
		ends := g.links[n]
		if n.Package.Whole != "" || n.Fact.Always || n.setsOutside(g) || ends != nil && len(ends.outside) > 0 || slices.ContainsFunc(n.Externals, isImpure) {
			impure = append(impure, n)
		}
		for _, x := range n.Externals {
			for _, u := range std.StateOf(x.Path, x.Name) {
				if !u.Sets && !(u.Is(x.Path, x.Name) && !std.IsNoVariable(x.Path, x.Name) && n.callsMethodOf(x)) || std.IsLogged(u.Name) {
					continue
				}
				g.setters[u.Name] = append(g.setters[u.Name], n)
				if n.Package.Whole != "" { // any of it may
					g.setters[u.Name] = append(g.setters[u.Name], n.Package.Nodes...)
				}
			}
		}
	}
	g.eager = append(g.unitsTo(make([]bool, g.ids), impure...), followed...)
}

// unitsTo returns the initialisation code that leads to any of some declarations, but for
// what leads to those that were seen already.
//
//go:noinline
func (g *Graph) unitsTo(seen []bool, stack ...*Node) (units []*Node) {
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[n.ID] {
			continue
		}
		seen[n.ID] = true
		if n.Fact.Init {
			units = append(units, n)
		}
		stack = append(stack, g.LeadingTo(n)...)
	}
	return units
}

// setsOutside reports whether a declaration assigns to a variable of another
// package than ours, such as time.Local or os.Args, or hands a pointer that is
// kept in one to code that may assign through it.
func (n *Node) setsOutside(g *Graph) (sets bool) {
	n.Accesses(func(path, name string, a *facts.Access) {
		switch {
		case sets:
		case a.Kind >= facts.AccessAddress:
			sets = g.Packages[path] == nil
		case a.Kind == facts.AccessRead || a.Kind == facts.AccessArgument:
			to := n.File.Names[a.Callee.X]
			leads := std.IsState(path, name) && !std.ImmutableVar(path, name) || strings.HasPrefix(std.TypeOf(path, name), "*")
			sets = leads && a.Path != facts.StepElem && !(std.IsPackage(to) && std.Argument(to, a.Callee.Sel, a.Arg) < std.Writes)
		}
	})
	return sets
}

// callsMethodOf reports whether a declaration calls a method of a variable of the standard
// library that may change what it leads to, or hand that out, as flag.CommandLine.Lookup does.
func (n *Node) callsMethodOf(x External) (calls bool) {
	typ := strings.TrimPrefix(std.TypeOf(x.Path, x.Name), "*")
	n.Accesses(func(path, name string, a *facts.Access) {
		if path == x.Path && name == x.Name && a.Kind == facts.AccessCall && a.Path != "" {
			method := typ + strings.TrimSpace(strings.TrimPrefix(a.Path, facts.StepCopy))
			calls = calls || std.Argument(path, method, -1) >= std.Keeps
		}
	})
	return calls
}

// isImpure reports whether a mention of something outside may have an effect that
// fn could notice in another way than by state of the standard library.
func isImpure(x External) bool { return !build.IsLibrary(x.Path) && std.Leaves(x.Path, x.Name) }

// BeforeTests returns what can run before any test: all initialisation code,
// but for what waits for its first call, and TestMain.
func (g *Graph) BeforeTests() *Reach { return g.running("before the tests", false, nil) }

// Executed returns all that can run in the test binary: what its tests reach, with
// all initialisation code.
func (g *Graph) Executed() *Reach { return g.running("all tests", true, g.testFuncs()) }

// RunByTests returns what the tests of the binary reach, TestMain apart.
func (g *Graph) RunByTests() *Reach { return g.ReachFrom(g.testFuncs()...) }

// running returns what initialisation, with what waits for its first call or without,
// TestMain and some tests can run, and keeps it by a name.
func (g *Graph) running(name string, lazy bool, tests []*Node) *Reach {
	if r := g.reaches[name]; r != nil {
		return r
	}
	r := g.ReachFrom(g.begins(lazy)...)
	r.Extend(tests...)
	g.reaches[name] = r
	return r
}

// begins returns TestMain and all initialisation code, with what waits for its first
// call or without.
func (g *Graph) begins(lazy bool) []*Node {
	units := slices.DeleteFunc(g.All(), func(n *Node) bool {
		return !n.Fact.Init || n.Fact.Lazy && !lazy
	})
	return append(g.Functions("TestMain"), units...)
}

// IsTestFunc reports whether a declaration is a function that go test runs.
func IsTestFunc(n *Node) bool {
	return n.Fact.Kind == facts.KindFunc && !n.Literal && n.File.Facts.IsTest() && slices.ContainsFunc([]string{"Test", "Benchmark", "Fuzz", "Example"},
		func(prefix string) bool { return strings.HasPrefix(n.Fact.Name, prefix) })
}
