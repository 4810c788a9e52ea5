package state

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// What is filled at its first use keeps what the world was then. The files and
// variables that it read are inputs; but another test may have set a variable, or
// left the directory, when it was the first. So where something lazy in reach
// asks for variables or files, the environment and the working directory are
// state, which the functions set that the table of the library knows.

// lazy notes what state a variable in reach holds that code fills at its first
// use.
func (s *search) lazy(by ...*graph.Node) {
	for _, n := range s.g.ReachFrom(by...).Order {
		for _, x := range n.Externals {
			s.holds(s.asks(x))
		}
	}
}

// lazyOutside does so for what code outside keeps, the library or other modules.
func (s *search) lazyOutside(x graph.External) {
	if std.IsPackage(x.Path) {
		if asks := std.WorldOf(x.Path, x.Name); asks&std.Kept != 0 {
			s.holds(asks)
		}
		return
	}
	for _, n := range s.reachAbroad(x) {
		if s.keepsAbroad(n) {
			s.holds(s.asks(x))
			return
		}
	}
}

// holds notes the state that something lazy may hold a part of.
func (s *search) holds(asks std.World) {
	hold := func(name string) {
		if _, bare := splitName(name); !s.covered.has(&graph.Package{Path: "os"}, bare) {
			s.names[name] = true
		}
	}
	if asks&std.Variables != 0 {
		hold(std.Environ)
	}
	if asks&std.Files != 0 {
		hold(std.Directory)
	}
}

// asks returns what a mention of something outside may read by names.
func (s *search) asks(x graph.External) (asks std.World) {
	x.Line = 0
	if std.IsPackage(x.Path) {
		return std.WorldOf(x.Path, x.Name)
	}
	if asks, ok := s.asked[x]; ok {
		return asks
	}
	for _, n := range s.reachAbroad(x) {
		for _, y := range n.Externals {
			if std.IsPackage(y.Path) {
				asks |= std.WorldOf(y.Path, y.Name)
			}
		}
	}
	s.asked[x] = asks
	return asks
}

// keepsAbroad reports whether a declaration of another module is a variable that
// is filled at its first use, or mentions something of the library that keeps
// what it reads.
func (s *search) keepsAbroad(n *graph.Node) bool {
	if slices.ContainsFunc(n.Externals, func(x graph.External) bool { return std.IsPackage(x.Path) && std.WorldOf(x.Path, x.Name)&std.Kept != 0 }) {
		return true
	}
	for i := range n.Fact.Count() {
		v := variable{n, i}
		if n.Fact.Kind == facts.KindVar && slices.ContainsFunc(s.mentions[v.name()], func(m mentioned) bool { return s.fills(s.typeOf(v), m) }) {
			return true
		}
	}
	return n.Fact.Flags&facts.DeclLazy != 0
}

// setsWorld returns the first code by which a test may change what the lazy
// variables in reach hold. That of the closure counts as well: another test may
// be the first.
func (s *search) setsWorld() *graph.Use {
	if !s.names[std.Environ] && !s.names[std.Directory] {
		return nil
	}
	for _, n := range append(s.r.Literals(), s.g.RunByTests().Order...) {
		for _, x := range n.Externals {
			for _, name := range s.setBy(x) {
				if s.names[name] {
					use := s.g.Use(n, name, x.Line)
					return &use
				}
			}
		}
	}
	return nil
}

// setBy returns the state of the library that a mention of something outside may
// set, by way of other modules too.
func (s *search) setBy(x graph.External) (names []string) {
	if std.IsPackage(x.Path) {
		for _, st := range std.StateOf(x.Path, x.Name) {
			if st.Sets {
				names = append(names, st.Name)
			}
		}
		return names
	}
	x.Line = 0
	names, ok := s.setters[x]
	if !ok {
		for _, n := range s.reachAbroad(x) {
			for _, y := range n.Externals {
				if std.IsPackage(y.Path) {
					names = append(names, s.setBy(y)...)
				}
			}
		}
		s.setters[x] = names
	}
	return names
}
