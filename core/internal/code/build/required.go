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

// skips reports whether a module is this library, which does not change what fixtures
// are: it counts in its own tests alone.
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

// WithRequired returns external modules with all that they require: all modules where
// their go.mod files are not at hand.
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
		requires, known := m.required().of[path]
		all = all && known
		todo = append(todo, requires...)
	}
	return list, all
}

// Version returns the version used of an external module, with another path if a replace
// line says so. It is zero for a path that is no such module, or this library.
func (m *Modules) Version(path string) (v gomod.Version) {
	if known := m.known[path]; known != nil && known.Dir == "" && !m.skips(path) {
		return known.Version
	}
	return v
}

// A requirements holds what the external modules require, as the module cache has their
// go.mod files.
type requirements struct {
	of    map[string][]string // by path; nothing for one that is not at hand
	local map[string]bool     // the modules that require a local one, also by way of others, or may
}

// findRequired reads what all external modules require.
func (m *Modules) findRequired() requirements {
	r, bare, calls := requirements{map[string][]string{}, map[string]bool{}}, []string{}, false
	for path := range m.known {
		v := m.Version(path)
		p, version := escaped(v)
		data, err := unlogged.ReadFile(filepath.Join(m.cache, "cache", "download", p, "@v", version+".mod"))
		f, err2 := gomod.Parse(data)
		switch {
		case v == (gomod.Version{}):
			r.local[path] = !m.skips(path)
		case err != nil || err2 != nil:
			r.local[path] = true
		default:
			r.of[path] = []string{}
			if f.Go == "" {
				bare = append(bare, path)
			}
			for _, require := range f.Require {
				r.of[path] = append(r.of[path], require.Path)
			}
		}
	}
	r.spread()
	for path := range r.of {
		calls = calls || r.local[path]
	}
	for _, path := range bare { // it need not require what it imports, and has no go.mod perhaps
		r.local[path] = r.local[path] || calls
	}
	r.spread()
	return r
}

// spread marks as local the modules that require one which is.
func (r requirements) spread() {
	for more := true; more; {
		more = false
		for path, list := range r.of {
			if !r.local[path] && slices.ContainsFunc(list, func(path string) bool { return r.local[path] }) {
				r.local[path], more = true, true
			}
		}
	}
}
