package state

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// Of other modules no more is known than their source, which is followed as far
// as it is reached.

// farther returns what the functions in reach lead to in other modules, but for what they
// lead to by names that are covered alone, and notes what the packages of that mention.
func (s *Search) farther() []*graph.Node {
	far := s.g.LedTo()
	for _, n := range s.r.Order {
		for _, x := range n.Externals {
			if !s.covers(x.Path + "." + x.Name) {
				far.Extend(s.g.ExternalNodes(x)...)
			}
		}
	}
	for _, n := range far.Order {
		s.scan(n.Package)
	}
	return far.Order
}

// A step is a declaration of another module on the way from a name to state.
type step struct {
	n    *graph.Node
	once bool // it has run when the tests begin: what it calls at once has, too
}

// touchAbroad returns the first state that a name of another module leads to where a
// declaration mentions it. What ran when the program started has set no state since, but
// for what it keeps or hands on: functions, and types with their methods.
func (s *Search) touchAbroad(by *graph.Node, x graph.External) (name string) {
	var list []step
	for _, n := range s.g.ExternalNodes(x) {
		list = append(list, s.step(step{by, s.initial(by)}, n))
	}
	seen := map[step]bool{}
	for ; len(list) > 0; list = list[1:] {
		at := list[0]
		if name, known := s.touched[at]; name != "" {
			return name
		} else if known || seen[at] {
			continue
		}
		seen[at] = true
		s.scan(at.n.Package)
		for _, to := range s.g.Next(at.n) {
			list = append(list, s.step(at, to))
		}
		if found := s.touchesItself(at.n, true, at.once); len(found) > 0 {
			s.touched[at] = found[0].name
			return found[0].name
		}
	}
	for at := range seen {
		s.touched[at] = ""
	}
	return ""
}

// step is that from one declaration to another.
func (s *Search) step(from step, to *graph.Node) step {
	switch to.Fact.Kind {
	case facts.KindVar, facts.KindInit:
		return step{to, true}
	case facts.KindFunc:
		return step{to, from.once && atOnce(from.n, to.Fact.Name)}
	}
	return step{to, false}
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
