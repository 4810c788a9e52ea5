package build

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Static describes the build that `go test` would make of the package in dir
// with the given tags, or those of GOFLAGS. Whatever is on disk counts as what
// is compiled. The variables of the go command are asked of env; nil asks this
// process for them.
func Static(dir string, env func(name string) string, tags ...string) *Build {
	if env == nil {
		env = envNow
	}
	flags := newGoFlags(env, nil)
	b := newBuild(dir, "", func() *goFlags { return flags })
	b.static = true
	if b.tags = tags; len(tags) == 0 {
		b.tags = flags.tags
	}
	if b.settings["CGO_ENABLED"] = "1"; flags.env.setting("CGO_ENABLED") == "0" {
		b.settings["CGO_ENABLED"] = "0"
	}
	return b
}

// Gone reports whether a package of a module that is compiled from where it lies,
// seen from dir, has no Go files any more.
func Gone(dir, name string) bool {
	mods, err := Static(dir, nil).Modules()
	if err != nil {
		return false
	}
	p := mods.Find(strings.TrimSuffix(name, "_test"))
	if p.Dir == "" || !p.Local {
		return false
	}
	entries, err := unlogged.ReadDir(p.Dir)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return strings.HasSuffix(e.Name(), ".go") })
}

// FindPackage returns the directory of a package named as go test would have
// it, ./dir or import/path, counted from dir.
func FindPackage(dir, name string) (string, error) {
	if strings.HasPrefix(name, ".") || filepath.IsAbs(name) {
		path := absolute(dir, name)
		if st, err := unlogged.StatPath(path); err != nil || !st.Mode.IsDir() {
			return "", fmt.Errorf("no package %s: there is no directory %s", name, path)
		}
		return path, nil
	}
	mods, err := Static(dir, nil).Modules()
	if err != nil {
		return "", err
	}
	if p := mods.Find(name); p.Dir != "" {
		if _, err := unlogged.StatPath(p.Dir); err == nil {
			return p.Dir, nil
		}
	}
	return "", fmt.Errorf("no package %s in %s or what it requires", name, mods.Root)
}
