package source

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// Static describes the build that `go test` would make of the package in dir
// with the given tags: for tools that look at source without running it.
// Whatever is on disk counts as what is compiled.
func Static(dir string, tags ...string) *Build {
	var now goFlags
	b := &Build{dir: dir, tags: tags, cgo: now.goEnv("CGO_ENABLED") != "0", static: true}
	b.flags.gowork = now.goEnv("GOWORK")
	b.flags.addVariable("GOFLAGS", now.goEnv("GOFLAGS"))
	b.flags.dir = ""
	return b
}

// Deps is a closure found without running anything, with what it is part of.
type Deps struct {
	*Closure
	Total []Decl // all declarations of the local import graph of the test binary

	reach *reach
}

// Deps returns the closure of package-level functions of the package in b's
// directory, or of its external test package: "TestX", "Build", "T.Method".
func (b *Build) Deps(funcs ...string) (*Deps, error) {
	g, err := b.graphOf(nil)
	if err != nil {
		return nil, err
	}
	var roots []*node
	for _, name := range funcs {
		found := g.functions(name)
		if len(found) == 0 {
			return nil, fmt.Errorf("no function %s in %s", name, g.target.path)
		}
		roots = append(roots, found...)
	}
	d := &Deps{Closure: g.closure(roots, false)}
	d.reach = g.reachFrom(roots...)
	d.reach.addUnits(true)
	all := &Closure{root: g.mods.root}
	for _, n := range g.everything() {
		for i := range n.fact.names {
			decl := Decl{Name: n.nameOf(i), File: all.relative(n.file.path), Line: n.fact.names[i].line, Lines: n.fact.lines}
			if i > 0 {
				decl.Lines = 0
			}
			all.Decls = append(all.Decls, decl)
		}
	}
	d.Total = all.Decls
	return d, nil
}

func (g *graph) functions(name string) []*node {
	var found []*node
	typ, method, isMethod := strings.Cut(strings.NewReplacer("(", "", ")", "", "*", "").Replace(name), ".")
	for _, p := range []*pkg{g.target, g.packages[g.target.path+"_test"]} {
		if p == nil {
			continue
		}
		for _, n := range p.nodes {
			fn := n.fact.names[0].name
			switch {
			case isMethod && n.fact.kind == kindMethod && n.fact.recv == typ && fn == method,
				!isMethod && n.fact.kind == kindFunc && fn == name:
				found = append(found, n)
			}
		}
	}
	return found
}

// Why returns a shortest path from the root to a declaration, named in full or
// by its end.
func (d *Deps) Why(name string) []Decl {
	for _, exact := range []bool{true, false} {
		for _, n := range d.reach.order {
			for i := range n.fact.names {
				full := n.nameOf(i)
				if full == name || !exact && (strings.HasSuffix(full, "/"+name) || strings.HasSuffix(full, "."+name)) {
					return d.steps(n)
				}
			}
		}
	}
	return nil
}

func (d *Deps) steps(n *node) []Decl {
	var list []Decl
	for _, s := range d.reach.path(n) {
		list = append(list, Decl{Name: s.name(), File: d.relative(s.file.path), Line: s.fact.line, Lines: s.fact.lines})
	}
	return list
}

// FindPackage returns the directory of a package named as go test would have
// it, ./dir or import/path, counted from dir.
func FindPackage(dir, name string) (string, error) {
	if strings.HasPrefix(name, ".") || filepath.IsAbs(name) {
		return absolute(dir, name), nil
	}
	mods, err := loadModules(dir, goFlags{gowork: goFlags{}.goEnv("GOWORK")})
	if err != nil {
		return "", err
	}
	if p := mods.find(name); p.dir != "" {
		if _, err := quiet.StatPath(p.dir); err == nil {
			return p.dir, nil
		}
	}
	return "", fmt.Errorf("no package %s in %s or what it requires", name, mods.root)
}
