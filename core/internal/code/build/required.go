package build

import (
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// External returns the paths of the modules that count by version, sorted.
func (m *Modules) External() []string {
	var list []string
	for path := range m.version {
		list = append(list, path)
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
