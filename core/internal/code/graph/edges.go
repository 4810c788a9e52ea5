package graph

import (
	"go/ast"
	mathbits "math/bits"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// finish resolves what every file means by its qualifiers.
func (g *Graph) finish() {
	for _, p := range g.Packages {
		g.ByPath = append(g.ByPath, p)
	}
	slices.SortFunc(g.ByPath, func(a, b *Package) int { return strings.Compare(a.Path, b.Path) })
	for _, p := range g.ByPath {
		g.resolveImports(p)
	}
	g.resolveLinks()
	g.ids.Store(0)
	l := linker{Graph: g}
	for _, p := range g.ByPath {
		for _, n := range p.Nodes {
			n.id = g.ids.Add(1) - 1
			l.resolve(n)
		}
	}
}

func (g *Graph) resolveImports(p *Package) {
	for _, f := range p.Files {
		f.Names, f.likes = map[string]string{}, map[string]string{}
		for _, imp := range f.Facts.Imports {
			name := imp.Name
			if name == "" {
				name = g.clauseOf(imp.Path)
			}
			switch {
			case name == ".":
				f.Dots = append(f.Dots, imp.Path)
			case name == "_":
			case name != "":
				f.Names[name] = imp.Path
			default:
				f.Vague = append(f.Vague, imp.Path)
				for _, name := range syntax.LikelyNames(imp.Path) {
					f.likes[name] = imp.Path
				}
			}
		}
	}
}

// clauseOf returns the name of the package of an import path, or "" where that
// is not certain: its source is not at hand.
func (g *Graph) clauseOf(path string) string {
	if p := g.Packages[path]; p != nil && p.Name != "" {
		return p.Name
	}
	where := g.Find(path)
	if std.IsPackage(path) && !where.Local || where == (build.Place{}) && build.IsLibrary(path) {
		return syntax.LikelyNames(path)[0]
	}
	name, ok := g.clauses[path]
	if !ok && where.Dir != "" {
		name = pack.PackageNameIn(where.Dir, g.match)
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
func (n *Node) meanings(x string) []string {
	if path, ok := n.File.Names[x]; ok {
		return []string{path}
	}
	if len(n.Package.Decls[x]) == 0 {
		return n.File.Vague
	}
	if path, ok := n.File.likes[x]; ok {
		return []string{path}
	}
	return nil
}

// mayBeDotted reports whether an unqualified name may come from a dot import.
func (n *Node) mayBeDotted(name string) bool {
	return len(n.File.Dots) > 0 && ast.IsExported(name) && len(n.Package.Decls[name]) == 0
}

// lookup returns what an unqualified name of a file stands for.
func (l *linker) lookup(n *Node, name string) []*Node {
	found := n.Package.Decls[name]
	if !n.mayBeDotted(name) {
		return found
	}
	found = found[:len(found):len(found)]
	for _, path := range n.File.Dots {
		if p := l.Packages[path]; p != nil {
			found = append(found, p.Decls[name]...)
		} else {
			l.ext = append(l.ext, External{path, name, n.Fact.Line})
		}
	}
	return found
}

// A linker finds what nodes lead to. It belongs to one goroutine.
type linker struct {
	*Graph
	edges []*Node        // of the node at hand
	ext   []External     // and what it mentions outside
	seen  map[*Node]bool // the same, where looking through the list would be slow
}

func (l *linker) add(list []*Node) {
	for _, to := range list {
		if len(l.edges) < 32 {
			if !slices.Contains(l.edges, to) {
				l.edges = append(l.edges, to)
			}
			continue
		}
		if len(l.edges) == 32 {
			l.seen = map[*Node]bool{}
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

// Resolve finds what a node leads to, a literal or a declaration of another module.
func (g *Graph) Resolve(n *Node) { (&linker{Graph: g}).resolve(n) }

// resolve finds what a node leads to.
func (l *linker) resolve(n *Node) {
	if n.done {
		return
	}
	n.done = true
	l.edges, l.ext = append(l.edges[:0], n), l.ext[:0] // it is not one of its edges
	for _, name := range n.Fact.Refs {
		l.add(l.lookup(n, name))
	}
	for _, q := range n.Fact.Quals {
		l.add(l.qualified(n, q))
	}
	if n.Fact.Kind == facts.KindMethod {
		l.add(n.Package.Decls[n.Fact.Acts().Recv])
	}
	if n.Fact.Kind == facts.KindType {
		l.add(l.MethodsOf(n))
	}
	for bits := n.Fact.Universe & n.Package.Shadows; bits != 0; bits &= bits - 1 {
		l.add(l.lookup(n, facts.UniverseNames()[mathbits.TrailingZeros32(bits)]))
	}
	l.add(l.links[n].nodes)
	l.ext = append(l.ext, l.links[n].outside...)
	n.Edges = slices.Clone(l.edges[1:])
	n.Externals = slices.Clone(l.ext)
}

// qualified returns what x.Sel may stand for: a declaration of an imported
// package, something outside, x of this package with a field or method.
func (l *linker) qualified(n *Node, q facts.Qual) []*Node {
	if q.X == "" { // a method of package io/fs, by its name
		l.ext = append(l.ext, External{"io/fs", q.Sel, q.Line})
		return nil
	}
	var found []*Node
	if _, certain := n.File.Names[q.X]; !certain {
		found = l.lookup(n, q.X)
	}
	for _, path := range n.meanings(q.X) {
		if p := l.Packages[path]; p != nil && (!p.External || p == n.Package) {
			found = append(found[:len(found):len(found)], p.Decls[q.Sel]...)
			continue
		}
		l.ext = append(l.ext, External{path, q.Sel, q.Line})
	}
	return found
}

// MethodsOf returns the methods of a type, those declared through a local
// alias of it, or of its alias, too.
func (g *Graph) MethodsOf(n *Node) []*Node {
	name := n.Fact.Name
	list := n.Package.methods[name]
	if len(n.Package.aliases) == 0 {
		return list
	}
	names := []string{name}
	for i := 0; i < len(names); i++ {
		for _, alias := range n.Package.aliases {
			other := alias.Fact.Name
			if slices.Contains(names, other) || !slices.Contains(alias.Fact.Refs, names[i]) {
				continue
			}
			names = append(names, other)
			list = append(list[:len(list):len(list)], n.Package.methods[other]...)
		}
	}
	return list
}

// LeadingTo returns the declarations that mention one.
func (g *Graph) LeadingTo(n *Node) []*Node {
	if g.leadIn == nil {
		g.leadIn = make([][]*Node, g.ids.Load())
		g.each(func(from *Node) {
			for _, to := range from.Edges {
				g.leadIn[to.id] = append(g.leadIn[to.id], from)
			}
		})
	}
	if int(n.id) >= len(g.leadIn) { // a literal, made since
		return nil
	}
	return g.leadIn[n.id]
}

func (g *Graph) each(do func(*Node)) {
	for _, p := range g.ByPath {
		for _, n := range p.Nodes {
			do(n)
		}
	}
}

// Lookup returns what x.sel, or sel alone, stands for where n mentions it: x if
// that is no package.
func (g *Graph) Lookup(n *Node, x, sel string) []*Node {
	var found []*Node
	if x == "" {
		found = n.Package.Decls[sel]
	} else if path, ok := n.File.Names[x]; ok {
		if p := g.Packages[path]; p != nil {
			found = p.Decls[sel]
		}
	} else {
		found = n.Package.Decls[x]
	}
	if found == nil {
		for _, path := range n.File.Dots {
			if p := g.Packages[path]; p != nil {
				found = append(found, p.Decls[sel]...)
			}
		}
	}
	return found
}
