package graph

import (
	"go/ast"
	"maps"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// resolveImports finds what the files of a package mean by their qualifiers, and notes the
// imports of local files that do not count by their source.
func (g *Graph) resolveImports(p *Package) {
	for _, f := range p.Files {
		f.Names = map[string]string{}
		for _, imp := range f.Facts.Imports {
			_, known := g.imported[imp.Path]
			if to := g.Packages[imp.Path]; !known && !p.External && (to == nil || to.versioned) {
				g.imported[imp.Path] = g.aside("import of "+imp.Path, f.Path, imp.Line, codec.Sum([]byte(imp.Path)))
			}
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
			}
		}
	}
}

// clauseOf returns the name of the package of an import path, or "" where that
// is not certain: its source is not at hand.
func (g *Graph) clauseOf(path string) string {
	if p := g.Packages[path]; p != nil && len(p.Names) == 1 {
		return p.Names[0]
	}
	where := g.Find(path)
	if std.IsPackage(path) && !where.Local || where == (build.Place{}) && build.IsLibrary(path) {
		return syntax.LikelyName(path)
	}
	name, ok := g.clauses[path]
	if !ok && where.Dir != "" {
		name = pack.PackageNameIn(where.Dir, g.match)
		g.clauses[path] = name
	}
	return name
}

// meanings returns the import paths that a qualifier of a node may stand for: one where its
// name is certain, or any whose name is not known; any at all where nothing else explains it.
func (n *Node) meanings(x string) []string {
	f := n.File
	if path, ok := f.Names[x]; ok {
		return []string{path}
	}
	if x != "" && len(f.Vague)+len(f.Dots) == 0 && len(n.Package.Decls[x]) == 0 {
		return slices.Sorted(maps.Values(f.Names))
	}
	return f.Vague
}

// Meanings calls f for all that x.sel, or sel alone, may stand for where n mentions it: a name
// of a package, or the part sel of one. The package's own declaration is one also beside an
// import, for it may stand in a file of which it is not known whether it counts.
func (n *Node) Meanings(m facts.Mention, f func(path, name string, isPart bool)) {
	own, isPart := m.Sel, m.X != ""
	if isPart {
		own = m.X
		for _, path := range n.meanings(m.X) {
			f(path, m.Sel, false)
		}
	}
	if len(n.Package.Decls[own]) > 0 {
		f(n.Package.Path, own, isPart)
	}
	for _, dot := range n.File.Dots {
		if n.File.Names[m.X] == "" && ast.IsExported(own) {
			f(dot, own, isPart)
		}
	}
}

// Named returns in full the names that mentions surely stand for in a file, of declarations
// of its package or of an import.
func (g *Graph) Named(path string, list []facts.Mention) (names []string) {
	f := g.FileAt(path)
	for _, m := range list {
		switch {
		case f == nil:
		case m.X == "" && len(f.pkg.Decls[m.Sel]) > 0 && len(f.Dots) == 0:
			names = append(names, f.pkg.Path+"."+m.Sel)
		case m.X != "" && len(f.pkg.Decls[m.X]) == 0 && f.Names[m.X] != "":
			names = append(names, f.Names[m.X]+"."+m.Sel)
		}
	}
	return names
}

// Resolve finds the Edges and Externals of a node.
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
		add(g.lookup(n, facts.Mention{Sel: name}, n.Fact.Line))
	}
	for _, q := range n.Fact.Quals {
		if std.IsWorldMethod(q.Sel) && (n.File.Names[q.X] == "" || len(n.Package.Decls[q.X]) > 0) {
			add(nil, []External{{"io/fs", q.Sel, q.Line}}) // a method, by its name
		}
		if q.X != "" {
			add(g.lookup(n, q.Mention, q.Line))
		}
	}
	switch n.Fact.Kind {
	case facts.KindMethod:
		add(n.Package.Decls[n.Fact.Recv], nil)
	case facts.KindType:
		add(n.Package.Methods[n.Fact.Name], nil)
	}
	if ends := g.links[n]; ends != nil {
		add(ends.nodes, ends.outside)
	}
	n.Edges, n.Externals = slices.Clone(edges), slices.Clone(externals) // with no room for more
}

// lookup returns what x.sel, or sel alone, may stand for: declarations, and names outside
// the graph, which other packages of other modules are too.
func (g *Graph) lookup(n *Node, m facts.Mention, line int) (found []*Node, outside []External) {
	n.Meanings(m, func(path, name string, _ bool) {
		p := g.Packages[path]
		if path == n.Package.Path {
			p = n.Package
		}
		if p != nil {
			found = append(slices.Clip(found), p.Decls[name]...)
		} else {
			outside = append(outside, External{path, name, line})
		}
	})
	return found, outside
}
