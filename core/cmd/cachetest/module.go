package main

import (
	"go/build"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"golang.org/x/mod/modfile"
)

// A module is the Go module that the command runs in.
type module struct {
	path string // import path; "" outside of modules
	root string // directory of its go.mod
	dir  string // the working directory, relative to root, with slashes
}

func newModule() (m module, err error) {
	wd, err := os.Getwd()
	if m.root = logged.FindRoot(wd).Physical; err != nil || m.root == "" {
		return m, err
	}
	data, err := os.ReadFile(filepath.Join(m.root, "go.mod"))
	if m.path = modfile.ModulePath(data); err != nil {
		return m, err
	}
	rel, err := filepath.Rel(m.root, wd)
	m.dir = filepath.ToSlash(rel)
	return m, err
}

// holds reports whether a package is one of the module, or stands for the commands
// that are built of it (see engine.Cache.GoBuild). A package of another module that
// lies below this one is none of it.
func (m module) holds(pkg string) bool {
	pkg = strings.TrimSuffix(strings.TrimPrefix(pkg, goBuildScope), "_test")
	rel, below := strings.CutPrefix(pkg, m.path+"/")
	if m.path == "" || pkg != m.path && !below {
		return false
	}
	return !below || logged.FindRoot(filepath.Join(m.root, filepath.FromSlash(rel))).Physical == m.root
}

// owns reports whether a fixture is of the module.
func (m module) owns(f *admin.Fixture) bool {
	return m.holds(f.Package) || len(f.Records) > 0 && m.holds(f.Records[0].Home)
}

// short returns a package as a list shows it: relative to the module's root.
func (m module) short(pkg string) string {
	rel, below := strings.CutPrefix(pkg, m.path+"/")
	switch {
	case pkg == goBuildScope+m.path:
		return "go build"
	case pkg == m.path:
		return "."
	case pkg == m.path+"_test":
		return "._test"
	case below:
		return "./" + rel
	}
	return pkg
}

// goBuildScope stands before the path of a module in place of a package, for
// the commands that are built of the module.
const goBuildScope = "go build in "

// matchesPackage reports whether a pattern, as the go command has them, names
// a package. An external test package is named with the one that it tests, or by itself.
func (m module) matchesPackage(pattern, pkg string) bool {
	tested := strings.TrimSuffix(pkg, "_test")
	if build.IsLocalImport(pattern) {
		if !m.holds(pkg) {
			return false
		}
		pattern = path.Join(m.path, m.dir, pattern)
	}
	prefix, rest, dots := strings.Cut(pattern, "...")
	if !dots {
		return pattern == tested || pattern == pkg || pattern == m.short(pkg)
	}
	if rest == "" && tested == strings.TrimSuffix(prefix, "/") {
		return true
	}
	return strings.HasPrefix(tested, prefix) && strings.HasSuffix(tested, rest)
}
