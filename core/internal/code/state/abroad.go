package state

import (
	"maps"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// Of other modules no more is known than their source, which is followed as far
// as it is reached.

// farther looks at the variables of other modules in reach. Any code of the binary may
// change them: all that is executed is looked through first.
func (s *search) farther() {
	for _, n := range s.far {
		s.scan(n.Package)
	}
	if len(s.far) > 0 && s.abroad == nil {
		s.abroad = map[*graph.Node]bool{}
		for _, n := range s.g.Executed().Order {
			for _, x := range n.Externals {
				for _, far := range s.g.OutsideFrom(s.g.ExternalNodes(x), true, s.abroad) {
					s.scan(far.Package)
				}
			}
		}
	}
	for _, n := range s.far {
		for _, y := range n.Externals {
			s.library(y)
		}
		s.variables(n)
	}
}

// external returns the declarations of a name of another module's package.
func (s *Analysis) external(x graph.External) []*graph.Node {
	found := s.g.ExternalNodes(x)
	for _, n := range found {
		s.scan(n.Package)
	}
	return found
}

// touchAbroad returns the first state that a name of another module leads to. Each
// declaration there that leads to none is looked at once.
func (s *search) touchAbroad(x graph.External) (name string) {
	x.Line = 0
	if name, ok := s.touched[x]; ok {
		return name
	}
	list, seen := s.g.ExternalNodes(x), map[*graph.Node]bool{}
	for ; len(list) > 0 && name == ""; list = list[1:] {
		if n := list[0]; !seen[n] && !s.quiet[n] {
			seen[n] = true
			list = append(list, s.g.Next(n)...)
			name = s.touchesAbroad(n)
		}
	}
	if name == "" {
		maps.Copy(s.quiet, seen)
	}
	s.touched[x] = name
	return name
}

// touchesAbroad returns the first state that a declaration of another module touches
// itself.
func (s *search) touchesAbroad(n *graph.Node) string {
	s.scan(n.Package)
	for _, m := range s.accesses(n) {
		if s.names[m.name] && s.isTouched(m) {
			return m.name
		}
	}
	for _, y := range n.Externals {
		if name := s.sets(y); name != "" {
			return name
		}
	}
	return ""
}
