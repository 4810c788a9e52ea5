package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Unreadable says that functions cannot be found because the package has no
// source, or such as does not parse.
func (g *Graph) Unreadable() error {
	files := 0
	for _, p := range g.targets() {
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

// FunctionNames returns the names of the functions of the package under test.
func (g *Graph) FunctionNames() (names []string) {
	for _, p := range g.targets() {
		for _, n := range p.Nodes {
			switch name := n.Fact.Name; n.Fact.Kind {
			case facts.KindFunc:
				names = append(names, name)
			case facts.KindMethod:
				names = append(names, n.Fact.Acts().Recv+"."+name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// targets are the package, and its external test package if it has one.
func (g *Graph) targets() []*Package {
	return slices.DeleteFunc([]*Package{g.Target, g.Packages[g.Target.Path+"_test"]}, func(p *Package) bool { return p == nil })
}

// Functions returns the functions of the package under test that have a name, T.M
// for a method.
func (g *Graph) Functions(name string) []*Node {
	var found []*Node
	typ, method, isMethod := strings.Cut(PlainName(name), ".")
	for _, p := range g.targets() {
		for _, n := range p.Nodes {
			fn := n.Fact.Name
			switch {
			case isMethod && n.Fact.Kind == facts.KindMethod && n.Fact.Acts().Recv == typ && fn == method,
				!isMethod && n.Fact.Kind == facts.KindFunc && fn == name:
				found = append(found, n)
			}
		}
	}
	return found
}

// PlainName spells methods as one asks for them: T.Method.
func PlainName(name string) string {
	return strings.NewReplacer("(", "", ")", "", "*", "").Replace(name)
}
