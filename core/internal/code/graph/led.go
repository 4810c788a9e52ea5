package graph

import (
	"maps"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// A Led holds all declarations that some lead to, in all modules: a type leads to all of
// its methods, or to those of them that something may call.
type Led struct {
	found
	g       *Graph
	any     bool                // all methods may be called
	names   map[string]bool     // the names of methods that something selects; nil with any
	waiting map[string]*waiting // methods that nothing calls yet, by their names
}

// A Mentioner is a local declaration with a name of another module that it mentions.
type Mentioner struct {
	Node *Node
	What External
}

type waiting struct {
	via, method *Node
	next        *waiting
}

// LedTo returns all that some declarations lead to, as far as the source of other modules
// is at hand. A package that is vendored for its system calls counts as if it were not.
func (g *Graph) LedTo(roots ...*Node) *Led {
	l := &Led{g: g, any: true, found: g.nothing()}
	l.Extend(nil, roots...)
	return l
}

// RunBeforeTests is LedTo for what can run before any test, TestMain and all initialisation
// code but for what waits for its first call, and for some declarations beside that, as
// far as it runs: of a type the methods whose names are selected in it, or that the standard
// library may call; of a variable that is set to no call, such as a table of functions, the
// initialisation code that leads to it, since what it holds runs where something uses it.
func (g *Graph) RunBeforeTests(also ...*Node) *Led {
	if g.before == nil {
		g.before = &Led{g: g, found: g.nothing(), names: map[string]bool{}, waiting: map[string]*waiting{}}
		g.before.Extend(nil, g.begins(false)...)
	}
	if len(also) == 0 {
		return g.before // nobody changes it
	}
	l := *g.before
	l.found = found{slices.Clone(l.Order), slices.Clone(l.place), slices.Clone(l.via)}
	l.names, l.waiting = maps.Clone(l.names), maps.Clone(l.waiting)
	for _, n := range also {
		list := []*Node{n}
		if n.Fact.Kind == facts.KindVar {
			list = slices.DeleteFunc(append(slices.Clip(g.Next(n)), n), func(n *Node) bool { return !n.Init() || n.Fact.Lazy })
		}
		l.Extend(nil, list...)
	}
	return &l
}

// Extend adds more that is found through via, nil for roots, and returns what is new.
func (l *Led) Extend(via *Node, more ...*Node) []*Node {
	known := len(l.Order)
	for _, n := range more {
		if n.Package.External || !n.countsAsExternal() {
			l.add(via, n)
		}
	}
	for i := known; i < len(l.Order); i++ {
		n := l.Order[i]
		l.lead(n, l.g.Next(n))
		l.release(n) // its externals are known by now
	}
	return l.Order[known:]
}

// countsAsExternal reports whether a declaration is of another module, or counts as if it were.
func (n *Node) countsAsExternal() bool { return n.Package.External || MakesSystemCalls(n.Package.Path) }

// lead adds the declarations that one leads to, and lets methods of a type wait until
// something may call them.
func (l *Led) lead(n *Node, list []*Node) {
	if l.any || n.Fact.Kind != facts.KindType {
		l.add(n, list...)
		return
	}
	for _, to := range list {
		name := to.Fact.Name
		if to.Fact.Kind != facts.KindMethod || to.Package.Whole != "" || l.names[name] || l.waiting[name] == nil && std.CallsMethod(name) {
			l.add(n, to)
		} else {
			l.waiting[name] = &waiting{n, to, l.waiting[name]}
		}
	}
}

// release adds the methods that a declaration may call. By package reflect, a package
// that uses it, or one whose source is not at hand, these are all.
func (l *Led) release(n *Node) {
	if l.any {
		return
	}
	names := n.Fact.Selected
	l.any = slices.ContainsFunc(names, std.HandsOutMethods) || slices.ContainsFunc(n.Externals, func(x External) bool {
		return std.CallsAnyMethod(x.Path) || !std.IsPackage(x.Path) && l.g.Find(x.Path).Dir == ""
	})
	if l.any {
		names = slices.Sorted(maps.Keys(l.waiting))
	}
	for _, name := range names {
		l.names[name] = true
		for w := l.waiting[name]; w != nil; w = w.next {
			l.add(w.via, w.method)
		}
		delete(l.waiting, name)
	}
}

// By returns the local declaration that leads to one of another module first, and how: the
// zero Mentioner for a root, or a local one.
func (l *Led) By(n *Node) (by Mentioner) {
	for to := n; to.countsAsExternal(); to = by.Node {
		if by.Node = l.Via(to); by.Node == nil {
			return Mentioner{}
		}
		by.What = External{to.Package.Path, to.Fact.Name, by.Node.Fact.Names[0].Line}
		for _, x := range by.Node.Externals {
			if x.Path == to.Package.Path && slices.Contains(l.g.ExternalNodes(x), to) {
				by.What = x
			}
		}
	}
	return by
}

// MakesSystemCalls reports whether the package of an import path is there to enter the system.
func MakesSystemCalls(path string) bool { return strings.HasPrefix(path, "golang.org/x/sys/") }
