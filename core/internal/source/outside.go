package source

import "github.com/fixturecache/fixturecache/core/internal/code/build"

// maxOutside bounds how many external packages are parsed to look for calls
// that nothing can see through. Beyond it they count as having some.
const maxOutside = 400

// otherModules returns the graph of packages of other modules, as far as they are
// loaded.
func (g *graph) otherModules() *graph {
	if g.abroad == nil {
		g.abroad = &graph{b: g.b, mods: g.mods, cache: g.cache, match: g.match, packages: map[string]*pkg{}, places: g.places}
	}
	return g.abroad
}

// loadExternal returns the facts of a package that is found anywhere.
func (g *graph) loadExternal(path string, where build.Place) (*pack, error) {
	if where.Module.Version != "" {
		path += "@" + where.Module.Version
	}
	return loadPack(path, where.Dir, g.cache, wants{match: &g.match})
}

// externalNodes returns the declarations of a name of an external package, which
// is loaded if it is not there yet.
func (g *graph) externalNodes(x extRef) []*node {
	where := g.find(x.path)
	if where.Local || where.Dir == "" {
		return nil
	}
	p := g.packages[x.path]
	if p == nil {
		pk, err := g.loadExternal(x.path, where)
		if err != nil {
			pk = &pack{}
		}
		p = newPkg(x.path, where.Dir)
		p.external = true
		g.packages[x.path] = p
		for i := range pk.files {
			f := &pk.files[i]
			if f.facts != nil && !f.facts.isTest() && g.compiles(f.facts) {
				p.add(f)
			}
		}
		g.resolveExternalImports(p)
	}
	return p.decls[x.name]
}

// resolveExternalImports is resolveImports where packages are not loaded
// before they are reached: names are guessed from paths.
func (g *graph) resolveExternalImports(p *pkg) {
	for _, f := range p.files {
		f.names = map[string]string{}
		for _, imp := range f.facts.imports {
			switch imp.name {
			case ".":
				f.dots = append(f.dots, imp.path)
			case "_":
			case "":
				for _, name := range likelyNames(imp.path) {
					f.names[name] = imp.path
				}
			default:
				f.names[imp.name] = imp.path
			}
		}
	}
}
