package source

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// linkEnds are the other ends of the go:linkname directives that name a
// declaration, whichever side they stand on.
type linkEnds struct {
	nodes   []*node
	outside []extRef // in the standard library or another module
	text    string   // what the directives of the declaration itself say
}

// resolveLinks finds them. Two names that are linked to one symbol are linked to
// each other. Where the other end cannot be told, the package counts whole, and
// so it does for a function without a body that is no end of any.
func (g *graph) resolveLinks() {
	g.links = map[*node]linkEnds{}
	bySymbol := map[string][]*node{}
	for _, p := range g.order {
		for _, f := range p.files {
			for _, l := range f.facts.links {
				g.resolveLink(p, f, l, bySymbol)
			}
		}
	}
	for symbol, ends := range bySymbol {
		for _, n := range ends {
			if to := g.links[n]; len(ends) == 1 && len(to.nodes) == 0 && len(to.outside) == 0 {
				n.pkg.takeWhole(n.file.facts.name + " links " + n.fact.name + " to " + symbol + ", which is not known")
			}
			for _, m := range ends {
				g.join(n, m)
			}
		}
	}
	for _, p := range g.order {
		for _, n := range p.nodes {
			if n.fact.flags&declNoBody != 0 && !g.hasBody(n) {
				p.takeWhole(n.name() + " has no body")
			}
		}
	}
}

func (g *graph) resolveLink(p *pkg, f *srcFile, l linkFact, bySymbol map[string][]*node) {
	locals := p.decls[l.local]
	if len(locals) == 0 {
		p.takeWhole(f.facts.name + " links " + l.local + ", which is not declared")
	}
	targets := g.symbol(l.target)
	for _, n := range locals {
		ends := g.links[n]
		ends.text += "go:linkname " + l.target + "\x00"
		if l.target == "" { // others may link to it
			g.links[n] = ends
			continue
		}
		if path, name := splitSymbol(l.target); len(targets) == 0 && g.isOutside(path) {
			ends.outside = append(ends.outside, extRef{path, name, n.fact.line})
		}
		g.links[n] = ends
		for _, to := range targets {
			g.join(n, to)
			g.join(to, n)
		}
		bySymbol[l.target] = append(bySymbol[l.target], n)
	}
}

// linked reports whether a declaration may go by another name.
func (g *graph) linked(n *node) bool {
	ends := g.links[n]
	return ends.text != "" || len(ends.nodes) > 0
}

// join leads from one end to the other.
func (g *graph) join(from, to *node) {
	ends := g.links[from]
	if from != to && !slices.Contains(ends.nodes, to) {
		ends.nodes = append(ends.nodes, to)
		g.links[from] = ends
	}
}

// hasBody reports whether the code of a function without a body is that of
// another end.
func (g *graph) hasBody(n *node) bool {
	return len(g.links[n].outside) > 0 || slices.ContainsFunc(g.links[n].nodes, func(to *node) bool {
		return to.fact.flags&declNoBody == 0 || len(g.links[to].outside) > 0
	})
}

// takeWhole has all of a package count, for the first reason that is found.
func (p *pkg) takeWhole(why string) {
	if p.whole == "" {
		p.whole = why
	}
}

// symbol returns the declarations that a linker's symbol may stand for:
// import/path.name or import/path.(*T).method, where a path may hold dots.
func (g *graph) symbol(s string) (found []*node) {
	for i := strings.LastIndexByte(s, '/') + 1; i < len(s); i++ {
		if s[i] != '.' {
			continue
		}
		p, name := g.packages[s[:i]], s[i+1:]
		if s[:i] == "main" {
			p = g.target
		}
		if p == nil {
			continue
		}
		found = append(found, p.decls[name]...)
		if typ, method, ok := strings.Cut(plainName(name), "."); ok {
			for _, n := range p.methods[typ] {
				if n.fact.name == method {
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
func (g *graph) isOutside(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return std.IsPackage(path) || first == "internal" || std.IsPackage(first) || g.find(path).Module.Path != "" && g.find(path).Module.Version != "?"
}
