package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// prepareUnits finds the initialisation code that counts for any root, and that
// which defines flags.
func (g *Graph) prepareUnits() {
	mentions := func(n *Node, is func(External) bool) bool { return slices.ContainsFunc(n.Externals, is) }
	var impure, flags []*Node
	g.left = map[*Node][]string{}
	g.each(func(n *Node) {
		ends := g.links[n]
		if n.Package.Whole != "" || n.Fact.Flags&facts.DeclAlways != 0 || n.setsOutside(g) || ends != nil && len(ends.outside) > 0 || mentions(n, isImpure) {
			impure = append(impure, n)
		}
		if mentions(n, func(x External) bool { return x.Path == "flag" }) {
			flags = append(flags, n)
		}
	})
	g.eager = g.unitsTo(make([]bool, g.ids), impure...)
	g.flagUnits = g.unitsTo(make([]bool, g.ids), flags...)
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
// fn could notice. What only defines a flag has none here: see Complete.
func isImpure(x External) bool {
	return !build.IsLibrary(x.Path) && std.Leaves(x.Path, x.Name)
}

// LeavesDirectory reports whether a mention of something outside may leave the
// working directory.
func LeavesDirectory(x External) bool {
	return slices.Contains(std.StateOf(x.Path, x.Name), std.StateUse{Name: std.Directory, Sets: true})
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
	return n.Fact.Kind == facts.KindFunc && !n.literal && n.File.Facts.IsTest() && slices.ContainsFunc([]string{"Test", "Benchmark", "Fuzz", "Example"},
		func(prefix string) bool { return strings.HasPrefix(n.Fact.Name, prefix) })
}
