package state

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// Of other modules no more is known than their source, which is followed as far
// as it is reached.

// touchExternal returns the state that a name of another module touches, of the first
// declaration that it leads to which does. Code that ran at the start has set none since, but
// for values that it keeps or hands on.
func (s *Search) touchExternal(x graph.External) []graph.Use {
	seen := map[*graph.Node]bool{}
	for list := slices.Clone(s.g.ExternalNodes(x)); len(list) > 0; list = list[1:] {
		n := list[0]
		if found, known := s.touched[n]; len(found) > 0 {
			return found
		} else if known || seen[n] {
			continue
		}
		seen[n] = true
		s.scan(n.Package)
		list = append(list, s.g.Next(n)...)
		ran := func() bool { return n.Fact.Kind == facts.KindVar || n.Fact.Kind == facts.KindInit }
		if found := s.touchesItself(n, true, ran); len(found) > 0 {
			s.touched[n] = found
			return found
		}
	}
	for n := range seen {
		s.touched[n] = nil
	}
	return nil
}

// atOnce reports whether all that a declaration does with a name is that it calls it
// where it is evaluated itself.
func atOnce(n *graph.Node, name string) bool {
	calls := 0
	return !slices.ContainsFunc(n.Fact.Accesses, func(a facts.Access) bool {
		if a.Param != 0 || a.Sel != name {
			return false
		}
		calls++
		return a.Late || a.Kind != facts.AccessCall || a.Path != ""
	}) && calls > 0
}
