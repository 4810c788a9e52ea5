package state

import "github.com/fixturecache/fixturecache/core/internal/code/graph"

// Of other modules no more is known than their source, which is followed as far
// as it is reached.

// follow returns what code leads to in other modules, but for what it leads to by names
// that are covered alone, and notes what the packages of that mention.
func (s *Analysis) follow(r *graph.Reach, covered func(name string) bool) []*graph.Node {
	far := s.g.LedTo()
	for _, n := range r.Order {
		for _, x := range n.Externals {
			if !covered(x.Path + "." + x.Name) {
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
