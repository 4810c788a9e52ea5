package source

import (
	"go/ast"
	mathbits "math/bits"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// finish resolves what every file means by its qualifiers.
func (g *graph) finish() {
	for _, p := range g.packages {
		g.order = append(g.order, p)
	}
	slices.SortFunc(g.order, func(a, b *pkg) int { return strings.Compare(a.path, b.path) })
	for _, p := range g.order {
		g.resolveImports(p)
	}
	g.resolveLinks()
	g.ids.Store(0)
	l := linker{graph: g}
	for _, p := range g.order {
		for _, n := range p.nodes {
			n.id = g.ids.Add(1) - 1
			l.resolve(n)
		}
	}
}

func (g *graph) resolveImports(p *pkg) {
	for _, f := range p.files {
		f.names, f.likes = map[string]string{}, map[string]string{}
		for _, imp := range f.facts.imports {
			name := imp.name
			if name == "" {
				name = g.clauseOf(imp.path)
			}
			switch {
			case name == ".":
				f.dots = append(f.dots, imp.path)
			case name == "_":
			case name != "":
				f.names[name] = imp.path
			default:
				f.vague = append(f.vague, imp.path)
				for _, name := range likelyNames(imp.path) {
					f.likes[name] = imp.path
				}
			}
		}
	}
}

// clauseOf returns the name of the package of an import path, or "" where that
// is not certain: its source is not at hand.
func (g *graph) clauseOf(path string) string {
	if p := g.packages[path]; p != nil && p.name != "" {
		return p.name
	}
	where := g.find(path)
	if std.IsPackage(path) && !where.Local || where == (build.Place{}) && build.IsLibrary(path) {
		return likelyNames(path)[0]
	}
	name, ok := g.clauses[path]
	if !ok && where.Dir != "" {
		name = clauseIn(where.Dir, g.match)
		if g.clauses == nil {
			g.clauses = map[string]string{}
		}
		g.clauses[path] = name
	}
	return name
}

// meanings returns the import paths that a qualifier of a node may stand for:
// one where its name is certain. A declaration of the package excludes all that
// are not even alike; without one, and without a certain import, it is any whose
// name is not known.
func (n *node) meanings(x string) []string {
	if path, ok := n.file.names[x]; ok {
		return []string{path}
	}
	if len(n.pkg.decls[x]) == 0 {
		return n.file.vague
	}
	if path, ok := n.file.likes[x]; ok {
		return []string{path}
	}
	return nil
}

// mayBeDotted reports whether an unqualified name may come from a dot import.
func (n *node) mayBeDotted(name string) bool {
	return len(n.file.dots) > 0 && ast.IsExported(name) && len(n.pkg.decls[name]) == 0
}

// lookup returns what an unqualified name of a file stands for.
func (l *linker) lookup(n *node, name string) []*node {
	found := n.pkg.decls[name]
	if !n.mayBeDotted(name) {
		return found
	}
	found = found[:len(found):len(found)]
	for _, path := range n.file.dots {
		if p := l.packages[path]; p != nil {
			found = append(found, p.decls[name]...)
		} else {
			l.ext = append(l.ext, extRef{path, name, n.fact.line})
		}
	}
	return found
}

// A linker finds what nodes lead to. It belongs to one goroutine.
type linker struct {
	*graph
	edges []*node        // of the node at hand
	ext   []extRef       // and what it mentions outside
	seen  map[*node]bool // the same, where looking through the list would be slow
}

func (l *linker) add(list []*node) {
	for _, to := range list {
		if len(l.edges) < 32 {
			if !slices.Contains(l.edges, to) {
				l.edges = append(l.edges, to)
			}
			continue
		}
		if len(l.edges) == 32 {
			l.seen = map[*node]bool{}
			for _, e := range l.edges {
				l.seen[e] = true
			}
		}
		if !l.seen[to] {
			l.seen[to] = true
			l.edges = append(l.edges, to)
		}
	}
}

// resolve finds what a node leads to, a literal or a declaration of another module.
func (g *graph) resolve(n *node) { (&linker{graph: g}).resolve(n) }

// resolve finds what a node leads to.
func (l *linker) resolve(n *node) {
	if n.done {
		return
	}
	n.done = true
	l.edges, l.ext = append(l.edges[:0], n), l.ext[:0] // it is not one of its edges
	for _, name := range n.fact.refs {
		l.add(l.lookup(n, name))
	}
	for _, q := range n.fact.quals {
		l.add(l.qualified(n, q))
	}
	if n.fact.kind == kindMethod {
		l.add(n.pkg.decls[n.fact.does().recv])
	}
	if n.fact.kind == kindType {
		l.add(l.methodsOf(n))
	}
	for bits := n.fact.universe & n.pkg.shadows; bits != 0; bits &= bits - 1 {
		l.add(l.lookup(n, universeNames()[mathbits.TrailingZeros32(bits)]))
	}
	l.add(l.links[n].nodes)
	l.ext = append(l.ext, l.links[n].outside...)
	n.edges = slices.Clone(l.edges[1:])
	n.ext = slices.Clone(l.ext)
}

// qualified returns what x.Sel may stand for: a declaration of an imported
// package, something outside, x of this package with a field or method.
func (l *linker) qualified(n *node, q qual) []*node {
	if q.x == "" { // a method of package io/fs, by its name
		l.ext = append(l.ext, extRef{"io/fs", q.sel, q.line})
		return nil
	}
	var found []*node
	if _, certain := n.file.names[q.x]; !certain {
		found = l.lookup(n, q.x)
	}
	for _, path := range n.meanings(q.x) {
		if p := l.packages[path]; p != nil && (!p.external || p == n.pkg) {
			found = append(found[:len(found):len(found)], p.decls[q.sel]...)
			continue
		}
		l.ext = append(l.ext, extRef{path, q.sel, q.line})
	}
	return found
}

// methodsOf returns the methods of a type, those declared through a local
// alias of it, or of its alias, too.
func (g *graph) methodsOf(n *node) []*node {
	name := n.fact.name
	list := n.pkg.methods[name]
	if len(n.pkg.aliases) == 0 {
		return list
	}
	names := []string{name}
	for i := 0; i < len(names); i++ {
		for _, alias := range n.pkg.aliases {
			other := alias.fact.name
			if slices.Contains(names, other) || !slices.Contains(alias.fact.refs, names[i]) {
				continue
			}
			names = append(names, other)
			list = append(list[:len(list):len(list)], n.pkg.methods[other]...)
		}
	}
	return list
}

// leadingTo returns the declarations that mention one.
func (g *graph) leadingTo(n *node) []*node {
	if g.leadIn == nil {
		g.leadIn = make([][]*node, g.ids.Load())
		g.each(func(from *node) {
			for _, to := range from.edges {
				g.leadIn[to.id] = append(g.leadIn[to.id], from)
			}
		})
	}
	if int(n.id) >= len(g.leadIn) { // a literal, made since
		return nil
	}
	return g.leadIn[n.id]
}

func (g *graph) each(do func(*node)) {
	for _, p := range g.order {
		for _, n := range p.nodes {
			do(n)
		}
	}
}

// named returns what x.sel, or sel alone, stands for where n mentions it: x if
// that is no package.
func (g *graph) named(n *node, x, sel string) []*node {
	var found []*node
	if x == "" {
		found = n.pkg.decls[sel]
	} else if path, ok := n.file.names[x]; ok {
		if p := g.packages[path]; p != nil {
			found = p.decls[sel]
		}
	} else {
		found = n.pkg.decls[x]
	}
	if found == nil {
		for _, path := range n.file.dots {
			if p := g.packages[path]; p != nil {
				found = append(found, p.decls[sel]...)
			}
		}
	}
	return found
}
