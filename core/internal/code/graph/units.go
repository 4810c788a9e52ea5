package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// prepareUnits finds the initialisation code that counts for any root.
func (g *Graph) prepareUnits() {
	var impure []*Node
	g.setters = map[string][]*Node{}
	g.each(func(n *Node) {
		ends := g.links[n]
		if n.Package.Whole != "" || n.Fact.Flags&facts.DeclAlways != 0 || n.setsOutside(g) || ends != nil && len(ends.outside) > 0 || slices.ContainsFunc(n.Externals, isImpure) {
			impure = append(impure, n)
			g.addSetters(n)
		}
	})
	g.eager = g.unitsTo(make([]bool, g.ids), impure...)
}

// addSetters notes which state of the standard library a declaration can set, or
// any of a package that counts whole. The log tells what is read of the environment
// and of the working directory.
func (g *Graph) addSetters(n *Node) {
	for _, x := range n.Externals {
		for _, u := range std.StateOf(x.Path, x.Name) {
			switch {
			case !u.Sets || u.Name == std.Environ || u.Name == std.Directory:
			case n.Package.Whole != "":
				g.setters[u.Name] = append(g.setters[u.Name], n.Package.Nodes...)
			default:
				g.setters[u.Name] = append(g.setters[u.Name], n)
			}
		}
	}
}

// unitsTo returns the initialisation code that leads to any of some declarations,
// but for what leads to those that were seen already.
//
//go:noinline
func (g *Graph) unitsTo(seen []bool, stack ...*Node) (units []*Node) {
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[n.id] {
			continue
		}
		seen[n.id] = true
		if n.Fact.Flags&facts.DeclInit != 0 {
			units = append(units, n)
		}
		stack = append(stack, g.LeadingTo(n)...)
	}
	return units
}

// setsOutside reports whether a declaration assigns to a variable of another
// package than ours, such as time.Local or os.Args, or hands a pointer that is
// kept in one to code that may assign through it.
func (n *Node) setsOutside(g *Graph) bool {
	return slices.ContainsFunc(n.Fact.Accesses, func(a facts.Access) bool {
		if a.Param != 0 {
			return false
		}
		name := a.Sel
		paths := n.meanings(a.X)
		if a.X == "" || len(paths) == 0 {
			if name = cmp.Or(a.X, a.Sel); !n.mayBeDotted(name) {
				return false
			}
			paths = n.File.Dots
		}
		return slices.ContainsFunc(paths, func(path string) bool {
			switch {
			case a.Kind >= facts.AccessAddress:
				return g.Packages[path] == nil
			case a.Kind == facts.AccessRead || a.Kind == facts.AccessArgument:
				to := n.File.Names[a.Callee.X]
				return a.Path != facts.StepElem && (std.IsState(path, name) || strings.HasPrefix(std.TypeOf(path, name), "*")) && !(std.IsPackage(to) && std.Argument(to, a.Callee.Sel, a.Arg) < std.Writes)
			}
			return false
		})
	})
}

// isImpure reports whether a mention of something outside may have an effect that
// fn could notice. What defines a flag has, also by a method of a set of flags.
func isImpure(x External) bool {
	return !build.IsLibrary(x.Path) && (x.Path == "flag" || std.Leaves(x.Path, x.Name))
}

// BeforeTests returns what can run before any test: all initialisation code,
// but for what waits for its first call, and TestMain.
func (g *Graph) BeforeTests() *Reach {
	if g.before == nil {
		g.before = g.ReachFrom(g.Functions("TestMain")...)
		g.each(func(n *Node) {
			if n.Fact.Flags&facts.DeclInit != 0 && n.Fact.Flags&facts.DeclLazy == 0 {
				g.before.Extend(n)
			}
		})
	}
	return g.before
}

// Executed returns all that can run in the test binary: what its tests reach, with
// all initialisation code.
func (g *Graph) Executed() *Reach {
	if g.executed == nil {
		g.executed = g.ReachFrom(g.Functions("TestMain")...)
		g.executed.addAllInit()
		g.executed.Extend(g.testFuncs()...)
	}
	return g.executed
}

func (r *Reach) addAllInit() {
	r.Graph.each(func(n *Node) {
		if n.Fact.Flags&facts.DeclInit != 0 {
			r.Extend(n)
		}
	})
}

// RunByTests returns what the tests of the binary reach, TestMain apart.
func (g *Graph) RunByTests() *Reach {
	if g.byTests == nil {
		g.byTests = g.ReachFrom(g.testFuncs()...)
	}
	return g.byTests
}

// IsTestFunc reports whether a declaration is a function that go test runs.
func IsTestFunc(n *Node) bool {
	return n.Fact.Kind == facts.KindFunc && !n.Literal && n.File.Facts.IsTest() && slices.ContainsFunc([]string{"Test", "Benchmark", "Fuzz", "Example"},
		func(prefix string) bool { return strings.HasPrefix(n.Fact.Name, prefix) })
}
