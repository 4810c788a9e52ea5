package facts

import (
	"fmt"
	"go/ast"
	gobuild "go/build"
	"go/token"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// nameCount is what a comparison with go/types found.
type nameCount struct {
	packages, names int
	near, missing   []string
}

func (c *nameCount) String() string {
	return fmt.Sprintf("%d packages, %d names: %d wrongly near, %d missing", c.packages, c.names, len(c.near), len(c.missing))
}

// noPackages stands in for whatever is imported: what identifiers stand for
// needs no more of an import than that it is one.
type noPackages struct{}

func (noPackages) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	name := syntax.LikelyName(path)
	if i := strings.IndexAny(name, ".-"); i > 0 {
		name = name[:i]
	}
	p := types.NewPackage(path, name)
	p.MarkComplete()
	return p, nil
}

// compare holds the facts of a package's files, and what their syntax says of
// scopes, against go/types.
func (c *nameCount) compare(name string, files map[string][]byte) {
	fset := token.NewFileSet()
	var asts []*ast.File
	parsedFiles := map[*ast.File]*syntax.Source{}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		p, err := syntax.Parse(fset, file, files[file])
		if err != nil {
			continue
		}
		asts = append(asts, p.Syntax)
		parsedFiles[p.Syntax] = p
	}
	if len(asts) == 0 {
		return
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: noPackages{}, FakeImportC: true, Error: func(error) {}}
	pkg, _ := conf.Check(name, fset, asts, info)
	c.packages++
	for _, file := range asts {
		c.compareFile(fset, pkg, parsedFiles[file], info)
	}
}

// compareFile checks each identifier of a file that stands for a declaration of
// the package, an import, or something that a function declares.
func (c *nameCount) compareFile(fset *token.FileSet, pkg *types.Package, p *syntax.Source, info *types.Info) {
	f := &File{Name: p.Path}
	newWalker(f, p).extract()
	for _, d := range p.Syntax.Decls {
		for _, part := range separate(d) {
			noted := notedIn(f, p.Line(part.Pos()), p.Line(part.End()))
			var group ast.Node
			ast.Inspect(part, func(n ast.Node) bool {
				if g, ok := n.(*ast.GenDecl); ok && g.Tok == token.CONST && implicit(g) {
					group = g
				}
				id, ok := n.(*ast.Ident)
				if !ok {
					return true
				}
				obj := info.Uses[id]
				if obj != nil && group != nil && within(obj.Pos(), group) && within(id.Pos(), group) {
					return true // repeated by a spec that follows, it also means what the group itself has declared since
				}
				c.compareName(fset, pkg, id, obj, noted)
				return true
			})
		}
	}
}

// separate returns the parts of a declaration that have facts of their own.
func separate(d ast.Decl) (parts []ast.Node) {
	g, ok := d.(*ast.GenDecl)
	if !ok || g.Tok == token.CONST && implicit(g) {
		return []ast.Node{d}
	}
	for _, s := range g.Specs {
		if g.Tok != token.IMPORT {
			parts = append(parts, s)
		}
	}
	return parts
}

// notedIn returns the names that the declarations between two lines mention.
func notedIn(f *File, from, to int) map[string]bool {
	noted := map[string]bool{}
	for _, d := range f.Decls {
		if d.Line < from || d.Line > to {
			continue
		}
		for _, name := range d.Refs {
			noted[name] = true
		}
		for _, q := range d.Quals {
			noted[q.X] = true
		}
	}
	return noted
}

func (c *nameCount) compareName(fset *token.FileSet, pkg *types.Package, id *ast.Ident, obj types.Object, noted map[string]bool) {
	if obj == nil || obj.Pkg() != pkg || obj.Name() == "_" {
		return
	}
	switch o := obj.(type) {
	case *types.Label:
		return
	case *types.Var:
		if o.IsField() {
			return
		}
	case *types.Func:
		if o.Signature().Recv() != nil {
			return
		}
	}
	c.names++
	where := func() string { return fmt.Sprintf("%s: %s", fset.Position(id.Pos()), id.Name) }
	_, isImport := obj.(*types.PkgName)
	def := scope.Of(id)
	switch local := !isImport && obj.Parent() != pkg.Scope(); {
	case local && def == nil:
		c.missing = append(c.missing, where()+" is taken for a name of the package")
	case local && def.Ident.Pos() != obj.Pos():
		c.near = append(c.near, where()+" is taken for another local name")
	case !local && def != nil:
		c.near = append(c.near, where()+" is taken for a local name")
	case !local && !noted[id.Name]:
		c.missing = append(c.missing, where()+" is no edge")
	}
}

// addDir compares the packages whose files lie in a directory.
func (c *nameCount) addDir(dir string) {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	packages := map[string]map[string][]byte{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		name := packageName(src)
		if packages[name] == nil {
			packages[name] = map[string][]byte{}
		}
		packages[name][file] = src
	}
	for name, files := range packages {
		c.compare(name, files)
	}
}

// addTree compares all packages below a directory, but those that need not
// compile; with apart, each file is one of its own.
func (c *nameCount) addTree(root string, apart bool) {
	filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
		case d.IsDir() && (d.Name() == "testdata" || path == filepath.Join(root, "cache")):
			return filepath.SkipDir
		case d.IsDir() && !apart:
			c.addDir(path)
		case apart && strings.HasSuffix(path, ".go"):
			if src, err := os.ReadFile(path); err == nil {
				c.compare(packageName(src), map[string][]byte{path: src})
			}
		}
		return nil
	})
}

// TestNamesAgainstTypes: whatever go/types knows for a declaration of the
// package, an import or something local is taken for just that, or for more:
// in some packages of the standard library, and with CACHETEST_LONG=1 in all of
// them, in the tests of the compiler and in the module cache.
func TestNamesAgainstTypes(t *testing.T) {
	root := gobuild.Default.GOROOT
	if _, err := os.Stat(filepath.Join(root, "src", "cmd", "go")); err != nil {
		t.Skip("no source of Go: ", err)
	}
	all := &nameCount{}
	if os.Getenv("CACHETEST_LONG") == "" {
		for dir := range strings.FieldsSeq("bufio context encoding/json encoding/xml errors fmt go/ast go/types internal/fuzz iter maps os slices text/template time") {
			all.addDir(filepath.Join(root, "src", dir))
		}
		all.addTree(filepath.Join(root, "test", "typeparam"), true)
	} else {
		cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, tree := range []struct {
			name, dir string
			apart     bool
		}{{"src", filepath.Join(root, "src"), false}, {"test", filepath.Join(root, "test"), true}, {"modules", strings.TrimSpace(string(cache)), false}} {
			c := &nameCount{}
			c.addTree(tree.dir, tree.apart)
			t.Logf("%s: %v", tree.name, c)
			all.packages, all.names, all.near, all.missing = all.packages+c.packages, all.names+c.names, append(all.near, c.near...), append(all.missing, c.missing...)
		}
	}
	t.Log(all)
	for _, list := range [][]string{all.near, all.missing} {
		for _, s := range list[:min(len(list), 40)] {
			t.Error(s)
		}
	}
	if all.names < 50_000 {
		t.Errorf("only %d names were compared", all.names)
	}
}

// What the parser takes for another thing than the language does, and what is
// easily taken so, agrees with go/types too.
func TestNamesOfForms(t *testing.T) {
	for _, src := range []string{
		"type d int\nfunc f(x any) { switch d := x.(type) { case d: _ = d; case []d, map[d]*d: _ = d } }",
		"type d int\nfunc f(x any) { type d string; switch d := x.(type) { case d: _ = d } }",
		"func f(x any) { type d string; { type d bool; _ = d(true) }; switch d := x.(type) { case d: _ = d } }",
		"func f[d any](x any) { switch d := x.(type) { case d: _ = d } }",
		"func f(x any) { type d int; g := func(d int) { switch d := x.(type) { case func(d d): _ = d } }; g(0) }",
		"type d int\nvar v = func(x any) int { switch d := x.(type) { case d: return 1; case interface{ m(d) }: _ = d }; return 0 }",
		"type d int\nfunc f(x any) { switch d := x.(type) { case int: switch d := any(d).(type) { case *d: _ = d } } }",
		"type d int\nfunc f(x any) { for d := range 3 { _ = d }; if d := 1; d > 0 { _ = d }; switch y := x.(type) { case d: _ = y } }",
		"type d int\nfunc f(x any) { d := func() { switch d := x.(type) { case d: _ = d } }; d() }",
		"type d int\nfunc f(x any) { switch d := 1; d := x.(type) { case int: _ = d } }",
		"type T int\ntype ( A[T any] struct{ t T }; B struct{ t T } )",
		"type k int\ntype s struct{ k int }\nvar a = s{k: 1}\nfunc f(k int) any { return map[int]s{k: {k: k}} }",
		"type k int\ntype s struct{ k int }\nfunc f() any { type s map[k]int; const k = 1; return s{k: int(k)} }",
		"type k int\ntype s []int\nfunc f() any { type t struct{ k k }; type u t; return []any{s{k(1): 1}, t{k: 1}, u{k: 2}, struct{ k k }{k: 3}} }",
		"const k = 1\ntype s [3]int\ntype t map[int]int\nfunc f() any { return []any{s{k: 1}, t{k: 1}, [3]int{k: 1}, map[int]int{k: 1}} }",
		"const a = 1\nfunc f() { const a = a + 1; type b [a]int; var b2 b; _ = b2; x := a; { x := x; _ = x } }",
		"type g[P any] struct{ p P }\nfunc (r g[Q]) m(p Q) (q Q) { var l Q; return l }\ntype Q int",
		"var m = map[string]int{}\nfunc f(m int) (f func()) { f = func() { m++; f() }; return }",
	} {
		c := &nameCount{}
		c.compare("p", map[string][]byte{"a.go": []byte("package p\n\n" + src + "\n")})
		if len(c.near)+len(c.missing) > 0 || c.names == 0 {
			t.Errorf("%s:\n%v: %q %q", src, c, c.near, c.missing)
		}
	}
}

// within reports whether a position lies in a node.
func within(pos token.Pos, n ast.Node) bool { return n.Pos() <= pos && pos < n.End() }

func packageName(src []byte) string { name, _ := syntax.Header(src); return name }
