package graph

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
)

// unitOrder lists the order in which initialisation code that is reached runs: it
// is part of what the program does. In a package that has some, so is the place
// of each variable that is set from others: what it finds there depends on what
// has run. The same goes for packages, whose order their imports decide.
func (r *Reach) unitOrder() (list []Decl) {
	g := r.Graph
	var live []*Package
	for _, p := range r.packages() {
		var b []byte
		units := false
		for _, n := range p.Nodes {
			if unit := n.Fact.Flags&facts.DeclInit != 0; r.Has(n) && (unit || n.isSet()) {
				b, units = append(b, n.Fact.Digest[:]...), units || unit
			}
		}
		if len(b) > 0 {
			live = append(live, p)
		}
		if units && len(b) > len(codec.Digest{}) {
			list = append(list, g.aside("initialisation order of "+p.Path, p.Dir, 0, b))
		}
	}
	if len(live) > 1 {
		var edges []string
		for _, p := range g.withImports(live) {
			for _, path := range p.imports {
				if g.Packages[path] != nil {
					edges = append(edges, p.Path+" "+path)
				}
			}
		}
		slices.Sort(edges)
		b := []byte(strings.Join(edges, "\n"))
		list = append(list, g.aside("initialisation order of packages", g.Target.Dir, 0, b))
	}
	return list
}

// isSet reports whether a variable is set from others.
func (n *Node) isSet() bool {
	return n.Fact.Kind == facts.KindVar && slices.ContainsFunc(n.Edges, func(to *Node) bool { return to != n && to.Fact.Kind == facts.KindVar })
}
