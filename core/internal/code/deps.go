package code

import (
	"fmt"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// Deps is a closure found without running anything, with what it is part of.
type Deps struct {
	*Closure
	Total []Decl // all declarations of the local import graph of the test binary

	reach *graph.Reach
}

// FindDeps returns the closure of package-level functions of the package in b's
// directory, or of its external test package: "TestX", "Build", "T.Method".
func FindDeps(b *Binary, funcs ...string) (*Deps, error) {
	p, err := b.program(nil)
	if err != nil {
		return nil, err
	}
	g := p.graph
	var roots []*graph.Node
	for _, name := range funcs {
		found := g.Functions(name)
		if len(found) == 0 {
			if err := g.Unreadable(); err != nil {
				return nil, err
			}
			return nil, &NoFunctionError{Name: name, Package: g.Target.Path, Functions: g.FunctionNames()}
		}
		roots = append(roots, found...)
	}
	d := &Deps{Closure: p.closure(roots, false, Covered{})}
	d.reach = g.ReachFrom(roots...)
	d.reach.AddAllInit(p.world.ReadsFlags)
	for _, n := range g.All() {
		for i := range n.Fact.Count() {
			decl := Decl{Name: n.NameOf(i), File: g.Relative(n.File.Path), Line: n.Fact.NameAt(i).Line, Lines: n.Fact.Lines}
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
	name = graph.PlainName(name)
	for _, exact := range []bool{true, false} {
		for _, n := range d.reach.Order {
			for i := range n.Fact.Count() {
				full := graph.PlainName(n.NameOf(i))
				if full == name || !exact && (strings.HasSuffix(full, "/"+name) || strings.HasSuffix(full, "."+name)) {
					return d.steps(n)
				}
			}
		}
	}
	return nil
}

func (d *Deps) steps(n *graph.Node) []Decl {
	var list []Decl
	for _, s := range d.reach.Path(n) {
		list = append(list, Decl{Name: s.Name(), File: d.reach.Graph.Relative(s.File.Path), Line: s.Fact.Line, Lines: s.Fact.Lines})
	}
	return list
}
