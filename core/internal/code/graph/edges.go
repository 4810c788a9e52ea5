package graph

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// resolveImports finds what the files of a package mean by their qualifiers. The
// names of what external packages import are guessed.
func (g *Graph) resolveImports(p *Package) {
	for _, f := range p.Files {
		f.Names = map[string]string{}
		for _, imp := range f.Facts.Imports {
			name := imp.Name
			if name == "" && !p.External {
				name = g.clauseOf(imp.Path)
			}
			switch {
			case name == ".":
				f.Dots = append(f.Dots, imp.Path)
			case name == "_":
			case name != "":
				f.Names[name] = imp.Path
			case p.External:
				for _, name := range syntax.LikelyNames(imp.Path) {
					f.Names[name] = imp.Path
				}
			default:
				f.Vague = append(f.Vague, imp.Path)
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
		g.clauses[path] = name
	}
	return name
}

// meanings returns the import paths that a qualifier of a node may stand for:
// one where its name is certain, or any whose name is not known.
func (n *Node) meanings(x string) []string {
	if path, ok := n.File.Names[x]; ok {
		return []string{path}
	}
	return n.File.Vague
}

// mayBeDotted reports whether an unqualified name may come from a dot import.
func (n *Node) mayBeDotted(name string) bool {
	return len(n.File.Dots) > 0 && ast.IsExported(name) && len(n.Package.Decls[name]) == 0
}

// Resolve finds what a node leads to.
func (g *Graph) Resolve(n *Node) {
	if n.done {
		return
	}
	n.done = true
	var edges []*Node
	var externals []External
	add := func(found []*Node, outside []External) {
		for _, to := range found {
			if to != n && !slices.Contains(edges, to) {
				edges = append(edges, to)
			}
		}
		externals = append(externals, outside...)
	}
	for _, name := range n.Fact.Refs {
		add(g.named(n, name))
	}
	for _, q := range n.Fact.Quals {
		add(g.qualified(n, q))
	}
	switch n.Fact.Kind {
	case facts.KindMethod:
		add(n.Package.Decls[n.Fact.Recv], nil)
	case facts.KindType:
		add(g.MethodsOf(n), nil)
	}
	if ends := g.links[n]; ends != nil {
		add(ends.nodes, ends.outside)
	}
	n.Edges, n.Externals = slices.Clone(edges), slices.Clone(externals) // with no room for more
}

// named returns what an unqualified name of a file stands for.
func (g *Graph) named(n *Node, name string) (found []*Node, outside []External) {
	found = n.Package.Decls[name]
	if !n.mayBeDotted(name) {
		return found, nil
	}
	for _, path := range n.File.Dots {
		if p := g.Packages[path]; p != nil {
			found = append(slices.Clip(found), p.Decls[name]...)
		} else {
			outside = append(outside, External{path, name, n.Fact.Line})
		}
	}
	return found, outside
}

// qualified returns what x.Sel may stand for: a declaration of an imported
// package, something outside, x of this package with a field or method.
func (g *Graph) qualified(n *Node, q facts.Qual) (found []*Node, outside []External) {
	if q.X == "" { // a method of package io/fs, by its name
		return nil, []External{{"io/fs", q.Sel, q.Line}}
	}
	if _, certain := n.File.Names[q.X]; !certain {
		found, outside = g.named(n, q.X)
	}
	for _, path := range n.meanings(q.X) {
		if p := g.Packages[path]; p != nil && (!p.External || p == n.Package) {
			found = append(slices.Clip(found), p.Decls[q.Sel]...)
		} else {
			outside = append(outside, External{path, q.Sel, q.Line})
		}
	}
	return found, outside
}

// MethodsOf returns the methods of a type, those declared through a local
// alias of it, or of its alias, too.
func (g *Graph) MethodsOf(n *Node) []*Node {
	names := []string{n.Fact.Name}
	list := n.Package.methods[n.Fact.Name]
	for i := 0; i < len(names); i++ {
		for _, alias := range n.Package.aliases {
			other := alias.Fact.Name
			if slices.Contains(names, other) || !slices.Contains(alias.Fact.Refs, names[i]) {
				continue
			}
			names = append(names, other)
			list = append(slices.Clip(list), n.Package.methods[other]...)
		}
	}
	return list
}

// Methods returns the methods that are declared for a name.
func (p *Package) Methods(name string) []*Node { return p.methods[name] }

// Lookup returns what x.sel, or sel alone, may stand for where n mentions it.
func (g *Graph) Lookup(n *Node, x, sel string) (found []*Node) {
	if x == "" {
		found, _ = g.named(n, sel)
	} else {
		found, _ = g.qualified(n, facts.Qual{Mention: facts.Mention{X: x, Sel: sel}})
	}
	return found
}
