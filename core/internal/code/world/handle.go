package world

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
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
				if _, followed := r.Graph.HandleTakers(n, u); !followed {
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
