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
	for _, p := range g.tested() {
		for _, n := range p.Nodes {
			if fn := n.functionName(); fn != "" && fn == PlainName(name) {
				found = append(found, n)
			}
		}
	}
	return found
}

// FunctionNames returns the names of those functions.
func (g *Graph) FunctionNames() (names []string) {
	for _, p := range g.tested() {
		for _, n := range p.Nodes {
			if fn := n.functionName(); fn != "" {
				names = append(names, fn)
			}
		}
	}
	slices.Sort(names)
	return names
}

func (n *Node) functionName() string {
	switch n.Fact.Kind {
	case facts.KindFunc:
		return n.Fact.Name
	case facts.KindMethod:
		return n.Fact.Acts().Recv + "." + n.Fact.Name
	}
	return ""
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
	return strings.NewReplacer("(", "", ")", "", "*", "").Replace(name)
}
