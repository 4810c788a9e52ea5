package state

import (
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// Of other modules no more is known than their source, which is followed as far
// as it is reached.

// reachAbroad returns what a name of another module leads to there.
func (s *Analysis) reachAbroad(x graph.External) []*graph.Node {
	if std.IsPackage(x.Path) {
		return nil
	}
	list := s.g.Outside(x)
	for _, n := range list {
		s.scan(n.Package)
	}
	return list
}

// touchAbroad returns the first state that a name of another module leads to.
func (s *search) touchAbroad(x graph.External) (name string) {
	x.Line = 0
	if name, ok := s.touched[x]; ok {
		return name
	}
	defer func() { s.touched[x] = name }()
	for _, n := range s.reachAbroad(x) {
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
	}
	return ""
}

// abroad returns the declarations of a name of another module's package.
func (s *Analysis) abroad(x graph.External) []*graph.Node {
	found := s.g.ExternalNodes(x)
	for _, n := range found {
		s.scan(n.Package)
	}
	return found
}
