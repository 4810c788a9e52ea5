package code

import (
	"fmt"

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
	return &Deps{p.closure(roots, false, "", Covered{}), p.graph.ReachFrom(p.graph.All()...).Decls()}, nil
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
