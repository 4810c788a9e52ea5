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
	for _, p := range g.order {
		for _, n := range p.nodes {
			n.id = g.ids.Add(1) - 1
			g.resolve(n)
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
				if g.find(imp.path).module.Path != "" {
					f.vague = append(f.vague, imp.path) // of std the name is known
				}
			}
		}
	}
}

// lookup returns what an unqualified name of a file stands for.
func (g *graph) lookup(n *node, name string) []*node {
	found := n.pkg.decls[name]
	if len(n.file.dots) == 0 {
		return found
	}
	found = found[:len(found):len(found)]
	for _, path := range n.file.dots {
		if p := g.packages[path]; p != nil {
			found = append(found, p.decls[name]...)
		} else if len(found) == 0 {
			n.ext = append(n.ext, extRef{path, name, n.fact.line})
		}
	}
	return found
}

// resolve finds what a node leads to.
func (g *graph) resolve(n *node) {
	if n.done {
		return
	}
	n.done = true
	var seen map[*node]bool // where looking through the list would be slow
	add := func(list []*node) {
		for _, to := range list {
			if to == n || seen[to] || seen == nil && slices.Contains(n.edges, to) {
				continue
			}
			n.edges = append(n.edges, to)
			if seen != nil {
				seen[to] = true
			} else if len(n.edges) == 32 {
				seen = map[*node]bool{}
				for _, e := range n.edges {
					seen[e] = true
				}
			}
		}
	}
	for _, name := range n.fact.refs {
		add(g.lookup(n, name))
	}
	for _, q := range n.fact.quals {
		add(g.qualified(n, q))
	}
	if n.fact.kind == kindMethod {
		add(n.pkg.decls[n.fact.recv])
	}
	if n.fact.kind == kindType {
		add(g.methodsOf(n))
	}
	add(g.links[n])
}

// qualified returns what x.Sel stands for: a declaration of an imported
// package, something outside, or x of this package with a field or method.
func (g *graph) qualified(n *node, q qual) []*node {
	if q.x == "" { // a method of package io/fs, by its name
		n.ext = append(n.ext, extRef{"io/fs", q.sel, q.line})
		return nil
	}
	path, ok := n.file.names[q.x]
	if !ok {
		if found := g.lookup(n, q.x); len(found) > 0 {
			return found
		}
		// The qualifier of an import whose package name is not on its path.
		for _, path := range n.file.vague {
			n.ext = append(n.ext, extRef{path, q.sel, q.line})
		}
		return nil
	}
	if p := g.packages[path]; p != nil && (!p.external || p == n.pkg) {
		return p.decls[q.sel]
	}
	n.ext = append(n.ext, extRef{path, q.sel, q.line})
	return nil
}

// methodsOf returns the methods of a type, those declared through a local
// alias of it too.
func (g *graph) methodsOf(n *node) []*node {
	name := n.fact.names[0].name
	list := n.pkg.methods[name]
	for _, alias := range n.pkg.aliases {
		if methods := n.pkg.methods[alias.fact.names[0].name]; len(methods) > 0 && slices.Contains(alias.fact.refs, name) {
			list = append(list[:len(list):len(list)], methods...)
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
