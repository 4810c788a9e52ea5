package graph

import (
	"fmt"
	"maps"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
)

// importsAbroad returns what a package of another module imports, the first time that
// it is asked for it, and notes the local packages among that.
func (g *Graph) importsAbroad(path string) []string {
	where := g.Find(path)
	if where.Local || where.Dir == "" || g.abroad.Packages[path] != nil {
		return nil
	}
	p := g.external(path)
	for _, imp := range p.imports {
		if g.Find(imp).Local {
			g.callers[imp] = append(g.callers[imp], where.Module.Path)
		}
	}
	return p.imports
}

// CalledBy returns the local packages that external modules import, and why
// they count.
func (g *Graph) CalledBy(modules []Module) (nodes []*Node, why []string) {
	for _, path := range slices.Sorted(maps.Keys(g.callers)) {
		i := slices.IndexFunc(modules, func(m Module) bool { return slices.Contains(g.callers[path], m.Path) })
		if p := g.Packages[path]; i >= 0 && p != nil {
			nodes = append(nodes, p.Nodes...)
			why = append(why, fmt.Sprintf("all of %s counts: module %s imports it", path, modules[i].Path))
		}
	}
	return nodes, why
}

// MaxOutside bounds how many external packages are parsed to look for calls
// that nothing can see through. Beyond it they count as having some.
const MaxOutside = 400

// OtherModules returns the graph of packages of other modules, as far as they are
// loaded.
func (g *Graph) OtherModules() *Graph { return g.abroad }

// ExternalNodes returns the declarations of a name of an external package, which
// is loaded if it is not there yet.
func (g *Graph) ExternalNodes(x External) []*Node {
	if where := g.Find(x.Path); where.Local || where.Dir == "" {
		return nil
	}
	return g.external(x.Path).Decls[x.Name]
}

// external returns a package of another module, without what cannot be read of it.
func (g *Graph) external(path string) *Package {
	g = g.OtherModules()
	p := g.Packages[path]
	if p != nil {
		return p
	}
	where, name := g.Find(path), path
	if version := where.Module.Version.Version; version != "" {
		name += "@" + version
	}
	pk, err := pack.Load(name, where.Dir, g.cache, pack.Filter{Matcher: &g.match})
	if err != nil {
		pk = &pack.Dir{}
	}
	p = g.newPackage(path, where.Dir, pk, g.compiles)
	p.External = true
	g.Packages[path] = p
	g.resolveImports(p)
	return p
}

// An Outlook is what a name of another module leads to in other modules, as far as
// their source is at hand.
type Outlook struct {
	Nodes   []*Node
	TooMuch bool // there is more of it than is looked through
}

// Outside returns what a name of a package of another module leads to.
func (g *Graph) Outside(x External) *Outlook {
	x.Line = 0
	out := g.outlooks[x]
	if out == nil {
		out = g.OutsideFrom(g.ExternalNodes(x), true)
		g.outlooks[x] = out
	}
	return out
}

// OutsideFrom returns what declarations of other modules lead to. Without types,
// they lead by functions and variables alone: a type has many methods that nobody
// calls.
func (g *Graph) OutsideFrom(roots []*Node, types bool) *Outlook {
	out, others := &Outlook{}, g.OtherModules()
	seen := map[*Node]bool{}
	push := func(list []*Node) {
		for _, n := range list {
			if !seen[n] && (types || n.Fact.Kind != facts.KindType && n.Fact.Kind != facts.KindMethod) {
				seen[n] = true
				out.Nodes = append(out.Nodes, n)
			}
		}
	}
	push(roots)
	for i := 0; i < len(out.Nodes) && !out.TooMuch; i++ {
		n := out.Nodes[i]
		others.Resolve(n)
		push(n.Edges)
		if n.Fact.Kind == facts.KindVar {
			push(others.initsOf(n))
		}
		for _, y := range n.Externals {
			push(others.ExternalNodes(y))
		}
		out.TooMuch = len(others.Packages) > MaxOutside
	}
	return out
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
