package source

import (
	"slices"
	"strings"
)

// filledByTestMain returns the declarations that both TestMain and fn call and
// that fill a variable in reach, such as a lazy load: they may have read the world
// before m.Run, when nothing is recorded.
func (s *state) filledByTestMain(r *reach) (found []*node) {
	mains := s.g.testNamed("TestMain")
	if len(mains) == 0 {
		return nil
	}
	main := s.g.reachFrom(mains...)
	for _, n := range main.order {
		if !r.has(n) || n.fact.flags&declUnit != 0 {
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
func (s *state) fillsVariable(n *node, r *reach) bool {
	return slices.ContainsFunc(s.accesses(n), func(a namedAccess) bool {
		dot := strings.LastIndexByte(a.name, '.')
		list, std := s.declared(a.name[:dot], a.name[dot+1:])
		return std == "" && slices.ContainsFunc(list, r.has) && s.isTouched(n, a)
	})
}
