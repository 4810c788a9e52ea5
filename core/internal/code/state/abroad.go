package state

import "github.com/fixturecache/fixturecache/core/internal/code/graph"

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

// touchAbroad returns the first state that a name of another module leads to.
func (s *Search) touchAbroad(x graph.External) (name string) {
	x.Line = 0
	if name, ok := s.touched[x]; ok {
		return name
	}
	s.g.First(s.g.ExternalNodes(x), s.quiet, func(n *graph.Node) bool {
		s.scan(n.Package)
		if found := s.touchesItself(n, true); len(found) > 0 {
			name = found[0].name
		}
		return name != ""
	})
	s.touched[x] = name
	return name
}
