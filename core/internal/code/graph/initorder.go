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
	for _, p := range g.ByPath {
		var b []byte
		units, runs := false, false
		for _, n := range p.Nodes {
			if n.Fact.Kind != facts.KindVar && n.Fact.Kind != facts.KindInit || !r.Has(n) {
				continue
			}
			unit, own, others := n.Fact.Flags&facts.DeclInit != 0, n.isSetFrom(true), n.isSetFrom(false)
			if unit || own || others {
				b = append(b, n.Fact.Digest[:]...)
			}
			units = units || unit
			runs = runs || unit || others
		}
		if runs {
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

// isSetFrom reports whether a variable is set from others, of its own package or
// of others.
func (n *Node) isSetFrom(own bool) bool {
	return n.Fact.Kind == facts.KindVar && slices.ContainsFunc(n.Edges, func(to *Node) bool {
		return to != n && to.Fact.Kind == facts.KindVar && (to.Package == n.Package) == own
	})
}
