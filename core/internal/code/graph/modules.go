package graph

import (
	"maps"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// Modules lists the external modules whose versions stand for their code: those that
// are reached and those that are imported for their initialisation alone, with all
// that they require. So are those whose initialisation may have left something in one
// that is reached, or in the standard library where its state is used.
func (r *Reach) Modules() (list []Module) {
	g := r.Graph
	var paths []string
	for _, n := range r.Order {
		if n.Package.versioned {
			paths = append(paths, n.Package.Path)
		}
		for _, x := range n.Externals {
			paths = append(paths, x.Path)
		}
	}
	uses := func(n *Node) bool { return slices.ContainsFunc(n.Externals, g.usesState) }
	library := slices.ContainsFunc(r.Order, uses) || slices.ContainsFunc(g.LedTo(r.Order...).Order, uses)
	reached := g.modulesOf(paths)
	for path, imp := range g.foreign {
		leaves := imp.blank || library
		for module := range g.modulesOf([]string{path}) {
			leaves = leaves || reached[module]
		}
		if leaves {
			paths = append(paths, path)
		}
	}
	modules := g.modulesOf(paths)
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		v := g.mods.Version(path)
		m := Module{path, v.Version}
		if v.Path != path {
			m.Version = v.Path + " " + v.Version
		}
		list = append(list, m)
	}
	return list
}

// followedUnits returns the initialisation code of the modules that count and are
// followed, as they may call local packages.
func (r *Reach) followedUnits() (units []*Node) {
	if !slices.ContainsFunc(r.Graph.ByPath, func(p *Package) bool { return p.versioned }) {
		return nil
	}
	modules := r.Modules()
	for _, p := range r.Graph.ByPath {
		if !p.versioned || !slices.ContainsFunc(modules, func(m Module) bool { return m.Path == r.Graph.Find(p.Path).Module.Path }) {
			continue
		}
		for _, n := range p.Nodes {
			if n.Fact.Flags&facts.DeclInit != 0 {
				units = append(units, n)
			}
		}
	}
	return units
}

// modulesOf returns the external modules of packages, with what they require. In a
// workspace they are all, for a module that is not reached can raise the version of
// one that is, and where no go.mod names one, as before go 1.17.
func (g *Graph) modulesOf(packages []string) map[string]bool {
	var modules []string
	for _, path := range packages {
		switch m := g.Find(path).Module; {
		case m.Version.Version == "?", m.Version.Version != "" && g.mods.Workspace:
			modules = append(modules, g.mods.External()...)
		case m.Version.Version != "":
			modules = append(modules, m.Path)
		}
	}
	return g.mods.WithRequired(modules...)
}

// usesState reports whether a name of the standard library may come to state of
// it that others set, as one of which there is no source may. Package testing looks at
// its own flags. The local time zone counts by what it is, and what is written to the
// terminal is in no result.
func (g *Graph) usesState(x External) bool {
	if !std.IsPackage(x.Path) {
		p := g.External(x.Path)
		return !build.IsLibrary(x.Path) && (p == nil || len(p.Files) == 0)
	}
	return x.Path != "testing" && slices.ContainsFunc(std.StateOf(x.Path, x.Name), func(use std.StateUse) bool {
		return use.Name != "time.Local" && use.Name != "os.Stdout" && use.Name != "os.Stderr"
	})
}
