package source

import (
	"errors"
	"slices"
	"sort"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
)

// addStrays adds local packages that are in the binary although no local
// package imports them: an external module does. What of them it uses cannot
// be told, so they count whole. An error says that one of them is not what was
// compiled.
func (g *graph) addStrays(linked []string) error {
	for _, path := range linked {
		if g.packages[path] != nil {
			continue
		}
		where := g.find(path)
		if !where.Local || where.Dir == "" {
			continue
		}
		err := g.load(path, where.Dir, false)
		if stale := new(StaleError); errors.As(err, &stale) {
			return err
		}
		if err != nil {
			continue
		}
		g.packages[path].whole = "an external module imports it"
		g.strays = append(g.strays, path)
	}
	if len(g.strays) > 0 {
		g.order = nil
		for _, p := range g.packages {
			for _, n := range p.nodes {
				n.edges, n.ext, n.done = nil, nil, false
			}
			for _, f := range p.files {
				f.dots, f.vague = nil, nil
			}
		}
		g.finish()
	}
	return nil
}

// outsideImports stands in for the linker's list where there is no binary: it
// follows the imports of external packages, where one of their modules
// requires a local one.
func (g *graph) outsideImports() []string {
	var modules []Module
	for _, path := range g.mods.External() {
		modules = append(modules, Module{Path: path})
	}
	if len(g.importers(modules)) == 0 {
		return nil
	}
	var list []string
	seen := map[string]bool{}
	var follow func(paths []string)
	follow = func(paths []string) {
		for _, path := range paths {
			if seen[path] {
				continue
			}
			seen[path] = true
			where := g.find(path)
			if where.Local {
				list = append(list, path)
			}
			if where.Dir == "" {
				continue
			}
			pk, err := g.loadExternal(path, where)
			if err != nil {
				continue
			}
			for _, f := range pk.files {
				if f.facts == nil || f.facts.isTest() || !g.compiles(f.facts) {
					continue
				}
				for _, imp := range f.facts.imports {
					follow([]string{imp.path})
				}
			}
		}
	}
	for _, p := range g.order {
		follow(p.imports)
	}
	return list
}

// addModules lists the external modules that are reached, and all that they
// require: their versions stand for their code.
func (c *Closure) addModules(g *graph, r *reach) {
	reached := map[string]bool{}
	var add func(path string)
	add = func(path string) {
		if _, ok := g.mods.Version(path); !ok || reached[path] {
			return
		}
		reached[path] = true
		requires, err := g.mods.Requires(path)
		if err != nil { // no go.mod at hand: any of them
			requires = g.mods.External()
		}
		for _, p := range requires {
			add(p)
		}
	}
	addPackage := func(path string) {
		where := g.find(path)
		switch {
		case where.Module.Path == "":
		case where.Module.Version == "?": // not in any go.mod: go < 1.17 keeps some to itself
			for _, p := range g.mods.External() {
				add(p)
			}
		default:
			add(g.mods.ModuleOf(path))
		}
	}
	for _, n := range r.order {
		for _, x := range n.ext {
			addPackage(x.path)
		}
	}
	for _, p := range g.order {
		for _, f := range p.files {
			for _, imp := range f.facts.imports {
				if imp.name == "_" {
					addPackage(imp.path)
				}
			}
		}
	}
	if g.mods.Workspace() && len(reached) > 0 {
		// In a workspace a module that is not reached can raise the version of
		// one that is.
		for _, p := range g.mods.External() {
			add(p)
		}
	}
	for path := range reached {
		v, _ := g.mods.Version(path)
		m := Module{path, v.Version}
		if v.Path != path {
			m.Version = v.Path + " " + v.Version
		}
		c.Modules = append(c.Modules, m)
	}
	sort.Slice(c.Modules, func(i, j int) bool { return c.Modules[i].Path < c.Modules[j].Path })
}

// importers returns the external modules that require a local one and so may
// call into it.
func (g *graph) importers(reached []Module) []string {
	var list []string
	for _, r := range reached {
		requires, err := g.mods.Requires(r.Path)
		if err != nil {
			continue
		}
		if slices.ContainsFunc(g.mods.Local, func(l *build.LocalModule) bool { return slices.Contains(requires, l.Path) }) {
			list = append(list, r.Path)
		}
	}
	return list
}
