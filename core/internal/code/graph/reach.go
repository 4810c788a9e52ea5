package graph

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// A found is a set of declarations, each with the one that it was first found through.
type found struct {
	Order []*Node // as found: nearest first
	place []int32 // of a node in Order, counted from 1, by its id
	via   []*Node // for each of Order, nil for a root
}

// Has reports whether a declaration is found.
func (f *found) Has(n *Node) bool {
	return int(n.ID) < len(f.place) && f.place[n.ID] > 0
}

// add adds declarations, but for those that are there.
//
//go:noinline
func (f *found) add(via *Node, list ...*Node) {
	for _, n := range list {
		if f.Has(n) {
			continue
		}
		f.Order, f.via = append(f.Order, n), append(f.via, via)
		if int(n.ID) >= len(f.place) { // a literal, or of another module, made since
			f.place = append(f.place, make([]int32, int(n.ID)+1-len(f.place))...)
		}
		f.place[n.ID] = int32(len(f.Order))
	}
}

// Via returns what a node was first found through, nil for a root.
func (f *found) Via(n *Node) *Node {
	if !f.Has(n) {
		return nil
	}
	return f.via[f.place[n.ID]-1]
}

// A Reach is what can be reached from some declarations.
type Reach struct {
	found
	Graph *Graph
	roots int               // how many of Order it was begun with
	next  int               // of Order, from where on edges are not followed yet
	back  []bool            // what leads to a variable in reach, by id
	whole map[*Package]bool // packages all of which is there

	states map[string]bool // of the standard library, that may be used; "" is all
}

// ReachFrom returns what can be reached from some declarations.
func (g *Graph) ReachFrom(roots ...*Node) *Reach {
	r := &Reach{Graph: g, found: found{place: make([]int32, g.ids)}, back: make([]bool, g.ids), whole: map[*Package]bool{}, states: map[string]bool{}}
	r.add(nil, roots...)
	r.roots = len(r.Order)
	r.follow()
	return r
}

// Extend adds more roots, and all that they lead to.
func (r *Reach) Extend(roots ...*Node) {
	r.add(nil, roots...)
	r.follow()
}

// packages returns those of which something is reached, in order of their paths, but
// for those that count by a version.
func (r *Reach) packages() []*Package {
	reached := map[*Package]bool{}
	for _, n := range r.Order {
		reached[n.Package] = true
	}
	return slices.DeleteFunc(slices.Clone(r.Graph.ByPath), func(p *Package) bool { return !reached[p] || p.versioned })
}

// Literals returns the function literals that are reached.
//
//go:noinline
func (r *Reach) Literals() (list []*Node) {
	for _, n := range r.Order {
		if n.Literal {
			list = append(list, n)
		}
	}
	return list
}

// follow takes the edges of all that is new.
func (r *Reach) follow() {
	for ; r.next < len(r.Order); r.next++ {
		n := r.Order[r.next]
		r.add(n, n.Edges...)
		if p := n.Package; p.Whole != "" && !r.whole[p] {
			r.whole[p] = true
			r.add(n, p.Nodes...)
		}
	}
}

// AddInit adds the initialisation code that fills variables in reach, until
// there is no more of it: all that leads to one which something can change, and all
// that leaves something in the state of the standard library which code in reach
// uses: a handler, a variable that is published, a flag. All packages of the binary
// count, for a registry is filled by whoever imports it.
func (r *Reach) AddInit() {
	outside := r.Graph.LedTo()
	for done := 0; done < len(r.Order); done++ {
		n := r.Order[done]
		if n.Fact.Kind == facts.KindVar && !r.Graph.Unwritten(n) {
			r.add(n, r.Graph.unitsTo(r.back, n)...)
		}
		for _, x := range n.Externals {
			r.addSetters(n, x)
			for _, out := range outside.Extend(r.Graph.ExternalNodes(x)...) { // none, of the standard library
				r.addSetters(n, out.Externals...)
			}
		}
		r.follow()
	}
}

// addSetters adds the initialisation code that sets state of the standard library which
// some names use. What is left there can be called, and changed, by other ways.
func (r *Reach) addSetters(via *Node, names ...External) {
	for _, x := range names {
		if g := r.Graph; !std.IsPackage(x.Path) && g.Packages[x.Path] == nil && g.External(x.Path) == nil {
			r.states[""] = true // what that uses nobody knows
		}
		for _, u := range std.StateOf(x.Path, x.Name) {
			r.states[u.Name] = true
			r.add(via, r.Graph.unitsTo(r.back, r.Graph.setters[u.Name]...)...)
		}
	}
}

// Complete adds all initialisation code that matters: also such as calls into
// packages which are not known to keep to themselves, for what it does to the world
// can come back to fn by other ways than variables.
func (r *Reach) Complete() {
	r.Extend(r.Graph.eager...)
	r.AddInit()
}
