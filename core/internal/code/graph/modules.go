package graph

import (
	"maps"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// Modules lists the external modules that are reached, and all that they
// require: their versions stand for their code. So do those of the modules whose
// initialisation may leave something that fn finds.
func (r *Reach) Modules() (list []Module) {
	g, packages, library := r.Graph, map[string]bool{}, false
	for _, n := range r.Order {
		for _, x := range n.Externals {
			packages[x.Path] = true
			library = library || usesState(x)
		}
	}
	reached := g.modulesOf(packages)
	isReached := func(path string) bool { return reached[path] }
	// What is imported by name, and not reached, counts if it may leave something
	// where the closure looks: in the standard library, in a module that is reached,
	// in a local package.
	for _, imp := range g.foreign {
		with := slices.Collect(maps.Keys(g.modulesOf(map[string]bool{imp.path: true})))
		if imp.blank || library || slices.ContainsFunc(with, isReached) || g.callsInto(g.Find(imp.path).Module.Path, r) {
			packages[imp.path] = true
		}
	}
	modules := g.modulesOf(packages)
	if g.mods.Workspace && len(modules) > 0 {
		// A module that is not reached can raise the version of one that is.
		modules = g.mods.WithRequired(g.mods.External()...)
	}
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

// modulesOf returns the external modules of packages, with what they require.
func (g *Graph) modulesOf(packages map[string]bool) map[string]bool {
	var modules []string
	for path := range packages {
		switch where := g.Find(path); {
		case where.Local || where.Module.Path == "":
		case where.Module.Version.Version == "?": // not in any go.mod: go < 1.17 keeps some to itself
			modules = append(modules, g.mods.External()...)
		default:
			modules = append(modules, where.Module.Path)
		}
	}
	return g.mods.WithRequired(modules...)
}

// usesState reports whether a name of the standard library may come to state of
// it that others set. Package testing looks at its own flags. The local time zone
// counts by what it is, and what is written to the terminal is in no result.
func usesState(x External) bool {
	return x.Path != "testing" && slices.ContainsFunc(std.StateOf(x.Path, x.Name), func(use std.StateUse) bool {
		return use.Name != "time.Local" && use.Name != "os.Stdout" && use.Name != "os.Stderr"
	})
}

// callsInto reports whether a module imports a local package of which something
// is reached.
func (g *Graph) callsInto(module string, r *Reach) bool {
	for path, modules := range g.callers {
		if p := g.Packages[path]; p != nil && slices.Contains(modules, module) && slices.ContainsFunc(p.Nodes, r.Has) {
			return true
		}
	}
	return false
}
