package graph

import (
	"maps"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// A Run is what can run, in all modules, when some declarations do: what they lead
// to, but of the methods of a type only those whose names are selected somewhere in
// it, or that the standard library may call. It is narrower than a Reach, which a
// value of the type may leave for code that is not in it.
type Run struct {
	Order   []*Node
	by      map[*Node]Mentioner
	g       *Graph
	names   map[string]bool      // that are selected
	waiting map[string][]waiting // methods that nothing calls yet, by their names
	any     bool                 // reflection may call all methods
	whole   map[*Package]bool    // those that are added
}

// A Mentioner is a local declaration with what it mentions of another module.
type Mentioner struct {
	Node *Node
	What External
}

type waiting struct {
	by     Mentioner
	method *Node
}

// RunFrom returns what can run when some declarations do.
func (g *Graph) RunFrom(roots ...*Node) *Run {
	r := &Run{g: g, by: map[*Node]Mentioner{}, names: map[string]bool{}, waiting: map[string][]waiting{}, whole: map[*Package]bool{}}
	r.add(Mentioner{}, roots...)
	for i := 0; i < len(r.Order); i++ {
		r.follow(r.Order[i])
	}
	return r
}

// Has reports whether a declaration can run.
func (r *Run) Has(n *Node) bool {
	_, ok := r.by[n]
	return ok
}

// By returns what leads to a declaration of another module first.
func (r *Run) By(n *Node) Mentioner { return r.by[n] }

func (r *Run) add(by Mentioner, list ...*Node) {
	for _, n := range list {
		if !r.Has(n) {
			r.by[n], r.Order = by, append(r.Order, n)
		}
	}
}

// follow adds what a declaration leads to.
func (r *Run) follow(n *Node) {
	next := n.Edges
	if n.Package.External {
		next = r.g.Next(n) // which finds its externals
	}
	for _, name := range n.Fact.Selected {
		if !r.names[name] {
			r.names[name] = true
			r.release(name)
		}
	}
	if !r.any && r.reflects(n) {
		r.any = true
		for _, name := range slices.Sorted(maps.Keys(r.waiting)) {
			r.release(name)
		}
	}
	r.lead(n, r.by[n], next) // it matters for other modules alone
	if n.Package.External {
		return
	}
	for _, x := range n.Externals {
		r.lead(n, Mentioner{n, x}, r.g.ExternalNodes(x))
	}
	if n.Package.Whole != "" && !r.whole[n.Package] {
		r.whole[n.Package] = true
		r.add(Mentioner{}, n.Package.Nodes...)
	}
}

// release adds the methods of a name.
func (r *Run) release(name string) {
	for _, w := range r.waiting[name] {
		r.add(w.by, w.method)
	}
	delete(r.waiting, name)
}

// reflects reports whether a declaration may call methods whose names no selector
// has: by package reflect, or by a package that uses that, or whose source is not
// at hand.
func (r *Run) reflects(n *Node) bool {
	return slices.ContainsFunc(n.Fact.Selected, std.HandsOutMethods) || slices.ContainsFunc(n.Externals, func(x External) bool {
		return std.CallsAnyMethod(x.Path) || !std.IsPackage(x.Path) && r.g.Find(x.Path).Dir == ""
	})
}

// lead adds what a declaration leads to, and has methods of a type wait until
// something may call them.
func (r *Run) lead(from *Node, by Mentioner, list []*Node) {
	for _, to := range list {
		if name := to.Fact.Name; from.Fact.Kind == facts.KindType && to.Fact.Kind == facts.KindMethod && !r.any && !r.names[name] && !std.CallsMethod(name) {
			r.waiting[name] = append(r.waiting[name], waiting{by, to})
			continue
		}
		r.add(by, to)
	}
}
