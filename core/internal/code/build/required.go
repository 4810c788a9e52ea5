package build

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/gomod"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// library is the path of this library's module.
const library = "github.com/fixturecache/fixturecache"

// skips reports whether a module is this library, which changes nothing of what
// is built: it counts in its own tests alone.
func (m *Modules) skips(path string) bool { return path == library && !m.own }

// External returns the paths of the modules that count by version, sorted, but
// for this library and what it alone requires. Where not all requirements are at
// hand, it leaves out the library alone.
func (m *Modules) External() []string {
	needed, all := m.withRequired(m.direct)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(m.known)), func(path string) bool {
		return m.Version(path) == (gomod.Version{}) || all && !m.own && !needed[path]
	})
}

// WithRequired returns external modules with all that they require, which may be
// any where that is not at hand.
func (m *Modules) WithRequired(paths ...string) map[string]bool {
	list, all := m.withRequired(paths)
	if !all {
		list, _ = m.withRequired(append(m.External(), paths...))
	}
	return list
}

func (m *Modules) withRequired(paths []string) (list map[string]bool, all bool) {
	list, all = map[string]bool{}, true
	for todo := slices.Clone(paths); len(todo) > 0; todo = todo[1:] {
		path := todo[0]
		if list[path] || m.Version(path) == (gomod.Version{}) {
			continue
		}
		list[path] = true
		requires, err := m.Requires(path)
		all = all && err == nil
		todo = append(todo, requires...)
	}
	return list, all
}

// Version returns what is used for an external module: of another path if a
// replace line says so. It is zero for a path that is none, or this library.
func (m *Modules) Version(path string) (v gomod.Version) {
	if known := m.known[path]; known != nil && known.Dir == "" && !m.skips(path) {
		return known.Version
	}
	return v
}

// Requires returns the paths of the modules that an external one requires, as
// the module cache has its go.mod.
func (m *Modules) Requires(path string) ([]string, error) {
	v := m.Version(path)
	if list, ok := m.required[v]; ok {
		return list, nil
	}
	p, version := escaped(v)
	file := filepath.Join(m.cache, "cache", "download", p, "@v", version+".mod")
	data, err := unlogged.ReadFile(file)
	if err != nil {
		return nil, err
	}
	f, err := gomod.Parse(data)
	if err != nil {
		return nil, err
	}
	list := []string{}
	for _, r := range f.Require {
		list = append(list, r.Path)
	}
	m.required[v] = list
	return list, nil
}

// RequiresLocal reports whether an external module requires a local one, or
// whether that is not known.
func (m *Modules) RequiresLocal(path string) bool {
	requires, err := m.Requires(path)
	return err != nil || slices.ContainsFunc(requires, func(path string) bool { return m.known[path] != nil && m.known[path].Dir != "" })
}
