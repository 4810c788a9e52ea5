package source

import (
	"errors"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// linkedPackages reads the list of packages that go test left beside a binary
// for the linker, or returns nil.
func linkedPackages(file string) []string {
	data, err := quiet.ReadFile(file)
	if err != nil {
		return nil
	}
	var list []string
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "packagefile "); ok {
			path, _, _ := strings.Cut(rest, "=")
			list = append(list, path)
		}
	}
	return list
}

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
		if !where.local || where.dir == "" {
			continue
		}
		err := g.load(path, where.dir, false)
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
	for path, v := range g.mods.version {
		modules = append(modules, Module{path, v.Version})
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
			if where.local {
				list = append(list, path)
			}
			if where.dir == "" {
				continue
			}
			pk, err := g.loadExternal(path, where)
			if err != nil {
				continue
			}
			for _, f := range pk.files {
				if f.facts == nil || f.facts.isTest() || !g.match.compiles(f.facts) {
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
		v, ok := g.mods.version[path]
		if !ok || reached[path] {
			return
		}
		reached[path] = true
		requires, err := g.mods.requires(v)
		if err != nil { // no go.mod at hand: any of them
			requires = g.mods.versionPaths()
		}
		for _, p := range requires {
			add(p)
		}
	}
	addPackage := func(path string) {
		where := g.find(path)
		switch {
		case where.module.Path == "":
		case where.module.Version == "?": // not in any go.mod: go < 1.17 keeps some to itself
			for _, p := range g.mods.versionPaths() {
				add(p)
			}
		default:
			add(g.mods.moduleOf(path))
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
	if g.mods.work != "" && len(reached) > 0 {
		// In a workspace a module that is not reached can raise the version of
		// one that is.
		for _, p := range g.mods.versionPaths() {
			add(p)
		}
	}
	for path := range reached {
		v := g.mods.version[path]
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
		requires, err := g.mods.requires(g.mods.version[r.Path])
		if err != nil {
			continue
		}
		if slices.ContainsFunc(g.mods.local, func(l *localModule) bool { return slices.Contains(requires, l.path) }) {
			list = append(list, r.Path)
		}
	}
	return list
}

func (m *modules) versionPaths() []string {
	var list []string
	for path := range m.version {
		list = append(list, path)
	}
	slices.Sort(list)
	return list
}

// moduleOf returns the path of the external module that holds a package.
func (m *modules) moduleOf(pkg string) string {
	best := ""
	for path := range m.version {
		if inPath(pkg, path) && len(path) > len(best) {
			best = path
		}
	}
	return best
}

// requires returns the paths of the modules that a module requires.
func (m *modules) requires(v module.Version) ([]string, error) {
	if list, ok := m.required[v]; ok {
		return list, nil
	}
	p, err := module.EscapePath(v.Path)
	if err != nil {
		return nil, err
	}
	ver, err := module.EscapeVersion(v.Version)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(m.cache, "cache", "download", filepath.FromSlash(p), "@v", ver+".mod")
	data, err := quiet.ReadFile(file)
	if err != nil {
		return nil, err
	}
	f, err := modfile.ParseLax(file, data, nil)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, r := range f.Require {
		list = append(list, r.Mod.Path)
	}
	if m.required == nil {
		m.required = map[module.Version][]string{}
	}
	m.required[v] = list
	return list, nil
}
