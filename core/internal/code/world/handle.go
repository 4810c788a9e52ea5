package world

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

func isHandle(r *graph.Reach, n *graph.Node, a facts.PossibleUse) bool {
	if a.Param > 0 && givenHandle(r, n, a.Param-1) {
		return true
	}
	name := a.Field
	if name == "" {
		name = facts.EmbeddedHandle
		if a.Typ == "" {
			return false
		}
	}
	holds := func(t *graph.Node) bool {
		return slices.Contains(t.Fact.Rare().HandleFields, name) || isEmbedded.Has(name) && slices.Contains(t.Fact.Rare().HandleFields, facts.EmbeddedHandle)
	}
	if a.Typ == "" {
		return slices.ContainsFunc(r.Order, func(t *graph.Node) bool { return t.Fact.Kind == facts.KindType && holds(t) })
	}
	return slices.ContainsFunc(n.Package.Decls[a.Typ], func(t *graph.Node) bool {
		return t.Fact.Kind == facts.KindType && holds(t) && (a.Field != "" || !slices.ContainsFunc(r.Graph.MethodsOf(t), func(m *graph.Node) bool {
			return m.Fact.Name+"()" == a.What // its own
		}))
	})
}

// isEmbedded are the names of embedded handles.
var isEmbedded = std.Words{Text: "T B F TB"}

// givenHandle reports whether a function in reach hands a handle to a parameter.
func givenHandle(r *graph.Reach, f *graph.Node, param int) bool {
	hands := func(n *graph.Node) bool {
		return slices.ContainsFunc(n.Fact.Rare().HandleArgs, func(h facts.HandleArg) bool {
			return h.Arg == param && slices.Contains(r.Graph.Lookup(n, h.Callee.X, h.Callee.Sel), f)
		})
	}
	return slices.ContainsFunc(r.Graph.LeadingTo(f), func(n *graph.Node) bool { return r.Has(n) && hands(n) }) || slices.ContainsFunc(r.Literals(), hands)
}

// addHandleUses notes what functions in reach ask of fields, and of parameters of
// other types, that are testing handles.
func (b *Behaviour) addHandleUses(g *graph.Graph, r *graph.Reach) {
	for _, n := range r.Order {
		if r.Via(n) == nil {
			continue // of fn itself Captures knows
		}
		for _, a := range n.Fact.Rare().PossibleUses {
			if isHandle(r, n, a) {
				b.HandleUses = append(b.HandleUses, g.Use(n, a.What, a.Line))
			}
		}
	}
}
