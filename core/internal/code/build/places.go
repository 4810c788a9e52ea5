package build

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Place is where the source of an import path lies.
type Place struct {
	Dir    string         // "" if unknown
	Local  bool           // followed into its declarations
	Module module.Version // of an external package; Path "" for the standard library
}

// Find returns where the package of an import path is compiled from.
func (m *Modules) Find(pkg string) Place {
	if !m.own && IsLibrary(pkg) {
		return Place{}
	}
	if l, ok := m.localOf(pkg); ok {
		return Place{Dir: filepath.Join(l.Dir, filepath.FromSlash(strings.TrimPrefix(pkg[len(l.Path):], "/"))), Local: true}
	}
	if m.vendor != "" {
		dir := filepath.Join(m.vendor, filepath.FromSlash(pkg))
		if st, err := unlogged.StatPath(dir); err == nil && st.Mode.IsDir() {
			return Place{Dir: dir, Local: true}
		}
	}
	for prefix := pkg; prefix != "." && prefix != "/"; prefix = path.Dir(prefix) {
		if v, ok := m.version[prefix]; ok {
			return Place{Dir: m.cached(v, strings.TrimPrefix(pkg[len(prefix):], "/")), Module: v}
		}
	}
	// A module without a dot in its first element cannot be had but by a replace
	// line, and those are known: what is left comes with Go.
	if first, _, _ := strings.Cut(pkg, "/"); !strings.Contains(first, ".") {
		return Place{}
	}
	return Place{Module: module.Version{Path: pkg, Version: "?"}}
}

// IsLibrary reports whether a package is part of this library. Like the
// standard library it is where a closure ends, though it may be local code (in
// a workspace, by a replace line): how a nested fixture is looked up changes
// nothing of what it is.
func IsLibrary(pkg string) bool {
	rest, ok := strings.CutPrefix(pkg, "github.com/fixturecache/fixturecache/")
	return ok && (inPath(rest, "cachetest") || inPath(rest, "core"))
}

// localOf returns the local module with the longest path that holds pkg, as
// long as no external module has a longer one.
func (m *Modules) localOf(pkg string) (best *LocalModule, ok bool) {
	for _, l := range m.Local {
		if inPath(pkg, l.Path) && (best == nil || len(l.Path) > len(best.Path)) {
			best = l
		}
	}
	if best == nil {
		return nil, false
	}
	for prefix := pkg; len(prefix) > len(best.Path); prefix = path.Dir(prefix) {
		if _, ok := m.version[prefix]; ok {
			return nil, false
		}
	}
	return best, true
}

// InMain reports whether a package is of a main module.
func (m *Modules) InMain(pkg string) bool {
	l, ok := m.localOf(pkg)
	return ok && l.main
}

// Workspace reports whether a go.work is in use.
func (m *Modules) Workspace() bool { return m.work != "" }

// InCache reports whether a file lies in the module cache.
func (m *Modules) InCache(file string) bool {
	_, ok := Below(m.cache, file)
	return ok && m.cache != ""
}

// GoFile returns the file that holds the go line of a module.
func (m *Modules) GoFile(l *LocalModule) string {
	if l.Dir == "" {
		return filepath.Join(m.vendor, "modules.txt")
	}
	return filepath.Join(l.Dir, "go.mod")
}

// SourceModule returns the module of a package that is followed into its source.
func (m *Modules) SourceModule(pkg string) (*LocalModule, bool) {
	if l, ok := m.localOf(pkg); ok {
		return l, true
	}
	l := m.vendored[pkg]
	return l, l != nil
}

// inPath reports whether pkg is prefix or lies below it.
func inPath(pkg, prefix string) bool {
	return strings.HasPrefix(pkg, prefix) && (len(pkg) == len(prefix) || pkg[len(prefix)] == '/')
}

// cached returns a directory of the module cache.
func (m *Modules) cached(v module.Version, rest string) string {
	p, err1 := module.EscapePath(v.Path)
	ver, err2 := module.EscapeVersion(v.Version)
	if err1 != nil || err2 != nil || m.cache == "" {
		return ""
	}
	return filepath.Join(m.cache, filepath.FromSlash(p)+"@"+ver, filepath.FromSlash(rest))
}

// locate maps a file name of a -trimpath build to the disk.
func (m *Modules) locate(file string) (string, error) {
	dir, base := path.Split(file)
	dir = strings.TrimSuffix(dir, "/")
	if mod, rest, ok := strings.Cut(dir, "@"); ok {
		version, sub, _ := strings.Cut(rest, "/")
		if d := m.cached(module.Version{Path: mod, Version: version}, sub); d != "" {
			return filepath.Join(d, base), nil
		}
		return "", fmt.Errorf("%s is not in the module cache", file)
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
	if m.vendor != "" {
		if rel, ok := Below(m.vendor, dir); ok {
			return rel
		}
	}
	best, found := "", ""
	for _, l := range m.Local {
		if rel, ok := Below(l.Dir, dir); ok && len(l.Dir) > len(best) {
			best, found = l.Dir, path.Join(l.Path, rel)
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
