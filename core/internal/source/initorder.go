package source

import (
	"slices"
	"strings"
)

// unitOrder lists the order in which initialisation code that is reached runs: it
// is part of what the program does. In a package that has some, so is the place
// of each variable that is set from others: what it finds there depends on what
// has run. The same goes for packages.
func (r *reach) unitOrder() (list []Decl) {
	var b []byte
	var live []*pkg
	for _, p := range r.g.order {
		b = b[:0]
		units, reads := false, false
		for _, n := range p.nodes {
			if n.fact.kind != kindVar && n.fact.kind != kindInit || !r.has(n) {
				continue
			}
			own, others := n.readsVariables()
			if unit := n.fact.flags&declUnit != 0; unit || own || others {
				b = append(b, n.fact.digest[:]...)
				units, reads = units || unit, reads || others
			}
		}
		if units || reads {
			live = append(live, p)
		}
		if units && len(b) > len(Digest{}) {
			list = append(list, Decl{Name: "initialisation order of " + p.path, File: r.g.relative(p.dir), Digest: sum(b)})
		}
	}
	return append(list, r.g.packageOrder(live)...)
}

// readsVariables reports whether a variable is set from others, of its own
// package or of others.
func (n *node) readsVariables() (own, others bool) {
	for _, to := range n.edges {
		if n.fact.kind == kindVar && to != n && to.fact.kind == kindVar {
			own, others = own || to.pkg == n.pkg, others || to.pkg != n.pkg
		}
	}
	return own, others
}

// packageOrder lists the order in which packages run initialisation code that
// is reached, where there are several: an import alone may change it.
func (g *graph) packageOrder(live []*pkg) []Decl {
	if len(live) < 2 {
		return nil
	}
	var paths []string
	for _, p := range g.initOrder() {
		if slices.Contains(live, p) {
			paths = append(paths, p.path)
		}
	}
	return []Decl{{Name: "initialisation order of packages", File: g.relative(g.target.dir), Digest: sum([]byte(strings.Join(paths, "\n")))}}
}

// initOrder returns the packages as the program initialises them: of those whose
// imports are done the first by path (Go 1.21, cmd/link/internal/ld/inittask.go).
// Packages of other modules, which may stand between, are not known here.
func (g *graph) initOrder() []*pkg {
	wait := map[*pkg]int{}
	importers := map[*pkg][]*pkg{}
	var ready, order []*pkg
	for _, p := range g.order {
		for _, path := range p.imports {
			if to := g.packages[path]; to != nil && to != p {
				wait[p]++
				importers[to] = append(importers[to], p)
			}
		}
		if wait[p] == 0 {
			ready = append(ready, p)
		}
	}
	for len(ready) > 0 {
		p := slices.MinFunc(ready, func(a, b *pkg) int { return strings.Compare(a.path, b.path) })
		ready = slices.DeleteFunc(ready, func(q *pkg) bool { return q == p })
		order = append(order, p)
		for _, q := range importers[p] {
			if wait[q]--; wait[q] == 0 {
				ready = append(ready, q)
			}
		}
	}
	return order
}
