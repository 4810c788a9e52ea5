package state

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/effect"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// A hit does not run the function: what that would have changed in package
// variables stays as it is. Where the new value comes of the old one (a counter, a
// list that grows, a generator of numbers), and other code of the binary mentions
// the variable, a test or the function of another fixture, that would get another
// value after a hit than after a build. Values that are only set, of which most are
// caches, are not looked at; nor is anything where the running test is part of the
// closure, whose own effects a hit leaves to it.

// effect returns the first change by the functions in reach that code outside can
// see, and that code, none if there is none; ignored are variables of which the caller
// says that they do not matter.
func (s *search) effect(ignored Covered) []graph.Use {
	if s.running() != "" {
		return nil
	}
	seen := map[string]bool{}
	literals := s.r.Literals()
	for _, n := range append(literals[:len(literals):len(literals)], s.r.Order...) {
		if s.opaque(n.Package) || s.initial(n) {
			continue
		}
		for _, a := range s.accesses(n) {
			if seen[a.name] || a.Kind < facts.AccessArgument && a.Path == "" || !s.advances(a, ignored) || !a.Late && s.initialAmong(s.r, n, 0) {
				continue
			}
			seen[a.name] = true
			if reader := s.mentionedOutside(a.name, literals); reader != nil {
				return []graph.Use{s.g.Use(n, a.name, a.Line), *reader}
			}
		}
	}
	return nil
}

// advances reports whether an access surely advances a local variable.
func (s *search) advances(m mention, ignored Covered) bool {
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

// mentionedOutside returns code outside the closure that mentions a variable, or
// what in the closure leads to it. The roots are mentioned where they are handed
// over.
func (s *search) mentionedOutside(name string, literals []*graph.Node) *graph.Use {
	leads := map[*graph.Node]string{}
	variables, _ := s.declared(splitName(name))
	for _, n := range variables {
		leads[n] = name
	}
	s.spread(leads, false)
	handed := map[*graph.Node]bool{}
	for _, n := range s.g.Executed().Order {
		if s.r.Has(n) || s.initial(n) {
			continue
		}
		for _, to := range s.g.Without(n, literals).Edges {
			if leads[to] == "" {
				continue
			}
			if s.r.Via(to) == nil && !handed[to] {
				handed[to] = true
				continue
			}
			use := s.g.Use(n, name, int(n.Fact.NameLine))
			return &use
		}
	}
	return nil
}
