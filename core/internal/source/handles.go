package source

import "slices"

func isHandle(r *reach, n *node, a askFact) bool {
	if a.param > 0 && givenHandle(r, n, a.param-1) {
		return true
	}
	name := a.field
	if name == "" {
		name = embeddedHandle
		if a.typ == "" {
			return false
		}
	}
	holds := func(t *node) bool {
		return slices.Contains(t.fact.rare().handles, name) || isEmbedded.has(name) && slices.Contains(t.fact.rare().handles, embeddedHandle)
	}
	if a.typ == "" {
		return slices.ContainsFunc(r.order, func(t *node) bool { return t.fact.kind == kindType && holds(t) })
	}
	return slices.ContainsFunc(n.pkg.decls[a.typ], func(t *node) bool {
		return t.fact.kind == kindType && holds(t) && (a.field != "" || !slices.ContainsFunc(r.g.methodsOf(t), func(m *node) bool {
			return m.fact.name+"()" == a.what // its own
		}))
	})
}

// isEmbedded are the names of embedded handles.
var isEmbedded = wordSet{text: "T B F TB"}

// givenHandle reports whether a function in reach hands a handle to a parameter.
func givenHandle(r *reach, f *node, param int) bool {
	hands := func(n *node) bool {
		return slices.ContainsFunc(n.fact.rare().hands, func(h handleFact) bool {
			return h.arg == param && slices.Contains(r.g.named(n, h.callee.x, h.callee.sel), f)
		})
	}
	return slices.ContainsFunc(r.g.leadingTo(f), func(n *node) bool { return r.has(n) && hands(n) }) || slices.ContainsFunc(r.literals(), hands)
}

// addAsks notes what functions in reach ask of fields, and of parameters of
// other types, that are testing handles.
func (b *behaviour) addAsks(g *graph, r *reach) {
	for _, n := range r.order {
		if r.via(n) == nil {
			continue // of fn itself Captures knows
		}
		for _, a := range n.fact.rare().asks {
			if isHandle(r, n, a) {
				b.Tells = append(b.Tells, g.use(n, a.what, a.line))
			}
		}
	}
}
