package graph

import (
	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// MaxOutside bounds how many external packages are parsed to look for calls
// that nothing can see through. Beyond it they count as having some.
const MaxOutside = 400

// OtherModules returns the graph of packages of other modules, as far as they are
// loaded.
func (g *Graph) OtherModules() *Graph {
	if g.abroad == nil {
		g.abroad = &Graph{b: g.b, mods: g.mods, cache: g.cache, match: g.match, Packages: map[string]*Package{}, places: g.places}
	}
	return g.abroad
}

// An Outlook is what a name of another module leads to in other modules, as far as
// their source is at hand.
type Outlook struct {
	Nodes   []*Node
	TooMuch bool // there is more of it than is looked through
}

// Outside returns what a name of a package of another module leads to. Without
// types, it leads by functions and variables alone: a type has many methods that
// nobody calls.
func (g *Graph) Outside(x External, types bool) *Outlook {
	x.Line = 0
	if !types {
		x.Line = -1 // another one
	}
	if out := g.outlooks[x]; out != nil {
		return out
	}
	if g.outlooks == nil {
		g.outlooks = map[External]*Outlook{}
	}
	out := g.OutsideFrom(g.OtherModules().ExternalNodes(External{Path: x.Path, Name: x.Name}), types)
	g.outlooks[x] = out
	return out
}

// OutsideFrom returns what declarations of other modules lead to.
func (g *Graph) OutsideFrom(roots []*Node, types bool) *Outlook {
	out, others := &Outlook{}, g.OtherModules()
	seen := map[*Node]bool{}
	push := func(list []*Node) {
		for _, n := range list {
			if !seen[n] && (types || n.Fact.Kind == facts.KindFunc || n.Fact.Kind == facts.KindVar) {
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
		for _, y := range n.Externals {
			push(others.ExternalNodes(y))
		}
		out.TooMuch = len(others.Packages) > MaxOutside
	}
	return out
}

// loadExternal returns the facts of a package that is found anywhere.
func (g *Graph) loadExternal(path string, where build.Place) (*pack.Dir, error) {
	if where.Module.Version != "" {
		path += "@" + where.Module.Version
	}
	return pack.Load(path, where.Dir, g.cache, pack.Filter{Matcher: &g.match})
}

// ExternalNodes returns the declarations of a name of an external package, which
// is loaded if it is not there yet.
func (g *Graph) ExternalNodes(x External) []*Node {
	where := g.Find(x.Path)
	if where.Local || where.Dir == "" {
		return nil
	}
	p := g.Packages[x.Path]
	if p == nil {
		pk, err := g.loadExternal(x.Path, where)
		if err != nil {
			pk = &pack.Dir{}
		}
		p = newPkg(x.Path, where.Dir)
		p.External = true
		g.Packages[x.Path] = p
		for i := range pk.Files {
			f := &pk.Files[i]
			if f.Facts != nil && !f.Facts.IsTest() && g.compiles(f.Facts) {
				p.add(f)
			}
		}
		g.resolveExternalImports(p)
	}
	return p.Decls[x.Name]
}

// resolveExternalImports is resolveImports where packages are not loaded
// before they are reached: names are guessed from paths.
func (g *Graph) resolveExternalImports(p *Package) {
	for _, f := range p.Files {
		f.Names = map[string]string{}
		for _, imp := range f.Facts.Imports {
			switch imp.Name {
			case ".":
				f.Dots = append(f.Dots, imp.Path)
			case "_":
			case "":
				for _, name := range syntax.LikelyNames(imp.Path) {
					f.Names[name] = imp.Path
				}
			default:
				f.Names[imp.Name] = imp.Path
			}
		}
	}
}
