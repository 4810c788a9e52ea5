package graph

import "strings"

// A Led is all that some declarations lead to, in all modules: a type to all of its
// methods.
type Led struct {
	Order []*Node
	g     *Graph
	by    map[*Node]Mentioner
}

// A Mentioner is a local declaration with what it mentions of another module.
type Mentioner struct {
	Node *Node
	What External
}

// LedTo returns what some declarations lead to, as far as the source of other modules
// is at hand. A package that is vendored for its system calls counts as if it were not.
func (g *Graph) LedTo(roots ...*Node) *Led {
	l := &Led{g: g, by: map[*Node]Mentioner{}}
	l.Extend(roots...)
	return l
}

// Extend adds more roots, and returns what is new.
func (l *Led) Extend(roots ...*Node) []*Node {
	known := len(l.Order)
	for _, n := range roots {
		if n.Package.External || !n.Package.MakesSystemCalls() {
			l.add(Mentioner{}, n)
		}
	}
	for i := known; i < len(l.Order); i++ {
		n := l.Order[i]
		if n.Package.External || n.Package.MakesSystemCalls() {
			l.add(l.by[n], l.g.Next(n)...)
			continue
		}
		for _, to := range n.Edges {
			by := Mentioner{}
			if to.Package.MakesSystemCalls() {
				by = Mentioner{n, External{to.Package.Path, to.Fact.Name, int(n.Fact.NameLine)}}
			}
			l.add(by, to)
		}
		for _, x := range n.Externals {
			l.add(Mentioner{n, x}, l.g.ExternalNodes(x)...)
		}
		if n.Package.Whole != "" {
			l.add(Mentioner{}, n.Package.Nodes...)
		}
	}
	return l.Order[known:]
}

func (l *Led) add(by Mentioner, list ...*Node) {
	for _, n := range list {
		if _, known := l.by[n]; !known {
			l.by[n], l.Order = by, append(l.Order, n)
		}
	}
}

// By returns what leads to a declaration of another module first, nothing for a root or
// one of ours.
func (l *Led) By(n *Node) Mentioner { return l.by[n] }

// MakesSystemCalls reports whether a package is there to enter the system.
func (p *Package) MakesSystemCalls() bool { return IsSystemCalls(p.Path) }

// IsSystemCalls reports that of an import path.
func IsSystemCalls(path string) bool { return strings.HasPrefix(path, "golang.org/x/sys/") }
