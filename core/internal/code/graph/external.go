package graph

import (
	"maps"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
)

// ExternalNodes returns the declarations of a name of an external package, which
// is loaded if it is not there yet.
func (g *Graph) ExternalNodes(x External) []*Node {
	if p := g.External(x.Path); p != nil {
		return p.Decls[x.Name]
	}
	return nil
}

// External returns a package of another module, without what cannot be read of it,
// nil where its source is not at hand.
func (g *Graph) External(path string) *Package {
	if p, known := g.Externals[path]; known {
		return p
	}
	where, name := g.Find(path), path
	if where.Local || where.Dir == "" {
		g.Externals[path] = nil
		return nil
	}
	if version := where.Module.Version.Version; version != "" {
		name += "@" + version
	}
	pk, err := g.read(name, where.Dir, false)
	if err != nil {
		pk = &pack.Dir{}
	}
	p := g.newPackage(path, where.Dir, pk, g.compiles)
	p.External = true
	g.Externals[path] = p
	g.resolveImports(p)
	return p
}

// Next returns the declarations that one mentions, of other modules too, and for a
// variable of these the functions init that fill it.
func (g *Graph) Next(n *Node) []*Node {
	next, known := g.next[n]
	if !known {
		g.Resolve(n)
		next = slices.Clip(n.Edges)
		if n.isFar() && n.Fact.Kind == facts.KindVar {
			next = append(next, g.initsOf(n)...)
		}
		for _, y := range n.Externals {
			next = append(next, g.ExternalNodes(y)...)
		}
		g.next[n] = next
	}
	return next
}

// Abroad returns the packages of other modules that the code of the binary leads to.
func (g *Graph) Abroad() []*Package {
	if g.abroad == nil {
		seen := map[*Package]bool{}
		for _, n := range g.LedTo(g.Executed().Order...).Order {
			if p := n.Package; p.External && !seen[p] {
				seen[p] = true
				g.abroad = append(g.abroad, p)
			}
		}
	}
	return g.abroad
}

// First returns the first declaration of those in a list, or that they lead to in other
// modules, of which something holds, nil if there is none. quiet keeps those that lead to
// none.
func (g *Graph) First(list []*Node, quiet map[*Node]bool, is func(*Node) bool) *Node {
	seen := map[*Node]bool{}
	for list = slices.Clip(list); len(list) > 0; list = list[1:] {
		if n := list[0]; !seen[n] && !quiet[n] {
			seen[n] = true
			list = append(list, g.Next(n)...)
			if is(n) {
				return n
			}
		}
	}
	maps.Copy(quiet, seen)
	return nil
}

// initsOf returns the initialisation code of its package that leads to a variable of
// another module.
func (g *Graph) initsOf(v *Node) []*Node {
	p := v.Package
	if p.inits == nil {
		p.inits = map[*Node][]*Node{}
		for _, n := range p.Nodes {
			if n.Fact.Flags&facts.DeclInit == 0 {
				continue
			}
			seen := map[*Node]bool{n: true}
			for list := []*Node{n}; len(list) > 0; list = list[1:] {
				g.Resolve(list[0])
				for _, to := range list[0].Edges {
					if !seen[to] {
						seen[to] = true
						if list = append(list, to); to.Fact.Kind == facts.KindVar {
							p.inits[to] = append(p.inits[to], n)
						}
					}
				}
			}
		}
	}
	return p.inits[v]
}

// Modules lists the external modules that local packages of the binary import, with all
// that they require: their versions stand for their code. Nearly each function reaches
// something that the initialisation of any of them may have changed, if only in the
// standard library. In a workspace they are all, for a module that is not imported can
// raise the version of one that is, and where no go.mod names one, as before go 1.17.
func (g *Graph) Modules() (list []Module) {
	var paths []string
	for path := range g.foreign {
		switch m := g.Find(path).Module; {
		case m.Version.Version == "?", m.Version.Version != "" && g.mods.Workspace:
			paths = append(paths, g.mods.External()...)
		case m.Version.Version != "":
			paths = append(paths, m.Path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(g.mods.WithRequired(paths...))) {
		v := g.mods.Version(path)
		m := Module{path, v.Version}
		if v.Path != path {
			m.Version = v.Path + " " + v.Version
		}
		list = append(list, m)
	}
	return list
}
