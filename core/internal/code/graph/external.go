package graph

import (
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

// Next returns the declarations of other modules that one of them mentions, and for
// a variable the functions init that fill it.
func (g *Graph) Next(n *Node) []*Node {
	next, known := g.next[n]
	if !known {
		g.Resolve(n)
		next = slices.Clip(n.Edges)
		if n.Fact.Kind == facts.KindVar {
			next = append(next, g.initsOf(n)...)
		}
		for _, y := range n.Externals {
			next = append(next, g.ExternalNodes(y)...)
		}
		g.next[n] = next
	}
	return next
}

// initsOf returns the functions init of its package that mention a variable of
// another module.
func (g *Graph) initsOf(v *Node) (list []*Node) {
	for _, n := range v.Package.Nodes {
		if n.Fact.Kind == facts.KindInit {
			if g.Resolve(n); slices.Contains(n.Edges, v) {
				list = append(list, n)
			}
		}
	}
	return list
}
