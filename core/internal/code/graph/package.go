package graph

import (
	"cmp"
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Package is a package of the graph. That under test holds its internal test
// files; its external test package is a package of its own, p_test.
type Package struct {
	Path      string
	Dir       string
	Names     []string // in its package clauses: several where it is not certain which files are compiled
	External  bool     // of another module that counts by its version alone: see Graph.Externals
	Files     []*File
	Nodes     []*Node
	Decls     map[string][]*Node
	Methods   map[string][]*Node // by the name of the receiver's type
	Whole     string             // why all of it counts if any of it does
	sums      []pack.File        // contents that count with it: assembly, C, files that do not parse
	notGo     string             // the text of what is not Go
	Includes  bool               // code in it that is not Go may include files that lie elsewhere
	imports   []string
	inits     map[*Node][]*Node // of another module: its initialisation code, by the variables that it leads to
	versioned bool              // it may call local packages, and so is followed, yet its version stands for its text
	Shadows   bool              // it declares a predeclared identifier whose calls facts know by the rules of the language
}

// A File is a file of a package.
type File struct {
	Facts *facts.File
	Path  string
	Rel   string            // the path as closures and messages show it
	sum   codec.Digest      // digest of its content
	Names map[string]string // qualifier -> import path, where the name of the package is certain
	Vague []string          // imports whose package name is not certain
	Dots  []string
	pkg   *Package

	source *syntax.Source // memory of Source
}

// Source returns the file as it is parsed, once, nil where it cannot be.
func (f *File) Source() *syntax.Source {
	if f.source == nil {
		f.source, _ = syntax.ParseFile(f.Path)
	}
	return f.source
}

// A Node is a declaration in the graph.
type Node struct {
	ID        int32 // within a graph, the same for a copy
	Package   *Package
	File      *File
	Fact      *facts.Decl
	Edges     []*Node
	Externals []External
	done      bool           // Edges and Externals are there
	next      []*Node        // memory of Next
	mentions  int            // how many of next it mentions
	uses      []std.StateUse // what its mentions do to state of the standard library: zero for one that may do anything

	Literal bool // made for a function literal: it is in no list but a reach
}

// Init reports whether a declaration runs code when the program starts: it is a function init,
// or the initialiser of a variable that calls more than types, as var _ Interface = (*T)(nil)
// does, and predeclared functions that write to no array.
func (n *Node) Init() bool {
	return slices.ContainsFunc(n.Fact.Calls, func(name string) bool {
		decls := n.Package.Decls[name]
		return len(decls) == 0 && (!facts.IsSpecial(name) || name == "append" || name == "copy") || slices.ContainsFunc(decls, func(d *Node) bool { return d.Fact.Kind != facts.KindType })
	})
}

// An External is the mention of something outside the graph; Name is "" for the
// package as a whole.
type External struct {
	Path, Name string
	Line       int // where it is first mentioned
}

// newPackage makes a package of the Go files of a directory that are part of it.
func (g *Graph) newPackage(path, dir string, of *pack.Dir, has func(*facts.File) bool) *Package {
	p := &Package{Path: path, Dir: dir, Decls: map[string][]*Node{}, Methods: map[string][]*Node{}}
	for i := range of.Files {
		if f := &of.Files[i]; f.Facts() != nil && has(f.Facts()) {
			g.addFile(p, f)
		}
	}
	p.joinAliases()
	return p
}

func (g *Graph) addFile(p *Package, f *pack.File) {
	file := filepath.Join(p.Dir, f.Name)
	src := &File{Facts: f.Facts(), Path: file, Rel: g.Relative(file), sum: f.Sum, pkg: p}
	p.Files = append(p.Files, src)
	if !slices.Contains(p.Names, src.Facts.Package) {
		p.Names = append(p.Names, src.Facts.Package)
	}
	for _, imp := range src.Facts.Imports {
		if !slices.Contains(p.imports, imp.Path) {
			p.imports = append(p.imports, imp.Path)
		}
	}
	if src.Facts.Broken || src.Facts.Cgo {
		p.sums = append(p.sums, *f)
	}
	nodes := make([]Node, len(src.Facts.Decls))
	for i := range nodes {
		n := &nodes[i]
		n.Package, n.File, n.Fact, n.ID = p, src, &src.Facts.Decls[i], g.ids
		g.ids++
		p.Nodes = append(p.Nodes, n)
		if n.Fact.Kind == facts.KindMethod {
			p.Methods[n.Fact.Recv] = append(p.Methods[n.Fact.Recv], n)
			continue
		}
		for _, d := range n.Fact.Names {
			if d.Name == "_" || n.Fact.Kind == facts.KindInit {
				continue
			}
			p.Decls[d.Name] = append(p.Decls[d.Name], n)
			p.Shadows = p.Shadows || facts.IsSpecial(d.Name)
		}
	}
}

// joinAliases counts the methods that are declared by an alias of a type, or of its
// alias, among those of the type.
func (p *Package) joinAliases() {
	aliases := slices.DeleteFunc(slices.Clone(p.Nodes), func(n *Node) bool { return !n.Fact.Alias })
	for more := true; more; {
		more = false
		for _, alias := range aliases {
			for _, of := range alias.Fact.Refs {
				for _, m := range p.Methods[alias.Fact.Name] {
					if !slices.Contains(p.Methods[of], m) {
						p.Methods[of], more = append(p.Methods[of], m), true
					}
				}
			}
		}
	}
}

// IsLibrary reports whether a package is part of this library, as build.IsLibrary does.
func (p *Package) IsLibrary() bool { return build.IsLibrary(p.Path) }

// judge decides whether a package can be taken apart. The C compiler reads files of the
// system as well.
func (p *Package) judge() {
	for _, f := range p.Files {
		switch {
		case f.Facts.Broken:
			p.Whole = f.Facts.Name + " does not parse"
		case f.Facts.Cgo:
			p.Whole, p.Includes = f.Facts.Name+" uses cgo", true
		}
	}
	elsewhere := false
	for _, s := range p.sums {
		notGo, includes := p.readNotGo(s.Name)
		if elsewhere = elsewhere || includes; notGo && len(p.Files) > 0 {
			p.takeWhole("it holds code that is not Go")
		}
	}
	p.Includes = p.Includes || elsewhere && p.Whole != ""
}

// goHeaders are files that the assembler finds where Go is installed, or that the go
// command makes of the package.
const goHeaders std.Words = " funcdata.h go_asm.h textflag.h "

// readNotGo reports whether a file holds code of another language that is part of the
// build, and whether it may include a file of another directory. Stray C files are no
// part of it, without cgo; assembly is, but for the file that is there to let functions be
// declared without a body.
func (p *Package) readNotGo(name string) (is, includes bool) {
	ext := filepath.Ext(name)
	switch {
	case ext == ".go":
		return false, false
	case ext == ".syso":
		return true, false
	case strings.HasPrefix(ext, ".swig"):
		return true, true
	}
	src, err := unlogged.ReadFile(filepath.Join(p.Dir, name))
	p.notGo += string(src)
	tokens := syntax.AppendTokens(nil, src)
	includes = err != nil
	for token := range strings.SplitSeq(string(tokens), "\x00") {
		file, isText := strings.CutPrefix(token, `"`)
		file = strings.TrimSuffix(file, `"`)
		includes = includes || isText && !goHeaders.Has(file) && !slices.ContainsFunc(p.sums, func(s pack.File) bool { return s.Name == file })
	}
	return slices.Contains([]string{".s", ".S", ".sx"}, ext) && (err != nil || len(tokens) > 0), includes
}

// Name returns how a declaration is called in messages and by the deps command.
func (n *Node) Name() string { return n.NameOf(0) }

// NameOf is Name for the i-th of the names that it declares.
//
//go:noinline // inlined, it adds 8 kB to each test binary
func (n *Node) NameOf(i int) string {
	name := n.Fact.Names[i].Name
	if n.Fact.Kind != facts.KindMethod {
		return n.Package.Path + "." + name
	}
	if n.Fact.Pointer {
		return n.Package.Path + ".(*" + n.Fact.Recv + ")." + name
	}
	return n.Package.Path + ".(" + n.Fact.Recv + ")." + name
}

// LiteralNode makes a declaration of a function literal and of the statements that
// determine what it captures, with the types of that: the path and the name of each.
func (g *Graph) LiteralNode(file *File, code *syntax.Source, lit *ast.FuncLit, determined, told []ast.Node, types [][2]string) *Node {
	name := "func"
	for _, n := range file.Spanning(code.Line(lit.Pos())) {
		name = n.Fact.Name + ".func"
	}
	n := &Node{Package: file.pkg, File: file, Fact: facts.Literal(code, lit, name, determined, told), Literal: true, ID: g.ids}
	g.ids++
	g.Resolve(n)
	for _, t := range types {
		if p := g.Packages[cmp.Or(t[0], file.pkg.Path)]; p != nil {
			n.Edges = append(n.Edges, p.Decls[t[1]]...)
		} else {
			n.Externals = append(n.Externals, External{t[0], t[1], n.Fact.Line})
		}
	}
	return n
}

// Without returns a declaration without the literals of a closure that are
// written in it, as a whole where it may come to one of them more than once.
func (g *Graph) Without(n *Node, literals []*Node) *Node {
	var lines []int
	for _, lit := range literals {
		if lit.File == n.File && n.Fact.Spans(lit.Fact.Line) {
			lines = append(lines, lit.Fact.Line)
		}
	}
	if lines == nil {
		return n
	}
	p, fn := n.source()
	if fn == nil || slices.ContainsFunc(lines, func(line int) bool { return !facts.RunsLineOnce(p, fn, line, true) }) {
		return n
	}
	rest := &Node{Package: n.Package, File: n.File, Fact: facts.Without(p, fn, lines)}
	g.Resolve(rest)
	return rest
}

// RunsOnce reports whether a function comes to a line no more than once.
func (n *Node) RunsOnce(line int) bool {
	p, fn := n.source()
	return fn != nil && facts.RunsLineOnce(p, fn, line, false)
}

// source returns the file of a function and its declaration, nil where it cannot be parsed.
func (n *Node) source() (*syntax.Source, *ast.FuncDecl) {
	p := n.File.Source()
	if p == nil {
		return nil, nil
	}
	for _, d := range p.Syntax.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && p.Line(fn.Pos()) == n.Fact.Line && fn.Name.Name == n.Fact.Name {
			return p, fn
		}
	}
	return nil, nil
}

// A Decl is a declaration of a closure.
type Decl struct {
	Name    string // import/path.Name, import/path.(*T).Name
	File    string // relative to the module's directory
	Line    int
	Lines   int
	Digest  codec.Digest
	Imports string // the imports that it uses, a line each
	Via     string // the declaration that it is reached through, "" for a root and for initialisation code that counts by itself
	ViaFile string
	ViaLine int
	Root    bool // the function, or another declaration that the closure begins with
	Wide    bool // the function does not reach it: it counts as part of the whole run
	Aside   bool // it is no declaration, but something else that counts
}

// A Module is an external module, its version, and the sum that go.sum has of it.
type Module struct{ Path, Version, Sum string }

// A Use is something that code does at a place.
type Use struct {
	What string // "exec.Command", "seed.Rows"
	By   string // the declaration that holds the place
	File string
	Line int
}

// String returns what is done, and where.
func (u Use) String() string { return fmt.Sprintf("%s (%s:%d)", u.What, u.File, u.Line) }

// Caller returns the name of the declaration that holds the place, for people: a literal
// is the build function.
func (u Use) Caller() string {
	if strings.HasSuffix(u.By, ".func") {
		return "the build function"
	}
	return u.By[strings.LastIndexByte(u.By, '/')+1:]
}

// Relative returns a file's name as closures and messages show it.
func (g *Graph) Relative(path string) string {
	if rel, ok := build.Below(g.mods.Root, path); ok {
		return rel
	}
	return filepath.ToSlash(path)
}

// Use says that a declaration does something.
func (n *Node) Use(what string, line int) Use {
	return Use{What: what, By: n.Name(), File: n.File.Rel, Line: line}
}
