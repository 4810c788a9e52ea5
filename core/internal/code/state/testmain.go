package state

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// FilledByTestMain returns the declarations that both TestMain and fn call and
// that fill a variable in reach, such as a lazy load: they may have read the world
// before m.Run, when nothing is recorded.
func (s *Analysis) FilledByTestMain(r *graph.Reach) (found []*graph.Node) {
	mains := s.g.TestNamed("TestMain")
	if len(mains) == 0 {
		return nil
	}
	main := s.g.ReachFrom(mains...)
	for _, n := range main.Order {
		if !r.Has(n) || n.Fact.Flags&facts.DeclInit != 0 {
			continue
		}
		if s.fillsVariable(n, r) {
			found = append(found, n)
		}
	}
	return found
}

// fillsVariable reports whether a declaration does more to a variable in reach
// than read it.
func (s *Analysis) fillsVariable(n *graph.Node, r *graph.Reach) bool {
	return slices.ContainsFunc(s.accesses(n), func(a namedAccess) bool {
		dot := strings.LastIndexByte(a.name, '.')
		list, std := s.declared(a.name[:dot], a.name[dot+1:])
		return std == "" && slices.ContainsFunc(list, r.Has) && s.isTouched(n, a)
	})
}
