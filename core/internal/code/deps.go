package code

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// Deps is a closure found without running anything, with what it is part of.
type Deps struct {
	*Closure
	Total []Decl // all declarations of the local import graph of the test binary
}

// FindDeps returns the closure of package-level functions of the package in b's
// directory, or of its external test package: "TestX", "Build", "T.Method".
func FindDeps(b *Binary, funcs ...string) (*Deps, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, err := b.program(nil)
	if err != nil {
		return nil, err
	}
	var roots []*graph.Node
	for _, name := range funcs {
		found := p.graph.Functions(name)
		if len(found) == 0 {
			if err := p.graph.Unreadable(); err != nil {
				return nil, err
			}
			return nil, &NoFunctionError{Name: name, Package: p.graph.Target.Path, Functions: p.graph.FunctionNames()}
		}
		roots = append(roots, found...)
	}
	return &Deps{p.closure(roots, false, Covered{}), p.graph.ReachFrom(p.graph.All()...).Decls()}, nil
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
func (d *Deps) Why(name string) (path []Decl) {
	name, decls := graph.PlainName(name), d.Decls()
	find := func(is func(name string) bool) int {
		return slices.IndexFunc(decls, func(x Decl) bool { return is(graph.PlainName(x.Name)) })
	}
	at := find(func(full string) bool { return full == name })
	if at < 0 {
		at = find(func(full string) bool { return strings.HasSuffix(full, "/"+name) || strings.HasSuffix(full, "."+name) })
	}
	for at >= 0 && len(path) <= len(decls) {
		x := decls[at]
		path = append(path, x)
		at = slices.IndexFunc(decls, func(via Decl) bool { return via.Name == x.Via && via.File == x.ViaFile })
	}
	slices.Reverse(path)
	return path
}
