package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Functions returns the functions of the package under test, and of its external
// test package, that have a name: T.M for a method.
func (g *Graph) Functions(name string) (found []*Node) {
	name = PlainName(name)
	for _, n := range g.allFunctions() {
		if n.functionName() == name {
			found = append(found, n)
		}
	}
	return found
}

// FunctionNames returns the names of those functions.
func (g *Graph) FunctionNames() (names []string) {
	for _, n := range g.allFunctions() {
		names = append(names, n.functionName())
	}
	slices.Sort(names)
	return names
}

func (g *Graph) allFunctions() (all []*Node) {
	for _, p := range g.tested() {
		for _, n := range p.Nodes {
			if n.Fact.Kind == facts.KindFunc || n.Fact.Kind == facts.KindMethod {
				all = append(all, n)
			}
		}
	}
	return all
}

func (n *Node) functionName() string {
	if n.Fact.Kind == facts.KindMethod {
		return n.Fact.Recv + "." + n.Fact.Name
	}
	return n.Fact.Name
}

func (g *Graph) tested() []*Package {
	if external := g.Packages[g.Target.Path+"_test"]; external != nil {
		return []*Package{g.Target, external}
	}
	return []*Package{g.Target}
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
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("()*", r) {
			return -1
		}
		return r
	}, name)
}
