package build

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Static describes the build that `go test` would make of the package in dir
// with the given tags, or those of GOFLAGS. Whatever is on disk counts as what
// is compiled. The variables of the go command are asked of env; nil asks this
// process for them.
func Static(dir string, env func(name string) string, tags ...string) *Build {
	now := goFlags{env: env}
	if len(tags) == 0 {
		tags = tagsOf(strings.Fields(now.goEnv("GOFLAGS")))
	}
	b := &Build{dir: dir, tags: tags, cgo: now.goEnv("CGO_ENABLED") != "0", static: true, flags: now}
	b.flags.gowork = now.goEnv("GOWORK")
	b.flags.addVariable("GOFLAGS", now.goEnv("GOFLAGS"))
	return b
}

// tagsOf returns the build tags among flags of the go command: the last -tags
// counts.
func tagsOf(flags []string) (tags []string) {
	for _, flag := range flags {
		if name, list, _ := strings.Cut(strings.TrimLeft(flag, "-"), "="); name == "tags" {
			tags = strings.Split(list, ",")
		}
	}
	return tags
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
	mods, err := loadModules(dir, goFlags{gowork: goFlags{}.goEnv("GOWORK")})
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
