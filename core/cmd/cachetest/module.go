package main

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// A module is the one that the command runs in.
type module struct {
	path string // import path; "" outside of modules
	root string
	dir  string // of the working directory, relative to the root, with slashes
}

func newModule() (m module, err error) {
	wd, err := os.Getwd()
	if err != nil {
		return m, err
	}
	for dir := wd; ; {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil {
			rel, err := filepath.Rel(dir, wd)
			return module{modfile.ModulePath(data), dir, filepath.ToSlash(rel)}, err
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return m, nil
		}
		dir = parent
	}
}

// holds reports whether a package is one of the module.
func (m module) holds(pkg string) bool {
	pkg = strings.TrimSuffix(pkg, "_test")
	return m.path != "" && (pkg == m.path || strings.HasPrefix(pkg, m.path+"/"))
}

// matchesPackage reports whether a pattern, as the go command has them, names
// a package. An external test package is named with the package that it tests.
func (m module) matchesPackage(pattern, pkg string) bool {
	pkg = strings.TrimSuffix(pkg, "_test")
	if pattern == "." || strings.HasPrefix(pattern, "./") || strings.HasPrefix(pattern, "../") {
		if m.path == "" {
			return false
		}
		pattern = path.Join(m.path, m.dir, pattern)
	}
	prefix, rest, dots := strings.Cut(pattern, "...")
	if !dots {
		return pattern == pkg
	}
	if rest == "" && pkg == strings.TrimSuffix(prefix, "/") {
		return true
	}
	return strings.HasPrefix(pkg, prefix) && strings.HasSuffix(pkg, rest)
}
