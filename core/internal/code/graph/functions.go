package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Functions returns the functions of the package under test, and of its external
// test package, that have a name: T.M for a method.
func (g *Graph) Functions(name string) []*Node { return g.functions()[PlainName(name)] }

// FunctionNames returns the names of those functions.
func (g *Graph) FunctionNames() []string { return slices.Sorted(maps.Keys(g.functions())) }

func (g *Graph) functions() map[string][]*Node {
	found := map[string][]*Node{}
	for _, p := range g.tested() {
		for _, n := range p.Nodes {
			name := n.Fact.Name
			switch n.Fact.Kind {
			case facts.KindMethod:
				name = n.Fact.Recv + "." + name
				fallthrough
			case facts.KindFunc:
				found[name] = append(found[name], n)
			}
		}
	}
	return found
}

// tested returns the package under test, and its external test package.
func (g *Graph) tested() []*Package {
	return slices.DeleteFunc([]*Package{g.Target, g.Packages[g.Target.Path+"_test"]}, func(p *Package) bool { return p == nil })
}

// Unreadable says that functions cannot be found because the package has no
// source, or such as does not parse.
func (g *Graph) Unreadable() error {
	files := 0
	for _, p := range g.tested() {
		for _, f := range p.Files {
			files++
			if f.Facts.Flags&facts.FileBroken != 0 {
				_, err := syntax.ParseFile(f.Path)
				return err
			}
		}
	}
	if files == 0 {
		return fmt.Errorf("no Go files in %s", g.Target.Dir)
	}
	return nil
}

// PlainName spells methods as one asks for them: T.Method.
func PlainName(name string) string {
	return strings.NewReplacer("(", "", ")", "", "*", "").Replace(name)
}

// HandleTakers returns the functions that a handle is handed to, and whether they take
// it as one, by its type, so that their own facts tell what they ask. Of what other
// modules do with it nothing is known, but that it goes no further where they only check.
func (g *Graph) HandleTakers(n *Node, u facts.HandleUse) (found []*Node, followed bool) {
	if found, _ = g.lookup(n, u.To, 0); len(found) == 0 {
		return nil, u.Checks || u.To.X == "" && u.To.Sel != "" && slices.ContainsFunc(n.File.Dots, syntax.IsAPI)
	}
	return found, !slices.ContainsFunc(found, func(f *Node) bool { return f.Fact.HandleParams&(1<<u.Arg) == 0 })
}
