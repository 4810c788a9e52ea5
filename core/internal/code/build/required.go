package build

import (
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// External returns the paths of the modules that count by version, sorted, but
// for this library and what it alone requires.
func (m *Modules) External() []string {
	var list []string
	for path := range m.version {
		if !m.ofLibrary(path) {
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return list
}

// Version returns what is used for an external module: of another path if a
// replace line says so.
func (m *Modules) Version(path string) (v module.Version, ok bool) {
	v, ok = m.version[path]
	return v, ok
}

// ModuleOf returns the path of the external module that holds a package.
func (m *Modules) ModuleOf(pkg string) string {
	best := ""
	for path := range m.version {
		if inPath(pkg, path) && len(path) > len(best) {
			best = path
		}
	}
	return best
}

// Requires returns the paths of the modules that an external one requires, as
// the module cache has its go.mod.
func (m *Modules) Requires(path string) ([]string, error) {
	v := m.version[path]
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
	data, err := unlogged.ReadFile(file)
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

// library is the path of this library's module.
const library = "github.com/fixturecache/fixturecache"

// Skips reports whether a module is this library, which changes nothing of what
// is built: it counts in its own tests alone.
func (m *Modules) Skips(path string) bool { return path == library && !m.own }

// addDirect notes what a local module requires for itself.
func (m *Modules) addDirect(path string, requires []*modfile.Require) {
	if m.direct == nil {
		m.direct = map[string]bool{}
	}
	for _, r := range requires {
		if path != library && r.Mod.Path != library && !r.Indirect {
			m.direct[r.Mod.Path] = true
		}
	}
}

// ofLibrary reports whether a module is this library, or would not be required
// but for it. Where not all requirements are at hand, it says so of the library
// alone.
func (m *Modules) ofLibrary(path string) bool {
	if m.own || path == library {
		return m.Skips(path)
	}
	if _, version := m.version[library]; !version && !slices.ContainsFunc(m.Local, func(l *LocalModule) bool { return l.Path == library }) {
		return false
	}
	if m.without == nil {
		m.without = map[string]bool{}
		for path := range m.direct {
			m.requireWithout(path)
		}
	}
	return !m.without[path] && !m.without[""]
}

// requireWithout notes a module and what it requires. The empty path stands for
// requirements that are not known.
func (m *Modules) requireWithout(path string) {
	if path == library || m.without[path] {
		return
	}
	m.without[path] = true
	if _, ok := m.version[path]; !ok {
		return
	}
	requires, err := m.Requires(path)
	if err != nil {
		m.without[""] = true
	}
	for _, p := range requires {
		m.requireWithout(p)
	}
}
