package graph

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Root is a function whose closure is asked for.
type Root struct {
	File       string   // of the function, as the compiler was told it
	Line       int      // of its func keyword
	Wrapper    bool     // made by the compiler: it has no source of its own
	Escalates  bool     // it may run code that its own source does not name
	Determined [][2]int // the places in its file, as byte ranges, of definitions that are part of its code
	Generic    bool     // it has type arguments
	Test       string   // the name of the running test
	Types      []string // the named types in its result, as import/path.Name
	ArgTypes   []string // those of the values that are handed to it, which bring their methods
}

// Roots returns the declarations that the closure of a function begins
// with, whether the running test is among them, and why they are more than a
// closer look would need.
//
// A literal is its own root, with the definitions that give the constants it
// uses: what else it captures is told. Where a value is left out that may hold
// code, the declaration around it and the test that is running count too: what
// those built and handed over is in their own closure. The types of what is handed to it are
// roots: their methods it may call through an interface.
func (g *Graph) Roots(s Root) (nodes []*Node, inTest bool, fallback string, err error) {
	nodes, inTest, fallback, err = g.ownNodes(s)
	if err != nil {
		return nil, inTest, "", err
	}
	given := slices.DeleteFunc(slices.Clone(s.ArgTypes), g.fromStd)
	if nodes, _ = g.withTypes(nodes, given); fallback == "" && g.fromOutside(given) {
		fallback = OutsideTypes
	}
	return nodes, inTest, fallback, nil
}

// ownNodes is Roots without what is handed over.
func (g *Graph) ownNodes(s Root) (nodes []*Node, inTest bool, fallback string, err error) {
	inTest = s.Escalates
	if !s.Wrapper {
		nodes, err = g.nodesAt(s)
		if err != nil {
			return nil, inTest, "", err
		}
		if nodes == nil && !g.abroadFile(s.File) {
			return nil, inTest, "", fmt.Errorf("%s is not among the files that are known to be compiled", filepath.Base(s.File))
		}
		if nodes == nil {
			return g.All(), inTest, "the build function's source is in no local package: all local code counts", nil
		}
	}
	if s.Generic {
		var all bool
		nodes, all = g.withTypes(nodes, s.Types)
		inTest = inTest || !all
	}
	if s.Generic && g.fromOutside(s.Types) {
		fallback = OutsideTypes
	}
	if !inTest {
		return nodes, false, fallback, nil
	}
	test := g.TestNamed(s.Test)
	if test == nil {
		return g.All(), true, fmt.Sprintf("no test function %s in the source: all local code counts", TopLevel(s.Test)), nil
	}
	return append(nodes, test...), true, fallback, nil
}

// withTypes adds types to the roots: what a generic function calls of them only
// its type arguments name, and what is called of a value's through an interface
// nothing. Of an external one the version of its module counts. It reports false
// if some are declared in functions: those are run by the test.
func (g *Graph) withTypes(nodes []*Node, types []string) (_ []*Node, all bool) {
	all = true
	var ext []External
	for _, name := range types {
		path, name := splitType(name)
		p := g.Packages[path]
		if path == "main" {
			p = g.Target
		}
		switch {
		case p == nil || p.External:
			ext = append(ext, External{Path: path, Name: name})
		case len(p.Decls[name]) > 0:
			nodes = append(nodes, p.Decls[name]...)
		default:
			all = false
		}
	}
	if len(ext) > 0 && len(nodes) > 0 {
		first := *nodes[0]
		first.Externals = slices.Concat(first.Externals, ext)
		if first.literal {
			nodes = nodes[1:]
		}
		nodes = append([]*Node{&first}, nodes...)
	}
	return nodes, all
}

// fromStd reports whether a type comes with the Go version.
func (g *Graph) fromStd(name string) bool {
	path, _ := splitType(name)
	where := g.mods.Find(path)
	return g.Packages[path] == nil && path != "main" && !where.Local && where.Module.Path == ""
}

// OutsideTypes marks a closure in which a type of another module counts, as a
// type argument or that of a value handed over, which no source need name.
const OutsideTypes = "a type of another module counts by its version"

// fromOutside reports whether some types are of other modules.
func (g *Graph) fromOutside(types []string) bool {
	return slices.ContainsFunc(types, func(name string) bool {
		path, _ := splitType(name)
		return g.Packages[path] == nil && g.mods.Find(path).Module.Path != ""
	})
}

// splitType cuts import/path.Name as reflect and type arguments spell it:
// box.Box[…], m%2ev2.T, user·1 for one that is declared in a function.
func splitType(s string) (path, name string) {
	dir := strings.LastIndexByte(s, '/') + 1
	last, name, _ := strings.Cut(s[dir:], ".")
	name, _, _ = strings.Cut(name, "·")
	return syntax.UnescapePath(s[:dir] + last), name
}

// TopLevel returns the name of the test function that a test or subtest is run
// by.
func TopLevel(test string) string {
	name, _, _ := strings.Cut(test, "/")
	return name
}

// TestNamed returns the function that runs a test of the package under test.
func (g *Graph) TestNamed(test string) []*Node {
	name := TopLevel(test)
	var found []*Node
	for _, p := range []*Package{g.Target, g.Packages[g.Target.Path+"_test"]} {
		if p != nil && name != "" {
			found = append(found, p.Decls[name]...)
		}
	}
	return found
}

// All returns all declarations of local packages.
func (g *Graph) All() []*Node {
	var all []*Node
	for _, p := range g.ByPath {
		if !p.External {
			all = append(all, p.Nodes...)
		}
	}
	return all
}

// WholePackages marks a closure that was asked for by packages.
const WholePackages = "Code(CodePackage): all of the build function's package and of the local ones that it imports counts"

// PackagesOf returns all declarations of the packages that some are part of,
// and of the local packages that those import, directly or not.
func (g *Graph) PackagesOf(roots []*Node) []*Node {
	seen := map[*Package]bool{}
	var all []*Node
	var add func(p *Package)
	add = func(p *Package) {
		if p == nil || seen[p] {
			return
		}
		seen[p] = true
		all = append(all, p.Nodes...)
		for _, path := range p.imports {
			add(g.Packages[path])
		}
	}
	for _, n := range roots {
		add(n.Package)
	}
	return all
}

// nodesAt returns the declarations or literals that begin where fn does.
func (g *Graph) nodesAt(s Root) ([]*Node, error) {
	path, err := g.b.OnDisk(s.File)
	if err != nil {
		return nil, nil
	}
	file, p := g.fileAt(path)
	if file == nil {
		return nil, nil
	}
	src, err := unlogged.ReadFile(path)
	if err != nil || g.b.CheckFresh(path) != nil {
		return nil, &build.StaleError{Path: path}
	}
	code, err := syntax.Parse(token.NewFileSet(), path, src)
	if err != nil {
		return nil, nil
	}
	lits, decls := scope.FunctionsAt(code.Syntax, code.Line, s.Line)
	var nodes []*Node
	for _, d := range decls {
		nodes = append(nodes, p.declAt(file, code.Line(d.Pos()))...)
	}
	var end token.Pos
	for _, lit := range lits {
		if lit.Pos() < end {
			continue // it comes with the one around it
		}
		end = lit.End()
		n := g.LiteralNode(p, file, code, lit, s.Determined)
		nodes = append(nodes, n)
		if s.Escalates {
			nodes = append(nodes, p.declAround(file, code.Line(lit.Pos()))...)
		}
	}
	return nodes, nil
}

// abroadFile reports whether a file is of a module that counts by its version,
// or of this library: then no local package need hold it.
func (g *Graph) abroadFile(file string) bool {
	path, err := g.b.OnDisk(file)
	if err != nil {
		return false
	}
	if g.mods.InCache(path) {
		return true
	}
	return build.IsLibrary(g.mods.ImportPath(filepath.Dir(path)))
}

func (g *Graph) fileAt(path string) (*File, *Package) {
	for _, p := range g.ByPath {
		for _, f := range p.Files {
			if f.Path == path || filepath.Base(f.Path) == filepath.Base(path) && sameFile(f.Path, path) {
				return f, p
			}
		}
	}
	return nil, nil
}

func sameFile(a, b string) bool {
	x, err1 := unlogged.StatPath(a)
	y, err2 := unlogged.StatPath(b)
	return err1 == nil && err2 == nil && x.Inode != 0 && x.Inode == y.Inode && x.Device == y.Device
}

func (p *Package) declAt(f *File, line int) []*Node {
	return p.nodesWhere(f, func(d *facts.Decl) bool { return d.Line == line })
}

func (p *Package) declAround(f *File, line int) []*Node {
	return p.nodesWhere(f, func(d *facts.Decl) bool { return d.Spans(line) })
}

func (p *Package) nodesWhere(f *File, ok func(*facts.Decl) bool) []*Node {
	var found []*Node
	for _, n := range p.Nodes {
		if n.File == f && ok(n.Fact) {
			found = append(found, n)
		}
	}
	return found
}

// LiteralNode makes a declaration of a function literal and of the statements
// that determine what it captures.
func (g *Graph) LiteralNode(p *Package, file *File, code *syntax.Source, lit *ast.FuncLit, determined [][2]int) *Node {
	name := "func"
	for _, d := range p.declAround(file, code.Line(lit.Pos())) {
		name = d.Fact.Name + ".func"
	}
	n := &Node{Package: p, File: file, Fact: facts.Literal(code, lit, name, determined), literal: true, id: g.ids.Add(1) - 1}
	g.Resolve(n)
	return n
}
