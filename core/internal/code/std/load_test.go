package std

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A library is the source of the standard library, type-checked package by
// package as it is asked for, function bodies included.
type library struct {
	fset     *token.FileSet
	info     types.Info
	context  build.Context
	packages map[string]*types.Package
	files    map[string][]*ast.File
	bodies   map[*types.Func]*ast.FuncDecl
	links    map[*types.Func]string // what go:linkname says that a function without a body is
	vars     map[*types.Var]*initializer
	sizes    types.Sizes

	inertness  map[types.Type]bool
	uses       map[*types.Var]*varUse
	versions   map[*ast.BlockStmt]map[*types.Var]bool
	sets       map[ast.Node]map[*types.Var]bool
	callers    map[*types.Func][]mention
	fixedVars  map[leveled]bool
	immutables map[string]bool
	verdicts   map[verdictKey]*verdict
	changes    map[changeKey]change
}

// An initializer is the expression that a package variable is declared with:
// the result of a number where it returns several, -1 where it returns one.
type initializer struct {
	expr   ast.Expr
	result int
}

// portable are the packages that are read with the files which stand in for
// assembly on an architecture that has none: the assembly is held to them by
// Go's own tests.
var portable = map[string]string{
	"internal/bytealg": "portable", // an architecture without any assembly
	"math/big":         "",
	"hash/crc32":       "portable",
	"math":             "portable",
}

// older are the versions of Go, beside the one that the table is derived from, of which it
// holds as well: each language version from the oldest that this module supports.
var older = []string{"go1.26.8", "go1.25.0"}

// toolchain returns where the source of a version of Go lies, and the experiments that it
// builds with.
func toolchain(t *testing.T, release string) (root string, experiments []string) {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", `{{context.GOROOT}}{{range context.ToolTags}} {{.}}{{end}}`, "unsafe")
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+release)
	out, err := cmd.Output()
	words := strings.Fields(string(out))
	if err != nil || len(words) == 0 {
		if *update || os.Getenv("CI") == "true" {
			t.Fatalf("no source of %s: %v", release, err)
		}
		t.Skipf("no source of %s: %v", release, err)
	}
	return words[0], words[1:]
}

// newLibrary returns the library of a version of Go, "" for that which runs the test.
func newLibrary(t *testing.T, release, goos, goarch string) *library {
	l := &library{
		fset:       token.NewFileSet(),
		packages:   map[string]*types.Package{"unsafe": types.Unsafe},
		files:      map[string][]*ast.File{},
		bodies:     map[*types.Func]*ast.FuncDecl{},
		links:      map[*types.Func]string{},
		vars:       map[*types.Var]*initializer{},
		sizes:      types.SizesFor("gc", goarch),
		inertness:  map[types.Type]bool{},
		versions:   map[*ast.BlockStmt]map[*types.Var]bool{},
		sets:       map[ast.Node]map[*types.Var]bool{},
		fixedVars:  map[leveled]bool{},
		immutables: map[string]bool{},
		verdicts:   map[verdictKey]*verdict{},
		changes:    map[changeKey]change{},
	}
	l.info = types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances:  map[*ast.Ident]types.Instance{},
	}
	l.context = build.Default
	l.context.GOOS, l.context.GOARCH = goos, goarch
	if release != "" {
		l.context.GOROOT, l.context.ToolTags = toolchain(t, release)
		l.context.ReleaseTags = l.context.ReleaseTags[:slices.Index(l.context.ReleaseTags, version.Lang(release))+1]
	}
	l.context.CgoEnabled = false
	l.context.GOPATH = ""
	l.context.BuildTags = []string{"purego", "math_big_pure_go"}
	return l
}

// dir returns where the source of a package lies.
func (l *library) dir(path string) string {
	dir := filepath.Join(l.context.GOROOT, "src", filepath.FromSlash(path))
	if _, err := os.Stat(dir); err != nil {
		return filepath.Join(l.context.GOROOT, "src", "vendor", filepath.FromSlash(path))
	}
	return dir
}

// Import type-checks a package and what it imports.
func (l *library) Import(path string) (*types.Package, error) {
	if p, ok := l.packages[path]; ok {
		return p, nil
	}
	context := l.context
	if arch := portable[path]; arch != "" {
		context.GOARCH = arch
	}
	found, err := context.ImportDir(l.dir(path), 0)
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range found.GoFiles {
		f, err := parser.ParseFile(l.fset, filepath.Join(found.Dir, name), nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	config := types.Config{Importer: l, Sizes: l.sizes, GoVersion: ""}
	p, err := config.Check(path, l.fset, files, &l.info)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", path, err)
	}
	l.packages[path], l.files[path] = p, files
	for _, f := range files {
		l.index(f)
	}
	return p, nil
}

// index notes the functions and variables that a file declares.
func (l *library) index(f *ast.File) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if fn, ok := l.info.Defs[d.Name].(*types.Func); ok {
				l.bodies[fn] = d
				if d.Body == nil {
					l.links[fn] = linkOf(d)
				}
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if spec, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
					l.indexVars(spec)
				}
			}
		}
	}
}

// linkOf returns the symbol that a go:linkname directive gives to a function.
func linkOf(d *ast.FuncDecl) string {
	if d.Doc == nil {
		return ""
	}
	for _, c := range d.Doc.List {
		if words := strings.Fields(c.Text); len(words) == 3 && words[0] == "//go:linkname" && words[1] == d.Name.Name {
			return words[2]
		}
	}
	return ""
}

// linked returns the function whose code runs where another is called: that of
// another package, if a go:linkname directive says so. The run-time system is not
// looked into.
func (l *library) linked(fn *types.Func) *types.Func {
	i := strings.LastIndexByte(l.links[fn.Origin()], '.')
	if i < 0 {
		return fn
	}
	symbol := l.links[fn.Origin()]
	if p := l.packages[symbol[:i]]; p != nil && !isRuntime(symbol[:i]) && !strings.HasPrefix(symbol[:i], "internal/") {
		if to, ok := p.Scope().Lookup(symbol[i+1:]).(*types.Func); ok && l.bodies[to] != nil && l.bodies[to].Body != nil {
			return to
		}
	}
	return fn
}

func (l *library) indexVars(spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		v, ok := l.info.Defs[name].(*types.Var)
		if !ok || len(spec.Values) == 0 {
			continue
		}
		if len(spec.Values) == len(spec.Names) {
			l.vars[v] = &initializer{spec.Values[i], -1}
		} else {
			l.vars[v] = &initializer{spec.Values[0], i}
		}
	}
}

// publicPackages lists the packages of the standard library that users may
// import.
func publicPackages(goroot string) (list []string) {
	src := filepath.Join(goroot, "src")
	filepath.WalkDir(src, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(src, path)
		rel = filepath.ToSlash(rel)
		switch base := filepath.Base(path); {
		case rel == ".":
			return nil
		case rel == "cmd", rel == "vendor", rel == "builtin", base == "testdata", base == "internal", base[0] == '_', base[0] == '.':
			return filepath.SkipDir
		}
		if names, _ := filepath.Glob(filepath.Join(path, "*.go")); slices.ContainsFunc(names, func(n string) bool { return !strings.HasSuffix(n, "_test.go") }) {
			list = append(list, rel)
		}
		return nil
	})
	slices.Sort(list)
	return list
}
