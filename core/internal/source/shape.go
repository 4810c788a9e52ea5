package source

import (
	"slices"
	"strings"
)

// addTypes says what the variables are that others write.
func (c *Closure) addTypes(g *graph, r *reach) {
	for i := range c.Written {
		use := &c.Written[i]
		at := slices.IndexFunc(r.order, func(n *node) bool { return n.fact.kind == kindVar && n.name() == use.What })
		if at >= 0 {
			use.Type = g.shape(r.order[at])
		}
	}
}

// shape is what a variable is made of, where its declaration says so.
func (g *graph) shape(v *node) string {
	typ := v.fact.typ
	for range 4 {
		if typ == "slice" || typ == "map" || typ == "struct" {
			return typ
		}
		if typ == "" || typ[0] == '*' || strings.HasSuffix(typ, "()") {
			return ""
		}
		types := g.typesOf(v, typ, 0)
		if len(types) != 1 {
			return ""
		}
		v, typ = types[0], types[0].fact.typ
	}
	return ""
}
