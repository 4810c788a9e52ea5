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
// has run. The same goes for packages.
func (r *Reach) unitOrder() (list []Decl) {
	var b []byte
	var live []*Package
	for _, p := range r.Graph.ByPath {
		b = b[:0]
		units, reads := false, false
		for _, n := range p.Nodes {
			if n.Fact.Kind != facts.KindVar && n.Fact.Kind != facts.KindInit || !r.Has(n) {
				continue
			}
			own, others := n.readsVariables()
			if unit := n.Fact.Flags&facts.DeclInit != 0; unit || own || others {
				b = append(b, n.Fact.Digest[:]...)
				units, reads = units || unit, reads || others
			}
		}
		if units || reads {
			live = append(live, p)
		}
		if units && len(b) > len(codec.Digest{}) {
			list = append(list, r.Graph.aside("initialisation order of "+p.Path, p.Dir, 0, b))
		}
	}
	return append(list, r.Graph.packageOrder(live)...)
}

// readsVariables reports whether a variable is set from others, of its own
// package or of others.
func (n *Node) readsVariables() (own, others bool) {
	for _, to := range n.Edges {
		if n.Fact.Kind == facts.KindVar && to != n && to.Fact.Kind == facts.KindVar {
			own, others = own || to.Package == n.Package, others || to.Package != n.Package
		}
	}
	return own, others
}

// packageOrder lists the order in which packages run initialisation code that
// is reached, where there are several: an import alone may change it.
func (g *Graph) packageOrder(live []*Package) []Decl {
	if len(live) < 2 {
		return nil
	}
	var paths []string
	for _, p := range g.initOrder() {
		if slices.Contains(live, p) {
			paths = append(paths, p.Path)
		}
	}
	return []Decl{g.aside("initialisation order of packages", g.Target.Dir, 0, []byte(strings.Join(paths, "\n")))}
}

// initOrder returns the packages as the program initialises them: of those whose
// imports are done the first by path (Go 1.21, cmd/link/internal/ld/inittask.go).
// Packages of other modules, which may stand between, are not known here.
func (g *Graph) initOrder() []*Package {
	wait := map[*Package]int{}
	importers := map[*Package][]*Package{}
	var ready, order []*Package
	for _, p := range g.ByPath {
		for _, path := range p.imports {
			if to := g.Packages[path]; to != nil && to != p {
				wait[p]++
				importers[to] = append(importers[to], p)
			}
		}
		if wait[p] == 0 {
			ready = append(ready, p)
		}
	}
	for len(ready) > 0 {
		p := slices.MinFunc(ready, func(a, b *Package) int { return strings.Compare(a.Path, b.Path) })
		ready = slices.DeleteFunc(ready, func(q *Package) bool { return q == p })
		order = append(order, p)
		for _, q := range importers[p] {
			if wait[q]--; wait[q] == 0 {
				ready = append(ready, q)
			}
		}
	}
	return order
}
