package code

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// A callSite is the first place where a test of a package calls a package-level
// function of its module for a value: x := f(…) or x, err := f(…), which is what
// one would wrap in cachetest.Memo.
type callSite struct {
	key      string // of the fixture, and of the site among those of a module
	pkg      string // directory of the package under test
	path     string // import path of the package that declares the function
	name     string // of the function
	test     string // the Test function
	file     string
	from, to int    // the call, by offset
	handle   string // the testing handle in scope
	typ      string // of the value, as this file can write it
	fails    bool   // the call returns an error too
	imports  map[string]string
	noValue  string // what the type of the value holds that no cache can keep: "function"
}

// A finder looks for call sites in one module.
type finder struct {
	module  string
	exports map[string]string // import path: export data
	seen    map[string]bool   // functions
	sites   []*callSite
}

// A testVariant is a package that go list compiles for a test.
type testVariant struct {
	Dir, ImportPath, ForTest, Name, Export string
	GoFiles, CgoFiles                      []string
	ImportMap                              map[string]string
	Standard                               bool
	Module                                 *struct {
		Path string
		Main bool
	}
}

// findCallSites returns the call sites of a module's packages.
func findCallSites(dir string) ([]*callSite, error) {
	out, err := goCommand(dir, "list", "-e", "-export", "-deps", "-test", "-json=Dir,ImportPath,ForTest,Name,Export,GoFiles,CgoFiles,ImportMap,Standard,Module", "./...")
	if err != nil {
		return nil, err
	}
	f := &finder{exports: map[string]string{}, seen: map[string]bool{}}
	var list []*testVariant
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		p := &testVariant{}
		if err := dec.Decode(p); err != nil {
			return nil, err
		}
		f.exports[p.ImportPath] = p.Export
		if p.Module != nil && p.Module.Main {
			f.module = p.Module.Path
			list = append(list, p)
		}
	}
	for _, p := range list {
		// p_test [p.test] and p [p.test], not what is compiled again because it imports p
		if own, _, ok := strings.Cut(p.ImportPath, " ["); ok && strings.TrimSuffix(own, "_test") == p.ForTest && len(p.CgoFiles) == 0 {
			f.look(p)
		}
	}
	return f.sites, nil
}

// look goes through the tests of one package.
func (f *finder) look(p *testVariant) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		if !filepath.IsAbs(name) {
			name = filepath.Join(p.Dir, name)
		}
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return
		}
		files = append(files, file)
	}
	lookup := func(path string) (io.ReadCloser, error) {
		if mapped := p.ImportMap[path]; mapped != "" {
			path = mapped
		}
		if f.exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(f.exports[path])
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	path, _, _ := strings.Cut(p.ImportPath, " [")
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", lookup), Error: func(error) {}}
	pkg, _ := conf.Check(path, fset, files, info)
	for _, file := range files {
		for _, d := range file.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil && isTest(fset.Position(d.Pos()).Filename, d) {
				s := &siteSearch{finder: f, p: p, pkg: pkg, fset: fset, info: info, file: file, test: d}
				s.block(d.Type, d.Body, "")
			}
		}
	}
}

// A siteSearch looks at one Test function.
type siteSearch struct {
	*finder
	p    *testVariant
	pkg  *types.Package
	fset *token.FileSet
	info *types.Info
	file *ast.File
	test *ast.FuncDecl
}

// block looks at a body, which has the handle of the function around it if it has
// none of its own.
func (s *siteSearch) block(typ *ast.FuncType, body *ast.BlockStmt, handle string) {
	for _, field := range typ.Params.List {
		for _, name := range field.Names {
			if obj := s.info.Defs[name]; obj != nil && obj.Type().String() == "*testing.T" && name.Name != "_" {
				handle = name.Name
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			s.block(n.Type, n.Body, handle)
			return false
		case *ast.AssignStmt:
			if handle != "" {
				s.assign(n, handle)
			}
		}
		return true
	})
}

func (s *siteSearch) assign(a *ast.AssignStmt, handle string) {
	if a.Tok != token.DEFINE || len(a.Rhs) != 1 {
		return
	}
	call, ok := ast.Unparen(a.Rhs[0]).(*ast.CallExpr)
	if id, isID := a.Lhs[0].(*ast.Ident); !ok || !isID || id.Name == "_" {
		return
	}
	fn := s.callee(call.Fun)
	if fn == nil || fn.Pkg() == nil || fn.Signature().Recv() != nil || fn.Pkg().Scope().Lookup(fn.Name()) != fn {
		return
	}
	path := fn.Pkg().Path()
	if path != s.module && !strings.HasPrefix(path, s.module+"/") {
		return
	}
	t := s.info.Types[call].Type
	fails := false
	if tuple, ok := t.(*types.Tuple); ok {
		if tuple.Len() != 2 || len(a.Lhs) != 2 || tuple.At(1).Type().String() != "error" {
			return
		}
		t, fails = tuple.At(0).Type(), true
	}
	if t == nil || t.String() == "error" || s.seen[fn.FullName()] {
		return
	}
	site := &callSite{pkg: s.p.Dir, path: path, name: fn.Name(), test: s.test.Name.Name, handle: handle, fails: fails, imports: map[string]string{}}
	site.file = s.fset.Position(call.Pos()).Filename
	site.from, site.to = s.fset.Position(call.Pos()).Offset, s.fset.Position(call.End()).Offset
	if site.typ, ok = s.write(site, t); !ok {
		return
	}
	s.seen[fn.FullName()] = true
	site.noValue = holdsNoValue(t, map[types.Type]bool{})
	site.key = fmt.Sprintf("zz%d", len(s.sites))
	s.sites = append(s.sites, site)
}

func (s *siteSearch) callee(e ast.Expr) *types.Func {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		fn, _ := s.info.Uses[e].(*types.Func)
		return fn
	case *ast.SelectorExpr:
		fn, _ := s.info.Uses[e.Sel].(*types.Func)
		return fn
	case *ast.IndexExpr:
		return s.callee(e.X)
	}
	return nil
}

// write writes a type as the file of a site can, with imports that it lacks.
func (s *siteSearch) write(site *callSite, t types.Type) (text string, ok bool) {
	ok = true
	text = types.TypeString(t, func(p *types.Package) string {
		if p == s.pkg {
			return ""
		}
		name := fmt.Sprintf("zz%d", len(site.imports))
		if known, ok := site.imports[p.Path()]; ok {
			return known
		}
		site.imports[p.Path()] = name
		return name
	})
	if strings.Contains(text, "invalid type") || strings.Contains(text, "struct{") {
		return text, false
	}
	for id, rest := "", text; ok; { // no unexported name of another package
		var found bool
		if _, rest, found = strings.Cut(rest, "."); !found {
			break
		}
		id = rest
		ok = id == "" || !(id[0] >= 'a' && id[0] <= 'z')
	}
	return text, ok
}

// holdsNoValue says what a type holds that no stored bytes can stand for.
func holdsNoValue(t types.Type, seen map[types.Type]bool) string {
	if seen[t] {
		return ""
	}
	seen[t] = true
	if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != nil {
		switch path := named.Obj().Pkg().Path(); path {
		case "testing":
			return "testing handle"
		case "sync", "sync/atomic":
			return ""
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Signature:
		return "function"
	case *types.Chan:
		return "channel"
	case *types.Pointer:
		return holdsNoValue(u.Elem(), seen)
	case *types.Slice:
		return holdsNoValue(u.Elem(), seen)
	case *types.Array:
		return holdsNoValue(u.Elem(), seen)
	case *types.Map:
		if what := holdsNoValue(u.Key(), seen); what != "" {
			return what
		}
		return holdsNoValue(u.Elem(), seen)
	case *types.Struct:
		for i := range u.NumFields() {
			if what := holdsNoValue(u.Field(i).Type(), seen); what != "" {
				return what
			}
		}
	case *types.Basic:
		if u.Kind() == types.UnsafePointer {
			return "pointer without a type"
		}
	}
	return ""
}
