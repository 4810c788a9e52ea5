package graph

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// linkEnds are the other ends of the go:linkname directives that name a
// declaration, whichever side they stand on.
type linkEnds struct {
	nodes   []*Node
	outside []External // in the standard library or another module
	text    string     // the directives of the declaration itself
}

// resolveLinks finds all linkEnds. All declarations that go by one symbol are linked to each
// other. If no other is known, the package counts whole, as it does for a function without
// a body that is no end of any link.
func (g *Graph) resolveLinks() {
	bySymbol := map[string][]*Node{}
	for _, p := range g.ByPath {
		for _, f := range p.Files {
			for _, l := range f.Facts.Links {
				if len(p.Decls[l.Local]) == 0 {
					p.takeWhole(f.Facts.Name + " links " + l.Local + ", which is not declared")
				}
				for _, n := range p.Decls[l.Local] {
					g.endsOf(n).text += "go:linkname " + l.Target + "\x00"
					if l.Target != "" { // others may link to it
						bySymbol[l.Target] = append(bySymbol[l.Target], n)
					}
				}
			}
		}
	}
	for _, symbol := range slices.Sorted(maps.Keys(bySymbol)) {
		g.join(symbol, bySymbol[symbol])
	}
	for _, n := range g.All() {
		if ends := g.links[n]; n.Fact.NoBody && (ends == nil || len(ends.nodes) == 0) {
			n.Package.takeWhole(n.Name() + " has no body")
		}
	}
	for _, p := range g.ByPath {
		symbol := strings.NewReplacer("/", "∕", ".", "·").Replace(p.Path) + "·"
		for _, by := range g.ByPath {
			if by != p && len(p.Nodes) > 0 && by.Whole != "" && strings.Contains(by.notGo, symbol) {
				p.takeWhole("assembly in " + by.Path + " names it")
				first := g.endsOf(by.Nodes[0])
				first.nodes = append(first.nodes, p.Nodes[0])
			}
		}
	}
}

// join links the declarations that go by a symbol, by their directives or their own names.
func (g *Graph) join(symbol string, locals []*Node) {
	ends := slices.Concat(locals, g.symbol(symbol))
	path, name := SplitName(symbol)
	where := g.Find(path)
	counts := !where.Local && where.Module.Path != "" && where.Module.Version.Version != "?" // by its version
	outside := len(ends) == len(locals) && (counts || comesWithGo(path))
	known := len(ends) > 1 && slices.ContainsFunc(ends, func(n *Node) bool { return !n.Fact.NoBody })
	for _, n := range slices.Concat(ends, g.ExternalNodes(External{Path: path, Name: name})) {
		to := g.endsOf(n)
		to.nodes = append(to.nodes, ends...)
		switch {
		case outside:
			to.outside = append(to.outside, External{path, name, n.Fact.Line})
		case !known:
			n.Package.takeWhole(n.File.Facts.Name + " links " + n.Fact.Name + " to " + symbol + ", which is not known")
		}
	}
}

func (g *Graph) endsOf(n *Node) *linkEnds {
	if g.links[n] == nil {
		g.links[n] = &linkEnds{}
	}
	return g.links[n]
}

// Linked reports whether a declaration may go by another name.
func (g *Graph) Linked(n *Node) bool { return g.links[n] != nil }

// takeWhole lets all of a package count, for the first reason that is found.
func (p *Package) takeWhole(why string) { p.Whole = cmp.Or(p.Whole, why) }

// symbol returns the declarations that a linker's symbol may stand for:
// import/path.name or import/path.(*T).method.
func (g *Graph) symbol(s string) []*Node {
	p, _, name := g.typeNamed(s)
	if p == nil {
		return nil
	}
	typ, method, _ := strings.Cut(PlainName(name), ".")
	return slices.Concat(p.Decls[name], slices.DeleteFunc(slices.Clone(p.Methods[typ]), func(n *Node) bool { return n.Fact.Name != method }))
}

// comesWithGo reports whether a path is of the standard library, with what is internal to it.
func comesWithGo(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return std.IsPackage(path) || first == "internal" || first == "vendor" || std.IsPackage(first)
}
