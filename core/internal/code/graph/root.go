package graph

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// WithTypes adds types to the declarations that a closure begins with: only type arguments name
// the methods that a generic function calls of them, and nothing names those that are called
// through an interface. The types go by the names that the linker spells. For an external type
// the version of its module counts, as if the first root mentioned it; one of the standard
// library is mentioned too, as it may ask for the local time. why says that there are types of
// other modules, or one of which nothing is known.
func (g *Graph) WithTypes(nodes []*Node, types ...string) (_ []*Node, why string) {
	var ext []External
	line := 0
	if len(nodes) > 0 {
		line = nodes[0].Fact.Names[0].Line
	}
	for _, symbol := range types {
		p, path, name := g.typeNamed(symbol)
		where := g.Find(path)
		withGo := where == (build.Place{}) && (build.IsLibrary(path) || comesWithGo(path))
		switch {
		case p != nil:
			if nodes = append(nodes, p.Decls[name]...); p.versioned {
				why = cmp.Or(why, OutsideTypes)
			}
		case !withGo && (where.Module.Path == "" || where.Local):
			nodes, why = append(nodes, g.All()...), fmt.Sprintf("no package of the type %s is known: all local code counts", symbol)
		default:
			if ext = append(ext, External{Path: path, Name: name, Line: line}); !withGo {
				why = cmp.Or(why, OutsideTypes)
			}
		}
	}
	if len(ext) > 0 && len(nodes) > 0 {
		first := *nodes[0]
		first.Externals, first.next = slices.Concat(first.Externals, ext), nil
		nodes[0] = &first
	}
	return nodes, why
}

// SplitName cuts import/path.Name as the linker, reflect and type arguments spell
// it: dots in the last element of the path are escaped (m%2ev2.T), of what an import path
// may hold nothing else (CheckImportPath in golang.org/x/mod/module), and type arguments
// may hold slashes (box.Box[a/b.T]).
func SplitName(s string) (path, name string) {
	s, _, _ = strings.Cut(s, "[")
	dir := strings.LastIndexByte(s, '/') + 1
	last, name, _ := strings.Cut(s[dir:], ".")
	return s[:dir] + strings.ReplaceAll(last, "%2e", "."), name
}

// typeNamed returns the import path and the name of a type, or another symbol, without the
// mark of a type that is declared in a function (user·1), and its package if that is local.
func (g *Graph) typeNamed(s string) (p *Package, path, name string) {
	path, name = SplitName(s)
	name, _, _ = strings.Cut(name, "·")
	switch path {
	case "main", "command-line-arguments": // of files that go test was given
		return g.Target, path, name
	case "command-line-arguments_test":
		path = g.Target.Path + "_test"
	}
	return g.Packages[path], path, name
}

// IsInFunction reports whether a type is declared in a function, user·1, or may be, as
// typeid.Unknown.
func IsInFunction(symbol string) bool { return strings.Contains(symbol, "·") }

// IsUnknown reports whether a type is declared in a function of a local package, or not
// known: the test runs its methods.
func (g *Graph) IsUnknown(s string) bool {
	p, _, name := g.typeNamed(s)
	return p != nil && (IsInFunction(s) || len(p.Decls[name]) == 0)
}

// OutsideTypes marks a closure in which a type of another module counts, as a
// type argument or that of a value handed over, which no source need name.
const OutsideTypes = "a type of another module counts by its version"

// All returns all declarations of local packages.
func (g *Graph) All() []*Node { return nodesOf(g.ByPath) }

func nodesOf(packages []*Package) (all []*Node) {
	for _, p := range packages {
		all = append(all, p.Nodes...)
	}
	return all
}

// WholePackages marks a closure that was asked for by packages.
const WholePackages = "Code(CodePackage): all of the build function's package and of the local ones that it imports counts"

// PackagesOf returns all declarations of the packages that some are part of,
// and of the local packages that those import, directly or not.
func (g *Graph) PackagesOf(roots []*Node) []*Node {
	var packages []*Package
	for _, n := range roots {
		packages = append(packages, n.Package)
	}
	return nodesOf(g.withImports(packages))
}

// withImports returns packages and the local ones that they import, directly or not.
func (g *Graph) withImports(packages []*Package) (all []*Package) {
	seen := map[*Package]bool{nil: true}
	for queue := slices.Clone(packages); len(queue) > 0; queue = queue[1:] {
		if p := queue[0]; !seen[p] {
			seen[p] = true
			all = append(all, p)
			for _, path := range p.imports {
				queue = append(queue, g.Packages[path])
			}
		}
	}
	return all
}

// FileAt returns the local file that the compiler knew by a name, nil if there is none.
func (g *Graph) FileAt(name string) *File {
	path, _ := g.b.OnDisk(name)
	for _, p := range g.ByPath {
		for _, f := range p.Files {
			if f.Path == path || filepath.Base(f.Path) == filepath.Base(path) && unlogged.SameFile(f.Path, path) {
				return f
			}
		}
	}
	return nil
}

// Spanning returns the declarations that a line is part of.
func (f *File) Spanning(line int) []*Node {
	return slices.DeleteFunc(slices.Clone(f.pkg.Nodes), func(n *Node) bool { return n.File != f || !n.Fact.Spans(line) })
}

// Functions returns the functions of the package under test, and of its external
// test package, that have a name: T.M for a method.
func (g *Graph) Functions(name string) []*Node { return g.functions()[PlainName(name)] }

// FunctionNames returns the names of those functions.
func (g *Graph) FunctionNames() []string { return slices.Sorted(maps.Keys(g.functions())) }

func (g *Graph) functions() map[string][]*Node {
	found := map[string][]*Node{}
	for _, n := range nodesOf(g.tested()) {
		name := n.Fact.Name
		switch n.Fact.Kind {
		case facts.KindMethod:
			name = n.Fact.Recv + "." + name
			fallthrough
		case facts.KindFunc:
			found[name] = append(found[name], n)
		}
	}
	return found
}

// tested returns the package under test, and its external test package.
func (g *Graph) tested() []*Package {
	return slices.DeleteFunc([]*Package{g.Target, g.Packages[g.Target.Path+"_test"]}, func(p *Package) bool { return p == nil })
}

// Unreadable returns an error if functions cannot be found because the package has no
// source, or a file that does not parse.
func (g *Graph) Unreadable() error {
	files := 0
	for _, p := range g.tested() {
		for _, f := range p.Files {
			files++
			if f.Facts.Broken {
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

// PlainName spells methods as users do: T.Method.
func PlainName(name string) string {
	return strings.NewReplacer("(", "", ")", "", "*", "").Replace(name)
}

// FollowsHandle reports whether the functions that a handle is handed to tell what they do
// with it: in other modules, whether they do not ask for the name.
func (g *Graph) FollowsHandle(n *Node, u facts.HandleUse) bool {
	found, follows := g.handleTakers(n, u)
	return follows && !slices.ContainsFunc(found, func(f *Node) bool { return f.Package.External && g.UsesName(f, map[*Node]bool{}) })
}

// handleTakers returns the functions that a handle is handed to, and whether they take it as
// one, by its type, so that their own facts tell what they ask. Of other functions in other
// modules nothing is known, but that those which only check hand it to nobody.
func (g *Graph) handleTakers(n *Node, u facts.HandleUse) (found []*Node, follows bool) {
	found, outside := g.lookup(n, u.To, 0)
	checks := len(found) == 0 && (u.Checks || u.To.X == "" && u.To.Sel != "" && slices.ContainsFunc(n.File.Dots, syntax.IsAPI))
	for _, x := range outside {
		found = append(slices.Clip(found), g.ExternalNodes(x)...)
	}
	typed := len(found) > 0 && !slices.ContainsFunc(found, func(f *Node) bool { return f.Fact.HandleParams&(1<<u.Arg) == 0 })
	return found, typed || checks
}

// UsesName reports whether a function asks the testing handles that it is given for a name,
// or may hand them to one that does. seen holds functions that are not asked again.
func (g *Graph) UsesName(n *Node, seen map[*Node]bool) bool {
	seen[n] = true
	return slices.ContainsFunc(n.Fact.HandleUses, func(u facts.HandleUse) bool {
		if u.What != facts.HandleName {
			return false
		}
		found, follows := g.handleTakers(n, u)
		return !follows || slices.ContainsFunc(found, func(f *Node) bool { return !seen[f] && g.UsesName(f, seen) })
	})
}
