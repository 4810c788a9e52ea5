package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// A Reach is what can be reached from some declarations, each with the one
// that it was first reached through.
type Reach struct {
	Graph *Graph
	Order []*Node // as found: nearest first
	from  []int32 // for each of order, the place of what it was first reached through, 0 for a root
	place []int32 // of a node in order, counted from 1, by its id
	next  int
	back  []bool // what leads to a live package variable, by id
	Whole map[*Package]bool
}

// ReachFrom returns what can be reached from some declarations.
func (g *Graph) ReachFrom(roots ...*Node) *Reach {
	r := &Reach{Graph: g, place: make([]int32, g.ids.Load()), Whole: map[*Package]bool{}}
	r.Extend(roots...)
	return r
}

// Extend adds more roots, and all that they lead to.
func (r *Reach) Extend(roots ...*Node) {
	for _, n := range roots {
		r.add(n, nil)
	}
	r.follow()
}

func (r *Reach) add(n, via *Node) {
	if r.Has(n) {
		return
	}
	r.Order = append(r.Order, n)
	from := int32(0)
	if via != nil {
		from = r.place[via.id]
	}
	r.from = append(r.from, from)
	for int(n.id) >= len(r.place) { // a literal, made since
		r.place = append(r.place, 0)
	}
	r.place[n.id] = int32(len(r.Order))
}

// Has reports whether a declaration is reached.
func (r *Reach) Has(n *Node) bool {
	return int(n.id) < len(r.place) && r.place[n.id] > 0
}

// Via returns what a node was first reached through, nil for a root.
func (r *Reach) Via(n *Node) *Node {
	if !r.Has(n) || r.from[r.place[n.id]-1] == 0 {
		return nil
	}
	return r.Order[r.from[r.place[n.id]-1]-1]
}

// Literals returns the function literals that are reached.
func (r *Reach) Literals() (list []*Node) {
	for _, n := range r.Order {
		if n.literal {
			list = append(list, n)
		}
	}
	return list
}

// follow takes the edges of all that is new.
func (r *Reach) follow() {
	for ; r.next < len(r.Order); r.next++ {
		n := r.Order[r.next]
		for _, to := range n.Edges {
			r.add(to, n)
		}
		if p := n.Package; p != nil && p.Whole != "" && !r.Whole[p] {
			r.Whole[p] = true
			for _, m := range p.Nodes {
				r.add(m, n)
			}
		}
	}
}

// AddInit adds the initialisation code that fills variables in reach, until
// there is no more of it. All packages of the binary count, for a registry is
// filled by whoever imports it.
func (r *Reach) AddInit() {
	r.Graph.prepareUnits()
	r.follow()
	if r.back == nil {
		r.back = make([]bool, r.Graph.ids.Load())
	}
	for done := 0; done < len(r.Order); done++ {
		n := r.Order[done]
		if n.Fact == nil || n.Fact.Kind != facts.KindVar {
			continue
		}
		r.walkBack(n)
		r.follow()
	}
}

// AddAllInit adds also the initialisation code that calls into packages which
// are not known to keep to themselves: what it does to the world can come back
// to fn by other ways than variables. readsFlags reports whether a mention of
// something outside looks at flags that it need not name: then all that define
// some count.
func (r *Reach) AddAllInit(readsFlags func(External) bool) {
	r.Graph.prepareUnits()
	r.Extend(r.Graph.eager...)
	r.AddInit()
	if len(r.Graph.flagUnits) > 0 && slices.ContainsFunc(r.Order, func(n *Node) bool { return slices.ContainsFunc(n.Externals, readsFlags) }) {
		r.Extend(r.Graph.flagUnits...)
		r.AddInit()
	}
}

// setsOutside reports whether a declaration assigns to a variable of another
// package than ours, such as time.Local or os.Args, or hands a pointer that is
// kept in one to code that may assign through it.
func (n *Node) setsOutside(g *Graph) bool {
	return slices.ContainsFunc(n.Fact.Acts().Accesses, func(a facts.Access) bool {
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
			case a.Kind >= facts.AccessFill:
				return g.Packages[path] == nil
			case a.Kind == facts.AccessRead || a.Kind == facts.AccessArgument:
				to := n.File.Names[a.Callee.X]
				return a.Path != facts.StepElem && (std.IsState(path, name) || strings.HasPrefix(std.TypeOf(path, name), "*")) && !(std.IsPackage(to) && std.Argument(to, a.Callee.Sel, a.Arg) < std.Writes)
			}
			return false
		})
	})
}

// walkBack adds each unit that leads to a variable.
func (r *Reach) walkBack(v *Node) {
	stack := []*Node{v}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if r.back[n.id] {
			continue
		}
		r.back[n.id] = true
		if n.Fact.Flags&facts.DeclInit != 0 {
			r.add(n, v)
		}
		stack = append(stack, r.Graph.LeadingTo(n)...)
	}
}

// prepareUnits finds the units and imports that count for any root, once for a
// graph.
func (g *Graph) prepareUnits() {
	if g.prepared {
		return
	}
	g.prepared = true
	var impure, flags []*Node
	for _, p := range g.ByPath {
		for _, n := range p.Nodes {
			if p.Whole != "" || n.Fact.Flags&facts.DeclAlways != 0 || n.setsOutside(g) || len(g.links[n].outside) > 0 || slices.ContainsFunc(n.Externals, func(x External) bool { return !isPure(x) }) {
				impure = append(impure, n)
			}
			if slices.ContainsFunc(n.Externals, func(x External) bool { return x.Path == "flag" }) {
				flags = append(flags, n)
			}
		}
	}
	g.eager = g.unitsTo(impure)
	g.flagUnits = g.unitsTo(flags)
	g.imports = g.findImports()
}

// unitsTo returns the units that lead to any of some declarations, in order.
func (g *Graph) unitsTo(stack []*Node) []*Node {
	seen := make([]bool, g.ids.Load())
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !seen[n.id] {
			seen[n.id] = true
			stack = append(stack, g.LeadingTo(n)...)
		}
	}
	var units []*Node
	for _, p := range g.ByPath {
		for _, n := range p.Nodes {
			if n.Fact.Flags&facts.DeclInit != 0 && seen[n.id] {
				units = append(units, n)
			}
		}
	}
	return units
}

// isPure reports whether a mention of something outside has no effect that fn
// could notice. What only defines a flag counts as pure here: ReadsFlags.
func isPure(x External) bool {
	return build.IsLibrary(x.Path) || !std.Leaves(x.Path, x.Name)
}

// LeavesDirectory reports whether a mention of something outside may leave the
// working directory.
func LeavesDirectory(x External) bool {
	return slices.Contains(std.StateOf(x.Path, x.Name), std.StateUse{Name: std.Directory, Sets: true})
}

// Path returns the declarations from the root to n, nearest to n last.
func (r *Reach) Path(n *Node) []*Node {
	var list []*Node
	for ; n != nil && len(list) < 1000; n = r.Via(n) {
		list = append(list, n)
	}
	slices.Reverse(list)
	return list
}
