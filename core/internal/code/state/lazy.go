package state

import (
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// What is filled at its first use keeps what the world was then. The files and
// variables that it read are inputs; but another test may have set a variable, or
// left the directory, when it was the first. So where something lazy in reach
// asks for variables or files, the environment and the working directory are
// state, which the functions set that the table of the library knows.

// An outlook is what a name of the library or of another module does with the
// world.
type outlook struct {
	asks  std.World // what it may read by names
	keeps std.World // as much of that as something may keep from its first use on
	sets  []string  // the state of the library that it may set
}

// outlook returns that of a name outside.
func (s *Analysis) outlook(x graph.External) *outlook {
	x.Line = 0
	o := s.outlooks[x]
	if o != nil {
		return o
	}
	o = &outlook{}
	s.outlooks[x] = o
	if std.IsPackage(x.Path) {
		if o.asks = std.WorldOf(x.Path, x.Name); o.asks&std.Kept != 0 {
			o.keeps = o.asks
		}
		for _, st := range std.StateOf(x.Path, x.Name) {
			if st.Sets {
				o.sets = append(o.sets, st.Name)
			}
		}
		return o
	}
	kept := false
	for _, n := range s.reachAbroad(x) {
		for _, y := range n.Externals {
			if std.IsPackage(y.Path) {
				of := s.outlook(y)
				o.asks, o.sets = o.asks|of.asks, append(o.sets, of.sets...)
			}
		}
		kept = kept || n.Fact.Flags&facts.DeclLazy != 0
	}
	if kept || o.asks&std.Kept != 0 {
		o.keeps = o.asks
	}
	return o
}

// lazy notes what a variable in reach may hold that code fills at its first use.
func (s *search) lazy(by *graph.Node) {
	for _, n := range s.g.ReachFrom(by).Order {
		for _, x := range n.Externals {
			s.holds(s.outlook(x).asks)
		}
	}
}

// holds notes the state that something lazy may hold a part of.
func (s *search) holds(asks std.World) {
	hold := func(name string) {
		if _, bare := splitName(name); !s.covered.has(&graph.Package{Path: "os"}, bare) {
			s.kept[name] = true
		}
	}
	if asks&std.Variables != 0 {
		hold(std.Environ)
	}
	if asks&std.Files != 0 {
		hold(std.Directory)
	}
}

// setsWorld returns the first code by which a test may change what the lazy
// variables in reach hold. That of the closure counts as well: another test may
// be the first.
func (s *search) setsWorld() *graph.Use {
	if len(s.kept) == 0 {
		return nil
	}
	for _, n := range append(s.r.Literals(), s.g.RunByTests().Order...) {
		for _, x := range n.Externals {
			for _, name := range s.outlook(x).sets {
				if s.kept[name] {
					use := s.g.Use(n, name, x.Line)
					return &use
				}
			}
		}
	}
	return nil
}
