package state

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// early returns the code that TestMain runs and that decides what variables in
// reach hold: TestMain itself, with all that it leads to, if any of that changes
// state, for whatever it has read until then may be in the value. Of a lazy load
// that the function calls too, which is given nothing by others, only the load
// counts.
func (s *search) early() (found []*graph.Node) {
	mains := s.g.Functions("TestMain")
	if len(mains) == 0 {
		return nil
	}
	main, literals := s.g.ReachFrom(mains...), s.r.Literals()
	for _, n := range main.Order {
		if n.Fact.Flags&facts.DeclInit != 0 {
			continue
		}
		name, _ := s.touch(s.g.Without(n, literals), false)
		if name != "" || s.opaque(n.Package) && s.unseen[n.Package] != "" {
			return mains
		}
		if s.r.Has(n) && s.fillsVariable(n, s.r) {
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
