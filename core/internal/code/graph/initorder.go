package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
)

// unitOrder lists the order in which initialisation code that is reached runs: it
// is part of what the program does. In a package that has some, so is the place
// of each variable that is set from others: what it finds there depends on what
// has run. The same goes for packages: an import alone may change their order.
func (r *Reach) unitOrder() (list []Decl) {
	g, live := r.Graph, map[*Package]bool{}
	for _, p := range g.ByPath {
		var b []byte
		units := false
		for _, n := range p.Nodes {
			if n.Fact.Kind != facts.KindVar && n.Fact.Kind != facts.KindInit || !r.Has(n) {
				continue
			}
			unit, own, others := n.Fact.Flags&facts.DeclInit != 0, n.isSetFrom(true), n.isSetFrom(false)
			if unit || own || others {
				b = append(b, n.Fact.Digest[:]...)
			}
			units = units || unit
			live[p] = live[p] || unit || others
		}
		if units && len(b) > len(codec.Digest{}) {
			list = append(list, g.aside("initialisation order of "+p.Path, p.Dir, 0, b))
		}
	}
	var paths []string
	for _, p := range g.initOrder() {
		if live[p] {
			paths = append(paths, p.Path)
		}
	}
	if len(paths) > 1 {
		list = append(list, g.aside("initialisation order of packages", g.Target.Dir, 0, []byte(strings.Join(paths, "\n"))))
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

// initOrder returns the packages as the program initialises them: of those whose
// imports are done the first by path (Go 1.21, cmd/link/internal/ld/inittask.go).
// Packages of other modules, which may stand between, are not known here.
func (g *Graph) initOrder() (order []*Package) {
	wait, importers := map[*Package]int{}, map[*Package][]*Package{}
	var ready []*Package
	done := func(p *Package) {
		if i, found := slices.BinarySearchFunc(ready, p, func(a, b *Package) int { return cmp.Compare(a.Path, b.Path) }); !found {
			ready = append(ready, p)
			copy(ready[i+1:], ready[i:])
			ready[i] = p
		}
	}
	for _, p := range g.ByPath {
		for _, path := range p.imports {
			if to := g.Packages[path]; to != nil && to != p {
				wait[p]++
				importers[to] = append(importers[to], p)
			}
		}
		if wait[p] == 0 {
			done(p)
		}
	}
	for len(ready) > 0 {
		p := ready[0]
		ready, order = ready[1:], append(order, p)
		for _, q := range importers[p] {
			if wait[q]--; wait[q] == 0 {
				done(q)
			}
		}
	}
	return order
}
