package state

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/effect"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// A hit does not run the function: what that would have changed in package
// variables stays as it is. Where the new value comes of the old one (a counter, a
// list that grows, a generator of numbers), other code would get another value after
// a hit than after a build. Values that are only set, of which most are caches, are not
// looked at; nor is anything where the running test is part of the closure, whose own
// effects a hit leaves to it.

// effect returns the first change by the functions in reach that a hit would not
// repeat; ignored are variables of which the caller says that they do not matter.
func (s *Search) effect(ignored Covered) (first graph.Use) {
	if s.running() != "" {
		return first
	}
	for _, n := range s.r.Order {
		if s.opaque(n.Package) || s.initial(n) {
			continue
		}
		for _, a := range s.accesses(n) {
			if (a.Kind >= facts.AccessArgument || a.Path != "") && s.advances(a, ignored) && (a.Late || !s.initialAmong(s.r, n, 0)) {
				return s.g.Use(n, a.name, a.Line)
			}
		}
	}
	return first
}

// advances reports whether an access surely advances a local variable.
func (s *Search) advances(m mention, ignored Covered) bool {
	path, name := splitName(m.name)
	if s.g.Packages[path] == nil {
		return false
	}
	list, _ := s.declared(path, name)
	return slices.ContainsFunc(list, func(d *graph.Node) bool {
		if d.Fact.Kind != facts.KindVar || ignored.has(d.Package, name) {
			return false
		}
		return s.does(s.typeOf(variable{d, d.Fact.Index(name)}), m, effect.Itself) == effect.Advances
	})
}
