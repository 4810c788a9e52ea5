package state

import (
	"maps"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// Of other modules no more is known than their source, which is followed as far
// as it is reached.

// farther returns what the functions in reach lead to in other modules. Any code of the
// binary may change variables there: all that is executed is looked through first.
func (s *Search) farther() []*graph.Node {
	far := s.follow(s.r, s.covers)
	if len(far) > 0 && !s.followed {
		s.followed = true
		s.follow(s.g.Executed(), func(string) bool { return false })
	}
	return far
}

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

// touchAbroad returns the first state that a name of another module leads to. Each
// declaration there that leads to none is looked at once.
func (s *Search) touchAbroad(x graph.External) (name string) {
	x.Line = 0
	if name, ok := s.touched[x]; ok {
		return name
	}
	list, seen := s.g.ExternalNodes(x), map[*graph.Node]bool{}
	for ; len(list) > 0 && name == ""; list = list[1:] {
		if n := list[0]; !seen[n] && !s.quiet[n] {
			seen[n] = true
			list = append(list, s.g.Next(n)...)
			s.scan(n.Package)
			if found := s.touchesItself(n, true); len(found) > 0 {
				name = found[0].name
			}
		}
	}
	if name == "" {
		maps.Copy(s.quiet, seen)
	}
	s.touched[x] = name
	return name
}
