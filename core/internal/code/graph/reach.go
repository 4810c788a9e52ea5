package graph

import (
	"cmp"
	"slices"
)

// A found is a set of declarations, each with the one that it was first found through.
type found struct {
	Order []*Node // as found: nearest first
	place []int32 // of a node in Order, counted from 1, by its id
	via   []*Node // for each of Order, nil for a root
}

// nothing returns an empty set with room for all declarations: to grow would cost more.
func (g *Graph) nothing() found {
	return found{make([]*Node, 0, g.ids), make([]int32, g.ids), make([]*Node, 0, g.ids)}
}

// Has reports whether a declaration is found.
func (f *found) Has(n *Node) bool { return int(n.ID) < len(f.place) && f.place[n.ID] > 0 }

// add adds declarations, but for those that are there.
//
//go:noinline // inlined, it adds 7 kB to each test binary
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

// A Reach holds the declarations that can be reached from some.
type Reach struct {
	found
	Graph *Graph
	Far   []*Node           // code of other modules that AddInit found
	roots int               // how many of Order it was begun with
	next  int               // the place in Order from which on edges are not followed yet
	whole map[*Package]bool // the packages that are there as a whole

	led    *Led            // all that the reach leads to, in all modules, with what AddInit has found
	done   int             // the place in led.Order up to which it has looked
	judged int             // the Judged of the graph then
	seen   []bool          // by id, what was found to lead to what fills something
	states map[string]bool // state of the standard library that may be used; "" is all
}

// ReachFrom returns all declarations that can be reached from some.
func (g *Graph) ReachFrom(roots ...*Node) *Reach {
	r := &Reach{Graph: g, found: g.nothing(), whole: map[*Package]bool{}}
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

// packages returns the packages of which something is reached, in order of their paths,
// but for those that count by a version.
func (r *Reach) packages() []*Package {
	reached := map[*Package]bool{}
	for _, n := range r.Order {
		reached[n.Package] = true
	}
	return slices.DeleteFunc(slices.Clone(r.Graph.ByPath), func(p *Package) bool { return !reached[p] || p.versioned })
}

// Literals returns the function literals among the roots: nothing else leads to one.
func (r *Reach) Literals() []*Node {
	return slices.DeleteFunc(slices.Clone(r.Order[:r.roots]), func(n *Node) bool { return !n.Literal })
}

// follow follows the edges of all declarations that are new.
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

// AddInit adds the initialisation code that fills variables in reach, until there is no
// more: all that may change one, and all that leaves something in the state of the standard
// library which code in reach uses: a handler, a variable that is published, a flag. All
// packages of the binary count, since any importer may fill a registry, and so do the
// variables of other modules that code in reach leads to. It goes on where it ended.
func (r *Reach) AddInit() {
	s := r.Graph.Start()
	if r.led == nil || r.judged != r.Graph.Judged {
		r.led, r.done, r.judged = r.Graph.LedTo(), 0, r.Graph.Judged
		r.seen, r.states, r.Far = make([]bool, len(s.by)), map[string]bool{}, nil
	}
	r.led.Extend(nil, r.Order...)
	for ; r.done < len(r.led.Order); r.done++ {
		n := r.led.Order[r.done]
		for _, unit := range s.filling(n, r.seen, r.states) {
			r.led.Extend(n, unit)
			if unit.Package.External {
				r.Far = append(r.Far, unit)
				continue
			}
			r.add(cmp.Or(r.led.By(n).Node, n), unit)
			r.follow()
		}
	}
}

// Complete adds all initialisation code that matters: also code that leaves something behind
// in another way than by variables and state of the library, which may come back to fn.
func (r *Reach) Complete() {
	r.Extend(r.Graph.Start().leaving...)
	r.AddInit()
}
