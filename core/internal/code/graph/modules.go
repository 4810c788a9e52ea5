package graph

import (
	"maps"
	"slices"
	"sort"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// A moduleSet gathers the external modules that count, each with all that it
// requires.
type moduleSet struct {
	g    *Graph
	have map[string]bool
}

// Modules lists the external modules that are reached, and all that they
// require: their versions stand for their code. So do those of the modules whose
// initialisation may leave something that fn finds.
func (r *Reach) Modules() (list []Module) {
	g := r.Graph
	set := &moduleSet{g, map[string]bool{}}
	for _, n := range r.Order {
		for _, x := range n.Externals {
			set.addPackage(x.Path)
		}
	}
	set.addImports(r)
	if g.mods.Workspace && len(set.have) > 0 {
		// In a workspace a module that is not reached can raise the version of
		// one that is.
		set.addAll()
	}
	for path := range set.have {
		v := g.mods.Version(path)
		m := Module{path, v.Version}
		if v.Path != path {
			m.Version = v.Path + " " + v.Version
		}
		list = append(list, m)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Path < list[j].Path })
	return list
}

// add adds a module with all that it requires.
func (s *moduleSet) add(path string) {
	if v := s.g.mods.Version(path); v.Path == "" || s.have[path] {
		return
	}
	s.have[path] = true
	requires, err := s.g.mods.Requires(path)
	if err != nil { // no go.mod at hand: any of them
		requires = s.g.mods.External()
	}
	for _, p := range requires {
		s.add(p)
	}
}

func (s *moduleSet) addAll() {
	for _, p := range s.g.mods.External() {
		s.add(p)
	}
}

// addPackage adds the module of a package, if an external one has it.
func (s *moduleSet) addPackage(path string) {
	switch where := s.g.Find(path); {
	case where.Module.Path == "":
	case where.Module.Version == "?": // not in any go.mod: go < 1.17 keeps some to itself
		s.addAll()
	default:
		s.add(s.g.mods.ModuleOf(path))
	}
}

// addImports adds the modules that local packages import for nothing but what
// their initialisation does, or for what is not reached. Of the latter those
// count that may leave something where the closure looks: in the standard
// library, in a module that is reached, in a local package.
func (s *moduleSet) addImports(r *Reach) {
	reached := maps.Clone(s.have)
	library := slices.ContainsFunc(r.Order, func(n *Node) bool { return slices.ContainsFunc(n.Externals, usesState) })
	leaves := func(module string) bool {
		with := &moduleSet{s.g, map[string]bool{}}
		with.add(module)
		maps.DeleteFunc(with.have, func(path string, _ bool) bool { return !reached[path] })
		return library || len(with.have) > 0 || s.g.callsInto(module, r)
	}
	seen := map[string]bool{}
	for _, p := range s.g.ByPath {
		for _, f := range p.Files {
			for _, imp := range f.Facts.Imports {
				if imp.Name == "_" || !seen[imp.Path] && leaves(s.g.mods.ModuleOf(imp.Path)) {
					s.addPackage(imp.Path)
				}
				seen[imp.Path] = true
			}
		}
	}
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
