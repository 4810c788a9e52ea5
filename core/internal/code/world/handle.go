package world

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// addHandleUses notes what functions in reach ask a testing handle. One that is put
// where it is not followed may be asked for the name of the test, and by each call
// that looks like that of a handle. What a declaration among the roots asks, but for
// the name, is no question of the build function.
func (b *Behaviour) addHandleUses(roots []*graph.Node, r *graph.Reach) {
	named := false
	var possible []graph.Use
	for _, n := range r.Order {
		for _, u := range n.Fact.HandleUses {
			use := r.Graph.Use(n, u.What, u.Line)
			switch {
			case u.Possible:
				possible = append(possible, use)
			case u.Leaves():
				b.HandleCalls = append(b.HandleCalls, use)
			case u.What == facts.HandleName:
				if u.To == (facts.Mention{}) || !isFollowed(r.Graph, n, u) {
					named = true
					b.HandleUses = append(b.HandleUses, use)
				}
			case n.Literal || !slices.Contains(roots, n):
				b.HandleUses = append(b.HandleUses, use)
			}
		}
	}
	if named {
		b.HandleUses = append(b.HandleUses, possible...)
	}
}

// isFollowed reports whether the function that a handle is handed to takes it as
// one, by its type, so that its own facts tell what it asks. Of what other modules
// do with it nothing is known, but that it goes no further where they only check.
func isFollowed(g *graph.Graph, n *graph.Node, u facts.HandleUse) bool {
	found := g.Lookup(n, u.To.X, u.To.Sel)
	if len(found) == 0 {
		return u.Checks || u.To.X == "" && slices.ContainsFunc(n.File.Dots, syntax.IsAPI)
	}
	return !slices.ContainsFunc(found, func(f *graph.Node) bool { return f.Fact.HandleParams&(1<<u.Arg) == 0 })
}
