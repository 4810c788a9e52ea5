package build

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/gomod"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Place is where the source of an import path lies.
type Place struct {
	Dir    string // "" if unknown
	Local  bool   // followed into its declarations: also of a module that counts by version and may call a local one
	Module Module // the module that holds it; without a path for the standard library, and with version "?" where no go.mod names it
}

// holders returns the modules that may hold a package by their paths, the longest
// first.
func (m *Modules) holders(pkg string) (list []*Module) {
	for prefix := pkg; prefix != "." && prefix != "/"; prefix = path.Dir(prefix) {
		if known := m.known[prefix]; known != nil {
			list = append(list, known)
		}
	}
	return list
}

// Find returns where the package of an import path is compiled from, in the one of the
// modules that may hold it that does.
func (m *Modules) Find(pkg string) Place {
	if !m.own && IsLibrary(pkg) {
		return Place{}
	}
	if mod := m.vendored[pkg]; mod != nil {
		return Place{filepath.Join(m.vendor, filepath.FromSlash(pkg)), true, *mod}
	}
	switch holders := m.holders(pkg); len(holders) {
	case 0:
	case 1:
		return m.placeIn(holders[0], pkg)
	default:
		place, known := m.places.Load(pkg)
		if !known {
			place, _ = m.places.LoadOrStore(pkg, m.placeAmong(holders, pkg))
		}
		return place.(Place)
	}
	// A module without a dot in its first element cannot be had but by a replace
	// line, and those are known: such a package comes with Go.
	if first, _, _ := strings.Cut(pkg, "/"); !strings.Contains(first, ".") {
		return Place{}
	}
	return Place{Module: Module{Path: pkg, Version: gomod.Version{Path: pkg, Version: "?"}}}
}

// placeAmong returns where a package lies that one of some modules holds.
func (m *Modules) placeAmong(holders []*Module, pkg string) Place {
	for _, known := range holders {
		place := m.placeIn(known, pkg)
		if found, _ := hasGo(place.Dir); found {
			return place
		}
	}
	return m.placeIn(holders[0], pkg)
}

// placeIn returns where a package lies if a module holds it.
func (m *Modules) placeIn(known *Module, pkg string) Place {
	rest := strings.TrimPrefix(pkg[len(known.Path):], "/")
	if known.Dir != "" {
		return Place{filepath.Join(known.Dir, filepath.FromSlash(rest)), true, *known}
	}
	return Place{m.cached(known.Version, rest), m.required().local[known.Path], *known}
}

// IsLibrary reports whether a package is part of this library. Like the
// standard library it is where a closure ends, though it may be local code (in a
// workspace, by a replace line): the look-up of a nested fixture does not change its
// value.
func IsLibrary(pkg string) bool {
	rest, ok := strings.CutPrefix(pkg, "github.com/fixturecache/fixturecache/")
	top, _, _ := strings.Cut(rest, "/")
	return ok && (top == "cachetest" || top == "core")
}

// cached returns a directory of the module cache.
func (m *Modules) cached(v gomod.Version, rest string) string {
	p, ver := escaped(v)
	if p == "" || m.cache == "" {
		return ""
	}
	return filepath.Join(m.cache, p+"@"+ver, filepath.FromSlash(rest))
}

// escaped returns how the module cache spells a module and its version.
func escaped(v gomod.Version) (path, version string) {
	path, ok := gomod.Escape(v.Path)
	version, ok2 := gomod.Escape(v.Version)
	if !ok || !ok2 {
		return "", ""
	}
	return filepath.FromSlash(path), version
}

// locate maps a file name of a -trimpath build to the disk: a module that is not
// local to the build is spelled with the version that was asked for, whatever is used
// for it (TrimPath in cmd/go/internal/work/gc.go).
func (m *Modules) locate(file string) (string, error) {
	dir, base := path.Split(file)
	dir = strings.TrimSuffix(dir, "/")
	if mod, rest, ok := strings.Cut(dir, "@"); ok {
		_, sub, _ := strings.Cut(rest, "/")
		dir = path.Join(mod, sub)
	}
	// An external test package is compiled under its own path, p_test.
	for _, pkg := range []string{dir, strings.TrimSuffix(dir, "_test")} {
		if p := m.Find(pkg); p.Dir != "" {
			if _, err := unlogged.StatPath(filepath.Join(p.Dir, base)); err == nil {
				return filepath.Join(p.Dir, base), nil
			}
		}
	}
	return "", fmt.Errorf("no source found for %s", file)
}

// ImportPath returns the import path of a directory of a local module or of
// the vendor directory, or "".
func (m *Modules) ImportPath(dir string) string {
	if rel, ok := Below(m.vendor, dir); ok && m.vendor != "" {
		return rel
	}
	best, found := "", ""
	for _, path := range slices.Sorted(maps.Keys(m.known)) {
		l := m.known[path]
		if rel, ok := Below(l.Dir, dir); ok && len(l.Dir) > len(best) {
			best, found = l.Dir, strings.TrimSuffix(path+"/"+rel, "/")
		}
	}
	return found
}

// Below returns dir relative to root, with slashes, if it lies in it.
func Below(root, dir string) (string, bool) {
	rel, err := filepath.Rel(root, dir)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	if rel == "." {
		return "", true
	}
	return filepath.ToSlash(rel), true
}
