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
func (b *Behaviour) addHandleUses(g *graph.Graph, roots []*graph.Node, r *graph.Reach) {
	named := false
	add := func(n *graph.Node, what string, line int) { b.HandleUses = append(b.HandleUses, g.Use(n, what, line)) }
	for _, n := range r.Order {
		for _, u := range n.Fact.HandleUses {
			named = named || u.What == facts.HandleName
			if u.What == facts.HandleName || n.Literal || !slices.Contains(roots, n) {
				add(n, u.What, u.Line)
			}
		}
		for _, u := range n.Fact.HandleCalls {
			b.HandleCalls = append(b.HandleCalls, g.Use(n, u.What, u.Line))
		}
		for _, h := range n.Fact.HandleArgs {
			if !isFollowed(r, n, h) {
				named = true
				add(n, facts.HandleName, h.Line)
			}
		}
	}
	for _, n := range r.Order {
		for _, u := range n.Fact.PossibleUses {
			if named {
				add(n, u.What, u.Line)
			}
		}
	}
}

// isFollowed reports whether all that a handle may be handed to takes it as one,
// by its type, so that its own facts tell what it asks. Of what other modules do
// with it nothing is known, but that it goes no further where they only check.
func isFollowed(r *graph.Reach, n *graph.Node, h facts.HandleArg) bool {
	var found []*graph.Node
	if !h.Method {
		found = r.Graph.Lookup(n, h.Callee.X, h.Callee.Sel)
	} else {
		for _, m := range r.Order {
			if m.Fact.Kind == facts.KindMethod && m.Fact.Name == h.Callee.Sel {
				found = append(found, m)
			}
		}
	}
	if len(found) == 0 {
		return h.Checks || h.Callee.X == "" && !h.Method && slices.ContainsFunc(n.File.Dots, syntax.IsAPI)
	}
	return !slices.ContainsFunc(found, func(f *graph.Node) bool { return f.Fact.HandleParams&(1<<h.Arg) == 0 })
}
