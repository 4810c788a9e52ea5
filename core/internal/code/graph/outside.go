package graph

import "github.com/fixturecache/fixturecache/core/internal/code/facts"

// An Outlook is what a name of another module leads to in other modules, as far as
// their source is at hand.
type Outlook struct {
	Nodes   []*Node
	TooMuch bool // there is more of it than is looked through
}

// Outside returns what a name of a package of another module leads to. Without
// types, it leads by functions and variables alone: a type has many methods that
// nobody calls.
func (g *Graph) Outside(x External, types bool) *Outlook {
	x.Line = 0
	if !types {
		x.Line = -1 // another one
	}
	if out := g.outlooks[x]; out != nil {
		return out
	}
	if g.outlooks == nil {
		g.outlooks = map[External]*Outlook{}
	}
	out := g.OutsideFrom(g.OtherModules().ExternalNodes(External{Path: x.Path, Name: x.Name}), types)
	g.outlooks[x] = out
	return out
}

// OutsideFrom returns what declarations of other modules lead to.
func (g *Graph) OutsideFrom(roots []*Node, types bool) *Outlook {
	out, others := &Outlook{}, g.OtherModules()
	seen := map[*Node]bool{}
	push := func(list []*Node) {
		for _, n := range list {
			if !seen[n] && (types || n.Fact.Kind == facts.KindFunc || n.Fact.Kind == facts.KindVar) {
				seen[n] = true
				out.Nodes = append(out.Nodes, n)
			}
		}
	}
	push(roots)
	for i := 0; i < len(out.Nodes) && !out.TooMuch; i++ {
		n := out.Nodes[i]
		others.Resolve(n)
		push(n.Edges)
		for _, y := range n.Externals {
			push(others.ExternalNodes(y))
		}
		out.TooMuch = len(others.Packages) > MaxOutside
	}
	return out
}
