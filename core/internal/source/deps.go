package source

import (
	"fmt"
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
	p, err := b.program(nil)
	if err != nil {
		return nil, err
	}
	g := p.graph
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
	d := &Deps{Closure: p.closure(roots, false, Told{})}
	d.reach = g.reachFrom(roots...)
	d.reach.addAllInit(p.world.readsFlags)
	for _, n := range g.everything() {
		for i := range n.fact.count() {
			decl := Decl{Name: n.nameOf(i), File: g.relative(n.file.path), Line: n.fact.nameAt(i).line, Lines: n.fact.lines}
			if i > 0 {
				decl.Lines = 0
			}
			d.Total = append(d.Total, decl)
		}
	}
	return d, nil
}

// A NoFunctionError says that a package has no function of a name.
type NoFunctionError struct {
	Name, Package string
	Functions     []string // those that it has
}

// Error says so.
func (e *NoFunctionError) Error() string {
	return fmt.Sprintf("no function %s in %s", e.Name, e.Package)
}

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
		list = append(list, Decl{Name: s.name(), File: d.reach.g.relative(s.file.path), Line: s.fact.line, Lines: s.fact.lines})
	}
	return list
}
