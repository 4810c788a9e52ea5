package graph

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// linkEnds are the other ends of the go:linkname directives that name a
// declaration, whichever side they stand on.
type linkEnds struct {
	nodes   []*Node
	outside []External // in the standard library or another module
	text    string     // what the directives of the declaration itself say
}

// resolveLinks finds them. Two names that are linked to one symbol are linked to
// each other. Where the other end cannot be told, the package counts whole, and
// so it does for a function without a body that is no end of any.
func (g *Graph) resolveLinks() {
	g.links = map[*Node]linkEnds{}
	bySymbol := map[string][]*Node{}
	for _, p := range g.ByPath {
		for _, f := range p.Files {
			for _, l := range f.Facts.Links {
				g.resolveLink(p, f, l, bySymbol)
			}
		}
	}
	for symbol, ends := range bySymbol {
		for _, n := range ends {
			if to := g.links[n]; len(ends) == 1 && len(to.nodes) == 0 && len(to.outside) == 0 {
				n.Package.takeWhole(n.File.Facts.Name + " links " + n.Fact.Name + " to " + symbol + ", which is not known")
			}
			for _, m := range ends {
				g.join(n, m)
			}
		}
	}
	for _, p := range g.ByPath {
		for _, n := range p.Nodes {
			if n.Fact.Flags&facts.DeclNoBody != 0 && !g.hasBody(n) {
				p.takeWhole(n.Name() + " has no body")
			}
		}
	}
}

func (g *Graph) resolveLink(p *Package, f *File, l facts.Link, bySymbol map[string][]*Node) {
	locals := p.Decls[l.Local]
	if len(locals) == 0 {
		p.takeWhole(f.Facts.Name + " links " + l.Local + ", which is not declared")
	}
	targets := g.symbol(l.Target)
	for _, n := range locals {
		ends := g.links[n]
		ends.text += "go:linkname " + l.Target + "\x00"
		if l.Target == "" { // others may link to it
			g.links[n] = ends
			continue
		}
		if path, name := splitSymbol(l.Target); len(targets) == 0 && g.isOutside(path) {
			ends.outside = append(ends.outside, External{path, name, n.Fact.Line})
		}
		g.links[n] = ends
		for _, to := range targets {
			g.join(n, to)
			g.join(to, n)
		}
		bySymbol[l.Target] = append(bySymbol[l.Target], n)
	}
}

// Linked reports whether a declaration may go by another name.
func (g *Graph) Linked(n *Node) bool {
	ends := g.links[n]
	return ends.text != "" || len(ends.nodes) > 0
}

// join leads from one end to the other.
func (g *Graph) join(from, to *Node) {
	ends := g.links[from]
	if from != to && !slices.Contains(ends.nodes, to) {
		ends.nodes = append(ends.nodes, to)
		g.links[from] = ends
	}
}

// hasBody reports whether the code of a function without a body is that of
// another end.
func (g *Graph) hasBody(n *Node) bool {
	return len(g.links[n].outside) > 0 || slices.ContainsFunc(g.links[n].nodes, func(to *Node) bool {
		return to.Fact.Flags&facts.DeclNoBody == 0 || len(g.links[to].outside) > 0
	})
}

// takeWhole has all of a package count, for the first reason that is found.
func (p *Package) takeWhole(why string) {
	if p.Whole == "" {
		p.Whole = why
	}
}

// symbol returns the declarations that a linker's symbol may stand for:
// import/path.name or import/path.(*T).method, where a path may hold dots.
func (g *Graph) symbol(s string) (found []*Node) {
	for i := strings.LastIndexByte(s, '/') + 1; i < len(s); i++ {
		if s[i] != '.' {
			continue
		}
		p, name := g.Packages[s[:i]], s[i+1:]
		if s[:i] == "main" {
			p = g.Target
		}
		if p == nil {
			continue
		}
		found = append(found, p.Decls[name]...)
		if typ, method, ok := strings.Cut(PlainName(name), "."); ok {
			for _, n := range p.methods[typ] {
				if n.Fact.Name == method {
					found = append(found, n)
				}
			}
		}
	}
	return found
}

// splitSymbol cuts a symbol behind the import path, which may hold a dot if it
// is of a module: the name may not, but for methods.
func splitSymbol(s string) (path, name string) {
	slash := strings.LastIndexByte(s, '/') + 1
	last, method, isMethod := strings.Cut(s[slash:], ".(")
	if isMethod {
		return s[:slash] + last, method
	}
	i := strings.LastIndexByte(last, '.')
	if i < 0 {
		return "", s
	}
	return s[:slash] + last[:i], last[i+1:]
}

// isOutside reports whether a path is of the standard library, its internal
// packages too, or of a module that counts by its version.
func (g *Graph) isOutside(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return std.IsPackage(path) || first == "internal" || std.IsPackage(first) || g.Find(path).Module.Path != "" && g.Find(path).Module.Version != "?"
}
