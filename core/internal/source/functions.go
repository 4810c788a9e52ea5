package source

import (
	"fmt"
	"slices"
	"strings"
)

// unreadable says that functions cannot be found because the package has no
// source, or such as does not parse.
func (g *graph) unreadable() error {
	files := 0
	for _, p := range g.targets() {
		for _, f := range p.files {
			files++
			if f.facts.flags&fileBroken != 0 {
				_, err := parseFile(f.path)
				return err
			}
		}
	}
	if files == 0 {
		return fmt.Errorf("no Go files in %s", g.target.dir)
	}
	return nil
}

// functionNames returns the names of the functions of the package under test.
func (g *graph) functionNames() (names []string) {
	for _, p := range g.targets() {
		for _, n := range p.nodes {
			switch name := n.fact.name; n.fact.kind {
			case kindFunc:
				names = append(names, name)
			case kindMethod:
				names = append(names, n.fact.does().recv+"."+name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// targets are the package, and its external test package if it has one.
func (g *graph) targets() []*pkg {
	return slices.DeleteFunc([]*pkg{g.target, g.packages[g.target.path+"_test"]}, func(p *pkg) bool { return p == nil })
}

// functions returns the functions of the package under test that have a name, T.M
// for a method.
func (g *graph) functions(name string) []*node {
	var found []*node
	typ, method, isMethod := strings.Cut(plainName(name), ".")
	for _, p := range g.targets() {
		for _, n := range p.nodes {
			fn := n.fact.name
			switch {
			case isMethod && n.fact.kind == kindMethod && n.fact.does().recv == typ && fn == method,
				!isMethod && n.fact.kind == kindFunc && fn == name:
				found = append(found, n)
			}
		}
	}
	return found
}

// plainName spells methods as one asks for them: T.Method.
func plainName(name string) string {
	return strings.NewReplacer("(", "", ")", "", "*", "").Replace(name)
}
