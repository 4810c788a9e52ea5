package source

import (
	"slices"
	"strings"
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
		f.names = map[string]string{}
		for _, imp := range f.facts.imports {
			local := g.packages[imp.path]
			switch {
			case imp.name == ".":
				f.dots = append(f.dots, imp.path)
			case imp.name == "_":
			case imp.name != "":
				f.names[imp.name] = imp.path
			case local != nil && local.name != "":
				f.names[local.name] = imp.path
			default:
				for _, name := range likelyNames(imp.path) {
					if _, taken := f.names[name]; !taken {
						f.names[name] = imp.path
					}
				}
				if g.find(imp.path).Module.Path != "" {
					f.vague = append(f.vague, imp.path) // of std the name is known
				}
			}
		}
	}
}

// lookup returns what an unqualified name of a file stands for.
func (l *linker) lookup(n *node, name string) []*node {
	found := n.pkg.decls[name]
	if len(n.file.dots) == 0 {
		return found
	}
	found = found[:len(found):len(found)]
	for _, path := range n.file.dots {
		if p := l.packages[path]; p != nil {
			found = append(found, p.decls[name]...)
		} else if len(found) == 0 {
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
	l.add(l.links[n])
	n.edges = slices.Clone(l.edges[1:])
	n.ext = slices.Clone(l.ext)
}

// qualified returns what x.Sel stands for: a declaration of an imported
// package, something outside, or x of this package with a field or method.
func (l *linker) qualified(n *node, q qual) []*node {
	if q.x == "" { // a method of package io/fs, by its name
		l.ext = append(l.ext, extRef{"io/fs", q.sel, q.line})
		return nil
	}
	path, ok := n.file.names[q.x]
	if !ok {
		if found := l.lookup(n, q.x); len(found) > 0 {
			return found
		}
		// The qualifier of an import whose package name is not on its path.
		for _, path := range n.file.vague {
			l.ext = append(l.ext, extRef{path, q.sel, q.line})
		}
		return nil
	}
	if p := l.packages[path]; p != nil && (!p.external || p == n.pkg) {
		return p.decls[q.sel]
	}
	l.ext = append(l.ext, extRef{path, q.sel, q.line})
	return nil
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

// resolveLinks notes, for each declaration, the other ends of go:linkname
// directives in either direction.
func (g *graph) resolveLinks() {
	g.links = map[*node][]*node{}
	for _, p := range g.order {
		for _, f := range p.files {
			for _, l := range f.facts.links {
				i := strings.LastIndexByte(l.target, '.')
				if i < 0 || g.packages[l.target[:i]] == nil {
					continue
				}
				other := g.packages[l.target[:i]]
				for _, local := range p.decls[l.local] {
					for _, target := range other.decls[l.target[i+1:]] {
						g.links[local] = append(g.links[local], target)
						g.links[target] = append(g.links[target], local)
					}
				}
			}
		}
	}
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
