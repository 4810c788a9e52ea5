package source

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A start is a function whose closure is asked for.
type start struct {
	file       string   // of the function, as the compiler was told it
	line       int      // of its func keyword
	wrapper    bool     // made by the compiler: it has no source of its own
	escalates  bool     // it may run code that its own source does not name
	determined [][2]int // the places in its file, as byte ranges, of definitions that are part of its code
	generic    bool     // it has type arguments
	test       string   // the name of the running test
	types      []string // the named types in its result, as import/path.Name
	handed     []string // those of the values that are handed to it, which bring their methods
}

// rootNodes returns the declarations that the closure of a function begins
// with, whether the running test is among them, and why they are more than a
// closer look would need.
//
// A literal is its own root, with the definitions that give the constants it
// uses: what else it captures is told. Where a value is left out that may hold
// code, the declaration around it and the test that is running count too: what
// those built and handed over is in their own closure. The types of what is handed to it are
// roots: their methods it may call through an interface.
func (g *graph) rootNodes(s start) (nodes []*node, inTest bool, fallback string, err error) {
	nodes, inTest, fallback, err = g.ownNodes(s)
	if err != nil {
		return nil, inTest, "", err
	}
	given := slices.DeleteFunc(slices.Clone(s.handed), g.fromStd)
	if nodes, _ = g.withTypes(nodes, given); fallback == "" && g.fromOutside(given) {
		fallback = outsideTypes
	}
	return nodes, inTest, fallback, nil
}

// ownNodes is rootNodes without what is handed over.
func (g *graph) ownNodes(s start) (nodes []*node, inTest bool, fallback string, err error) {
	inTest = s.escalates
	if !s.wrapper {
		nodes, err = g.nodesAt(s)
		if err != nil {
			return nil, inTest, "", err
		}
		if nodes == nil && !g.abroadFile(s.file) {
			return nil, inTest, "", fmt.Errorf("%s is not among the files that are known to be compiled", filepath.Base(s.file))
		}
		if nodes == nil {
			return g.everything(), inTest, "fn's source is in no local package: all local code counts", nil
		}
	}
	if s.generic {
		var all bool
		nodes, all = g.withTypes(nodes, s.types)
		inTest = inTest || !all
	}
	if s.generic && g.fromOutside(s.types) {
		fallback = outsideTypes
	}
	if !inTest {
		return nodes, false, fallback, nil
	}
	test := g.testNamed(s.test)
	if test == nil {
		return g.everything(), true, fmt.Sprintf("no test function %s in the source: all local code counts", topLevel(s.test)), nil
	}
	return append(nodes, test...), true, fallback, nil
}

// withTypes adds types to the roots: what a generic function calls of them only
// its type arguments name, and what is called of a value's through an interface
// nothing. Of an external one the version of its module counts. It reports false
// if some are declared in functions: those are run by the test.
func (g *graph) withTypes(nodes []*node, types []string) (_ []*node, all bool) {
	all = true
	var ext []extRef
	for _, name := range types {
		path, name := splitType(name)
		p := g.packages[path]
		if path == "main" {
			p = g.target
		}
		switch {
		case p == nil || p.external:
			ext = append(ext, extRef{path: path, name: name})
		case len(p.decls[name]) > 0:
			nodes = append(nodes, p.decls[name]...)
		default:
			all = false
		}
	}
	if len(ext) > 0 && len(nodes) > 0 {
		first := *nodes[0]
		first.ext = slices.Concat(first.ext, ext)
		if first.literal {
			nodes = nodes[1:]
		}
		nodes = append([]*node{&first}, nodes...)
	}
	return nodes, all
}

// fromStd reports whether a type comes with the Go version.
func (g *graph) fromStd(name string) bool {
	path, _ := splitType(name)
	where := g.mods.Find(path)
	return g.packages[path] == nil && path != "main" && !where.Local && where.Module.Path == ""
}

// outsideTypes marks a closure in which a type of another module counts, as a
// type argument or that of a value handed over, which no source need name.
const outsideTypes = "a type of another module counts by its version"

// fromOutside reports whether some types are of other modules.
func (g *graph) fromOutside(types []string) bool {
	return slices.ContainsFunc(types, func(name string) bool {
		path, _ := splitType(name)
		return g.packages[path] == nil && g.mods.Find(path).Module.Path != ""
	})
}

// splitType cuts import/path.Name as reflect and type arguments spell it:
// box.Box[…], m%2ev2.T, user·1 for one that is declared in a function.
func splitType(s string) (path, name string) {
	dir := strings.LastIndexByte(s, '/') + 1
	last, name, _ := strings.Cut(s[dir:], ".")
	name, _, _ = strings.Cut(name, "·")
	return unescape(s[:dir] + last), name
}

// topLevel returns the name of the test function that a test or subtest is run
// by.
func topLevel(test string) string {
	name, _, _ := strings.Cut(test, "/")
	return name
}

// testNamed returns the function that runs a test of the package under test.
func (g *graph) testNamed(test string) []*node {
	name := topLevel(test)
	var found []*node
	for _, p := range []*pkg{g.target, g.packages[g.target.path+"_test"]} {
		if p != nil && name != "" {
			found = append(found, p.decls[name]...)
		}
	}
	return found
}

// everything returns all declarations of local packages.
func (g *graph) everything() []*node {
	var all []*node
	for _, p := range g.order {
		if !p.external {
			all = append(all, p.nodes...)
		}
	}
	return all
}

// wholePackages marks a closure that was asked for by packages.
const wholePackages = "Code(CodePackage): all of fn's package and of the local ones that it imports counts"

// packagesOf returns all declarations of the packages that some are part of,
// and of the local packages that those import, directly or not.
func (g *graph) packagesOf(roots []*node) []*node {
	seen := map[*pkg]bool{}
	var all []*node
	var add func(p *pkg)
	add = func(p *pkg) {
		if p == nil || seen[p] {
			return
		}
		seen[p] = true
		all = append(all, p.nodes...)
		for _, path := range p.imports {
			add(g.packages[path])
		}
	}
	for _, n := range roots {
		add(n.pkg)
	}
	return all
}

// nodesAt returns the declarations or literals that begin where fn does.
func (g *graph) nodesAt(s start) ([]*node, error) {
	path, err := g.b.OnDisk(s.file)
	if err != nil {
		return nil, nil
	}
	file, p := g.fileAt(path)
	if file == nil {
		return nil, nil
	}
	src, err := quiet.ReadFile(path)
	if err != nil || g.b.CheckFresh(path) != nil {
		return nil, &build.StaleError{Path: path}
	}
	code, err := parseSource(token.NewFileSet(), path, src)
	if err != nil {
		return nil, nil
	}
	lits, decls := scope.FunctionsAt(code.file, code.line, s.line)
	var nodes []*node
	for _, d := range decls {
		nodes = append(nodes, p.declAt(file, code.line(d.Pos()))...)
	}
	for _, lit := range lits {
		n := g.literalNode(p, file, code, lit, s.determined)
		nodes = append(nodes, n)
		if s.escalates {
			nodes = append(nodes, p.declAround(file, code.line(lit.Pos()))...)
		}
	}
	return nodes, nil
}

// abroadFile reports whether a file is of a module that counts by its version,
// or of this library: then no local package need hold it.
func (g *graph) abroadFile(file string) bool {
	path, err := g.b.OnDisk(file)
	if err != nil {
		return false
	}
	if g.mods.InCache(path) {
		return true
	}
	return build.IsLibrary(g.mods.ImportPath(filepath.Dir(path)))
}

func (g *graph) fileAt(path string) (*srcFile, *pkg) {
	for _, p := range g.order {
		for _, f := range p.files {
			if f.path == path || filepath.Base(f.path) == filepath.Base(path) && sameFile(f.path, path) {
				return f, p
			}
		}
	}
	return nil, nil
}

func sameFile(a, b string) bool {
	x, err1 := quiet.StatPath(a)
	y, err2 := quiet.StatPath(b)
	return err1 == nil && err2 == nil && x.Inode != 0 && x.Inode == y.Inode && x.Device == y.Device
}

func (p *pkg) declAt(f *srcFile, line int) []*node {
	return p.nodesWhere(f, func(d *declFact) bool { return d.line == line })
}

func (p *pkg) declAround(f *srcFile, line int) []*node {
	return p.nodesWhere(f, func(d *declFact) bool { return d.spans(line) })
}

func (p *pkg) nodesWhere(f *srcFile, ok func(*declFact) bool) []*node {
	var found []*node
	for _, n := range p.nodes {
		if n.file == f && ok(n.fact) {
			found = append(found, n)
		}
	}
	return found
}

// literalNode makes a declaration of a function literal and of the statements
// that determine what it captures.
func (g *graph) literalNode(p *pkg, file *srcFile, code *parsed, lit *ast.FuncLit, determined [][2]int) *node {
	name := "func"
	for _, d := range p.declAround(file, code.line(lit.Pos())) {
		name = d.fact.name + ".func"
	}
	n := &node{pkg: p, file: file, fact: literalFacts(code, lit, name, determined), literal: true, id: g.ids.Add(1) - 1}
	g.resolve(n)
	return n
}
