package source

import (
	"fmt"
	"slices"
	"strings"
)

// Deps is a closure found without running anything, with what it is part of.
type Deps struct {
	*Closure
	Total []Decl // all declarations of the local import graph of the test binary

	reach *reach
}

// FindDeps returns the closure of package-level functions of the package in b's
// directory, or of its external test package: "TestX", "Build", "T.Method".
func FindDeps(b *Binary, funcs ...string) (*Deps, error) {
	g, err := b.graphOf(nil)
	if err != nil {
		return nil, err
	}
	var roots []*node
	for _, name := range funcs {
		found := g.functions(name)
		if len(found) == 0 {
			if err := g.unreadable(); err != nil {
				return nil, err
			}
			return nil, &NoFunctionError{Name: name, Package: g.target.path, Functions: g.functionNames()}
		}
		roots = append(roots, found...)
	}
	d := &Deps{Closure: g.closure(roots, false, Told{})}
	d.reach = g.reachFrom(roots...)
	d.reach.addUnits(true)
	all := &Closure{root: g.mods.Root}
	for _, n := range g.everything() {
		for i := range n.fact.count() {
			decl := Decl{Name: n.nameOf(i), File: all.relative(n.file.path), Line: n.fact.nameAt(i).line, Lines: n.fact.lines}
			if i > 0 {
				decl.Lines = 0
			}
			all.Decls = append(all.Decls, decl)
		}
	}
	d.Total = all.Decls
	return d, nil
}

// A NoFunctionError says that a package has no function of a name.
type NoFunctionError struct {
	Name, Package string
	Functions     []string // those that it has
}

func (e *NoFunctionError) Error() string {
	return fmt.Sprintf("no function %s in %s", e.Name, e.Package)
}

// unreadable says that functions cannot be found because the package has no
// source, or such as does not parse.
func (g *graph) unreadable() error {
	files := 0
	for _, p := range g.targets() {
		for _, f := range p.files {
			files++
			if f.facts.flags&fileBroken != 0 {
				_, err := parseFile(f.path)
				return err
			}
		}
	}
	if files == 0 {
		return fmt.Errorf("no Go files in %s", g.target.dir)
	}
	return nil
}

// functionNames returns the names that functions finds.
func (g *graph) functionNames() (names []string) {
	for _, p := range g.targets() {
		for _, n := range p.nodes {
			switch name := n.fact.name; n.fact.kind {
			case kindFunc:
				names = append(names, name)
			case kindMethod:
				names = append(names, n.fact.does().recv+"."+name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// targets are the package, and its external test package if it has one.
func (g *graph) targets() []*pkg {
	return slices.DeleteFunc([]*pkg{g.target, g.packages[g.target.path+"_test"]}, func(p *pkg) bool { return p == nil })
}

func (g *graph) functions(name string) []*node {
	var found []*node
	typ, method, isMethod := strings.Cut(plainName(name), ".")
	for _, p := range g.targets() {
		for _, n := range p.nodes {
			fn := n.fact.name
			switch {
			case isMethod && n.fact.kind == kindMethod && n.fact.does().recv == typ && fn == method,
				!isMethod && n.fact.kind == kindFunc && fn == name:
				found = append(found, n)
			}
		}
	}
	return found
}

// plainName spells methods as one asks for them: T.Method.
var plainName = strings.NewReplacer("(", "", ")", "", "*", "").Replace

// Why returns a shortest path from the root to a declaration, named in full or
// by its end.
func (d *Deps) Why(name string) []Decl {
	name = plainName(name)
	for _, exact := range []bool{true, false} {
		for _, n := range d.reach.order {
			for i := range n.fact.count() {
				full := plainName(n.nameOf(i))
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
