package graph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
)

// AddLinked adds local packages that are in the binary although no local
// package imports them: an external module does, or -coverpkg. What comes of this
// library alone is left out: a package of a vendor directory, or of a module that
// a replace line names, that nothing else in the binary imports.
func (g *Graph) AddLinked(linked []string) error {
	g.findCallers(linked)
	if linked == nil {
		return g.loadAll(g.calledPackages())
	}
	return g.loadAll(slices.DeleteFunc(slices.Clone(linked), func(path string) bool {
		return g.callers[path] == nil && !g.mods.InMain(path)
	}))
}

// loadAll adds local packages that are not yet there, as far as they can be
// read. An error says that one of them is not what was compiled.
func (g *Graph) loadAll(paths []string) error {
	added := false
	for _, path := range paths {
		where := g.Find(path)
		if g.Packages[path] != nil || !where.Local || where.Dir == "" {
			continue
		}
		err := g.load(path, where.Dir, false)
		if stale := new(build.StaleError); errors.As(err, &stale) {
			return err
		}
		added = added || err == nil
	}
	if added {
		g.ByPath = nil
		for _, p := range g.Packages {
			for _, n := range p.Nodes {
				n.Edges, n.Externals, n.done = nil, nil, false
			}
			for _, f := range p.Files {
				f.Dots, f.Vague = nil, nil
			}
		}
		g.finish()
	}
	return nil
}

// findCallers notes which external modules import which local packages: only
// those can call them, that require a module of theirs and have a package in the
// binary that imports one. Without the linker's list it follows the imports of
// external packages.
func (g *Graph) findCallers(linked []string) {
	g.callers = map[string][]string{}
	var modules []Module
	for _, path := range g.mods.External() {
		modules = append(modules, Module{Path: path})
	}
	able := g.importers(modules)
	if len(able) == 0 {
		return
	}
	note := func(module string, imports []string) {
		for _, path := range imports {
			if g.Find(path).Local && !slices.Contains(g.callers[path], module) {
				g.callers[path] = append(g.callers[path], module)
			}
		}
	}
	if linked != nil {
		for _, path := range linked {
			if module := g.mods.ModuleOf(path); slices.Contains(able, module) && !g.Find(path).Local {
				note(module, g.importsOf(path))
			}
		}
		return
	}
	seen := map[string]bool{}
	var follow func(paths []string)
	follow = func(paths []string) {
		for _, path := range paths {
			where := g.Find(path)
			if seen[path] || where.Local || where.Dir == "" {
				continue
			}
			seen[path] = true
			imports := g.importsOf(path)
			note(g.mods.ModuleOf(path), imports)
			follow(imports)
		}
	}
	for _, p := range g.ByPath {
		follow(p.imports)
	}
}

// syntax.ImportsOf returns what the files of an external package import that
// the build compiles.
func (g *Graph) importsOf(path string) (imports []string) {
	where := g.Find(path)
	if where.Dir == "" {
		return nil
	}
	pk, err := g.loadExternal(path, where)
	if err != nil {
		return nil
	}
	for _, f := range pk.Files {
		if f.Facts == nil || f.Facts.IsTest() || !g.compiles(f.Facts) {
			continue
		}
		for _, imp := range f.Facts.Imports {
			imports = append(imports, imp.Path)
		}
	}
	return imports
}

// calledPackages returns the paths of the local packages that external modules
// import, in order.
func (g *Graph) calledPackages() (paths []string) {
	for path := range g.callers {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// CalledBy returns the local packages that external modules import, and why
// they count.
func (g *Graph) CalledBy(modules []Module) (nodes []*Node, why []string) {
	for _, path := range g.calledPackages() {
		i := slices.IndexFunc(modules, func(m Module) bool { return slices.Contains(g.callers[path], m.Path) })
		if p := g.Packages[path]; i >= 0 && p != nil {
			nodes = append(nodes, p.Nodes...)
			why = append(why, fmt.Sprintf("all of %s counts: module %s imports it", path, modules[i].Path))
		}
	}
	return nodes, why
}

// importers returns the external modules that require a local one, or of which
// that is not known, and so may call into it.
func (g *Graph) importers(reached []Module) []string {
	var list []string
	for _, r := range reached {
		requires, err := g.mods.Requires(r.Path)
		if err != nil || slices.ContainsFunc(g.mods.Local, func(l *build.LocalModule) bool { return slices.Contains(requires, l.Path) }) {
			list = append(list, r.Path)
		}
	}
	return list
}
