package graph

import (
	"maps"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// ExternalNodes returns the declarations of a name of an external package, which
// is loaded if it is not there yet.
func (g *Graph) ExternalNodes(x External) []*Node {
	if p := g.External(x.Path); p != nil {
		return p.Decls[x.Name]
	}
	return nil
}

// External returns a package of another module, without what cannot be read of it,
// nil where its source is not at hand.
func (g *Graph) External(path string) *Package {
	if p, known := g.Externals[path]; known {
		return p
	}
	where := g.Find(path)
	if where.Local || where.Dir == "" {
		g.Externals[path] = nil
		return nil
	}
	g.readAhead([]string{path})
	pk, err := g.reads[path]()
	if err != nil {
		pk = &pack.Dir{}
	}
	p := g.newPackage(path, where.Dir, pk, g.compiles)
	p.External = true
	g.Externals[path] = p
	g.readAhead(p.imports)
	g.resolveImports(p)
	p.judge()
	for _, f := range p.Files {
		for _, l := range f.Facts.Links {
			path, name := SplitName(l.Target)
			for _, n := range slices.Concat(p.Decls[l.Local], g.ExternalNodes(External{Path: path, Name: name})) {
				g.endsOf(n)
			}
		}
	}
	return p
}

// Next returns the declarations that one mentions, in all modules, for a variable of
// another module the initialisation code that leads to it, and where all of a package
// counts, the first declaration of it, from which all others follow.
func (g *Graph) Next(n *Node) []*Node {
	if n.next == nil {
		g.Resolve(n)
		next := append(make([]*Node, 0, len(n.Edges)+len(n.Externals)), n.Edges...) // never nil
		for _, y := range n.Externals {
			next = append(next, g.ExternalNodes(y)...)
			n.uses = append(n.uses, std.StateOf(y.Path, y.Name)...)
			if !std.IsPackage(y.Path) && g.Packages[y.Path] == nil && g.External(y.Path) == nil {
				n.uses = append(n.uses, std.StateUse{}) // it may use all
			}
		}
		if p := n.Package; p.Whole != "" && !n.countsAsExternal() {
			if next = append(next, p.Nodes[0]); n == p.Nodes[0] {
				next = append(next, p.Nodes...)
			}
		}
		n.mentions = len(next)
		if n.countsAsExternal() && n.Fact.Kind == facts.KindVar {
			next = append(next, g.initsOf(n)...)
		}
		n.next = next
	}
	return n.next
}

// ExternalPackages returns the packages of other modules that the binary is made of, as far as their
// source is at hand: their initialisation runs, whoever names them.
func (g *Graph) ExternalPackages() (all []*Package) {
	seen, paths := map[string]bool{}, slices.Sorted(maps.Keys(g.imported))
	for ; len(paths) > 0; paths = paths[1:] {
		p := g.External(paths[0])
		if p == nil || seen[p.Path] {
			continue
		}
		seen[p.Path] = true
		all = append(all, p)
		paths = append(paths, p.imports...)
	}
	return all
}

// A Start holds all that the initialisation code of all modules leads to.
type Start struct {
	*Led
	Setters map[string][]*Node // code that may set state of the standard library, or use a value that was set there, by its name
	Sets    map[string]bool    // the state that functions of the library set
	by      [][]*Node          // the declarations that lead to each, by its id
	leaving []*Node            // local initialisation code that leads to declarations which leave something behind: see leaves
}

// Start returns the Start of the binary, without code of other modules that waits for its first call.
func (g *Graph) Start() *Start {
	if g.start != nil {
		return g.start
	}
	units := slices.DeleteFunc(nodesOf(slices.Concat(g.ByPath, g.ExternalPackages())), func(n *Node) bool { return !n.Init() || n.Package.External && n.Fact.Lazy })
	led := g.LedTo(units...)
	s := &Start{led, map[string][]*Node{}, map[string]bool{}, make([][]*Node, g.ids), nil}
	g.start = s
	users := map[string][]*Node{}
	for _, n := range s.Order {
		next := g.Next(n)
		for _, to := range next[:n.mentions] {
			s.by[to.ID] = append(s.by[to.ID], n)
		}
		changed := g.ChangedBy(n)
		for _, u := range n.uses {
			s.Sets[u.Name] = s.Sets[u.Name] || u.Sets
			if u.Sets || slices.ContainsFunc(changed, func(x External) bool { return u.Is(x.Path, x.Name) }) {
				s.Setters[u.Name] = append(s.Setters[u.Name], n)
			} else {
				users[u.Name] = append(users[u.Name], n)
			}
		}
	}
	for name, setters := range s.Setters { // a driver, a source of numbers: each use may change something
		if !std.IsInert(name) {
			s.Setters[name] = append(setters, users[name]...)
		}
	}
	leaves := slices.DeleteFunc(slices.Clone(g.RunBeforeTests().Order), func(n *Node) bool { return !n.leaves(g) })
	s.leaving = slices.DeleteFunc(s.leadingTo(make([]bool, len(s.by)), leaves...), func(n *Node) bool { return n.Package.External })
	return s
}

// filling returns the initialisation code that may change the variables of a declaration, or
// set state of the standard library that it uses, but for what was seen, and notes the
// states: "" for all, where nobody knows. The environment and the directory are logged.
func (s *Start) filling(n *Node, seen []bool, states map[string]bool) []*Node {
	var filled []*Node
	if n.Fact.Kind == facts.KindVar {
		filled = slices.Clip(s.g.Changers(n))
	}
	for _, u := range n.uses {
		if !u.Silent && !states[u.Name] && !std.IsLogged(u.Name) {
			filled = append(filled, s.Setters[u.Name]...)
		}
		states[u.Name] = states[u.Name] || !u.Silent
	}
	units := s.leadingTo(seen, filled...)
	if len(filled) > 0 && n.Init() {
		units = append(units, n)
	}
	return units
}

// leaves reports whether a declaration may leave something behind in another way than by
// variables and state of the standard library. A name that is found in no source may, but
// for names of this library.
func (n *Node) leaves(g *Graph) bool {
	ends := g.links[n]
	return n.Package.Whole != "" || n.Fact.Always || n.Fact.NoBody || ends != nil && (n.Package.External || len(ends.outside) > 0) ||
		slices.ContainsFunc(n.Externals, func(x External) bool {
			return len(g.ExternalNodes(x)) == 0 && !build.IsLibrary(x.Path) && std.Leaves(x.Path, x.Name)
		}) ||
		slices.ContainsFunc(g.ChangedBy(n), func(x External) bool { return !std.IsState(x.Path, x.Name) })
}

// leadingTo returns the initialisation code that leads to any of some declarations, but
// not through those that were seen already.
func (s *Start) leadingTo(seen []bool, of ...*Node) (units []*Node) {
	for stack := slices.Clone(of); len(stack) > 0; {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if int(n.ID) < len(seen) { // not made since
			if seen[n.ID] {
				continue
			}
			seen[n.ID] = true
			stack = append(stack, s.by[n.ID]...)
		}
		if n.Init() {
			units = append(units, n)
		}
	}
	return units
}

// initsOf returns the initialisation code of its package that leads to a variable of
// another module.
func (g *Graph) initsOf(v *Node) []*Node {
	p := v.Package
	if p.inits == nil {
		p.inits = map[*Node][]*Node{}
		by := map[*Node]*Node{} // the last one that leads to each
		for _, n := range p.Nodes {
			if !n.Init() {
				continue
			}
			by[n] = n
			for list := []*Node{n}; len(list) > 0; list = list[1:] {
				g.Resolve(list[0])
				for _, to := range list[0].Edges {
					if by[to] != n {
						by[to] = n
						if list = append(list, to); to.Fact.Kind == facts.KindVar {
							p.inits[to] = append(p.inits[to], n)
						}
					}
				}
			}
		}
	}
	return p.inits[v]
}

// Modules lists the external modules that local packages of the binary import, with all
// that they require: their versions stand for their code. Nearly each function reaches
// something that the initialisation of any of them may have changed, if only in the
// standard library. In a workspace they are all, for a module that is not imported can
// raise the version of one that is, and where no go.mod names one, as before go 1.17.
func (g *Graph) Modules() (list []Module) {
	var paths []string
	for path := range g.imported {
		switch m := g.Find(path).Module; {
		case m.Version.Version == "?", m.Version.Version != "" && g.mods.Workspace:
			paths = append(paths, g.mods.External()...)
		case m.Version.Version != "":
			paths = append(paths, m.Path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(g.mods.WithRequired(paths...))) {
		v := g.mods.Version(path)
		used := v.Path + " " + v.Version
		list = append(list, Module{path, strings.TrimPrefix(used, path+" "), g.mods.Sums[used]})
	}
	return list
}
