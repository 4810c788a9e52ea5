package types_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	gotypes "go/types"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/effect"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// What is said of an expression of the standard library is what go/types says of
// it: its underlying type, whether it is immutable and how it is printed, which
// selectors select fields, what is a type: in a few packages of it, and with
// CACHETEST_LONG=1 in all, which takes minutes.
func TestAgreesWithGoTypes(t *testing.T) {
	l := newLibrary(t)
	seed := rand.Uint64()
	stride := 50
	if os.Getenv("CACHETEST_LONG") != "" {
		stride = 1
	}
	c := &comparison{T: t}
	for i := int(seed % uint64(stride)); i < len(l.paths); i += stride {
		c.look(l, l.paths[i])
	}
	t.Logf("seed %d: %d expressions, of which the types of %d are known; %d immutable, %d fields", seed, c.all, c.known, c.immutable, c.fields)
	if c.known == 0 {
		t.Error("no type is known")
	}
}

// A library answers for the packages of GOROOT, of which it parses what it is
// asked about.
type library struct {
	paths    []string
	dirs     map[string]string
	names    map[string][]string // of files, by package
	packages map[string]*parsed
	importer gotypes.Importer
	fset     *token.FileSet
}

func newLibrary(t *testing.T) *library {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{.Dir}} {{join .GoFiles " "}}`, "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	l := &library{dirs: map[string]string{}, names: map[string][]string{}, packages: map[string]*parsed{}, importer: importer.Default(), fset: token.NewFileSet()}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		l.paths = append(l.paths, words[0])
		l.dirs[words[0]], l.names[words[0]] = words[1], words[2:]
	}
	return l
}

// A parsed is a package of the library, asked about by one of its files.
type parsed struct {
	l       *library
	files   []*types.File
	decls   map[string]decl
	methods map[[2]string]bool // by type and name, whether the receiver is a pointer
}

type decl struct {
	node ast.Node
	file *types.File
	kind types.Kind
}

func (l *library) parse(path string, asker types.Package) *parsed {
	p := &parsed{l: l, decls: map[string]decl{}, methods: map[[2]string]bool{}}
	as := path
	if asker == nil {
		asker, as = p, ""
	}
	for _, name := range l.names[path] {
		file := filepath.Join(l.dirs[path], name)
		src, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if source, err := syntax.Parse(l.fset, file, src); err == nil {
			p.add(types.NewFile(asker, as, source))
		}
	}
	return p
}

func (p *parsed) add(f *types.File) {
	p.files = append(p.files, f)
	for _, d := range f.Syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				p.decls[d.Name.Name] = decl{d, f, types.Func}
			} else {
				recv := d.Recv.List[0].Type
				_, isPointer := recv.(*ast.StarExpr)
				p.methods[[2]string{syntax.BaseName(recv), d.Name.Name}] = isPointer
			}
		case *ast.GenDecl:
			kind := map[token.Token]types.Kind{token.CONST: types.Constant, token.VAR: types.Variable, token.TYPE: types.TypeName}[d.Tok]
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					p.decls[s.Name.Name] = decl{s, f, kind}
				case *ast.ValueSpec:
					for _, id := range s.Names {
						p.decls[id.Name] = decl{s, f, kind}
					}
				}
			}
		}
	}
}

// of returns the package that a question is about.
func (p *parsed) of(path string) *parsed {
	if path == "" {
		return p
	}
	key := fmt.Sprintf("%p %s", p, path)
	if p.l.packages[key] == nil {
		p.l.packages[key] = p.l.parse(path, p)
	}
	return p.l.packages[key]
}

func (p *parsed) Kind(path, name string) types.Kind {
	if path != "" && p.l.dirs[path] == "" {
		return types.Unknown
	}
	if d, ok := p.of(path).decls[name]; ok {
		return d.kind
	}
	return types.Undeclared
}

func (p *parsed) Decl(path, name string) (ast.Node, *types.File) {
	d := p.of(path).decls[name]
	return d.node, d.file
}

func (p *parsed) Method(path, typ, name string) (found, pointer bool) {
	pointer, found = p.of(path).methods[[2]string{typ, name}]
	return found, pointer
}

// A comparison counts what it looks at.
type comparison struct {
	*testing.T
	all, known, immutable, fields int

	l    *library
	f    *types.File
	info *gotypes.Info
}

func (c *comparison) look(l *library, path string) {
	p := l.parse(path, nil)
	var files []*ast.File
	for _, f := range p.files {
		files = append(files, f.Syntax)
	}
	c.l, c.info = l, &gotypes.Info{Types: map[ast.Expr]gotypes.TypeAndValue{}, Uses: map[*ast.Ident]gotypes.Object{}, Selections: map[*ast.SelectorExpr]*gotypes.Selection{}}
	conf := gotypes.Config{Importer: l.importer, FakeImportC: true, Error: func(error) {}}
	if _, err := conf.Check(path, l.fset, files, c.info); err != nil {
		c.Logf("%s: %v", path, err)
		return
	}
	for _, c.f = range p.files {
		for _, d := range c.f.Syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				ast.Inspect(fn.Body, func(n ast.Node) bool {
					if e, ok := n.(ast.Expr); ok {
						c.expression(e)
					}
					return true
				})
			}
		}
	}
}

func (c *comparison) expression(e ast.Expr) {
	tv, typed := c.info.Types[e]
	wrong := func(format string, args ...any) {
		c.Errorf("%s: %s: %s", c.l.fset.Position(e.Pos()), gotypes.ExprString(e), fmt.Sprintf(format, args...))
	}
	if sel, ok := e.(*ast.SelectorExpr); ok && c.f.IsField(sel) {
		if s := c.info.Selections[sel]; s == nil || s.Kind() != gotypes.FieldVal {
			wrong("is no field")
		}
		c.fields++
	}
	if id, ok := e.(*ast.Ident); ok && c.f.IsFieldKey(e) {
		if v, ok := c.info.Uses[id].(*gotypes.Var); !ok || !v.IsField() {
			wrong("is no key of a field")
		}
	}
	if typed && c.f.IsType(e) && !tv.IsType() {
		wrong("is no type")
	}
	if !typed || !tv.IsValue() || tv.Value != nil {
		return // that of a constant may be any
	}
	ours, theirs := c.f.TypeOf(e), tv.Type
	if list, ok := theirs.(*gotypes.Tuple); ok {
		if list.Len() == 0 {
			return
		}
		theirs = list.At(0).Type()
	}
	c.all++
	if ours.Under().Expr == nil {
		return
	}
	c.known++
	if got, want := form(ours.Under().Expr), formOf(theirs); got != want && want != "" {
		wrong("is %s, want %s of %s", got, want, theirs)
	}
	if (&effect.Judge{Functions: true}).Immutable(ours) {
		if c.immutable++; !immutable(theirs) {
			wrong("%s is not immutable", theirs)
		}
	}
	if _, basic := theirs.Underlying().(*gotypes.Basic); basic && !ours.PrintsItself() {
		for _, name := range []string{"String", "Error", "Format", "GoString"} {
			if m, _, _ := gotypes.LookupFieldOrMethod(theirs, false, nil, name); m != nil {
				if _, ok := m.(*gotypes.Func); ok {
					wrong("%s has a method %s", theirs, name)
				}
			}
		}
	}
}

// form returns what sort of a type an expression is.
func form(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		switch e.Name {
		case "byte":
			return "uint8"
		case "rune":
			return "int32"
		case "any", "error":
			return "interface"
		}
		return e.Name
	case *ast.ArrayType:
		if e.Len == nil {
			return "slice"
		}
		return "array"
	case *ast.MapType:
		return "map"
	case *ast.ChanType:
		return "chan"
	case *ast.FuncType:
		return "func"
	case *ast.StructType:
		return "struct"
	case *ast.InterfaceType:
		return "interface"
	case *ast.StarExpr:
		return "pointer"
	}
	return fmt.Sprintf("%T", e)
}

// formOf is form for a type of go/types, "" for one without such.
func formOf(t gotypes.Type) string {
	if _, ok := t.(*gotypes.TypeParam); ok {
		return "type parameter"
	}
	switch u := t.Underlying().(type) {
	case *gotypes.Basic:
		switch {
		case u.Info()&gotypes.IsUntyped != 0:
			return ""
		case u.Kind() == gotypes.UnsafePointer:
			return "pointer"
		}
		return gotypes.Typ[u.Kind()].Name()
	case *gotypes.Slice:
		return "slice"
	case *gotypes.Array:
		return "array"
	case *gotypes.Map:
		return "map"
	case *gotypes.Chan:
		return "chan"
	case *gotypes.Signature:
		return "func"
	case *gotypes.Struct:
		return "struct"
	case *gotypes.Interface:
		return "interface"
	case *gotypes.Pointer:
		return "pointer"
	}
	return ""
}

func immutable(t gotypes.Type) bool {
	if n, ok := gotypes.Unalias(t).(*gotypes.Named); ok && n.Obj().Pkg() != nil && effect.StdImmutable(n.Obj().Pkg().Path(), n.Obj().Name()) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *gotypes.Basic:
		return u.Kind() != gotypes.UnsafePointer
	case *gotypes.Signature:
		return true
	case *gotypes.Array:
		return immutable(u.Elem())
	case *gotypes.Pointer:
		to, ok := u.Elem().Underlying().(*gotypes.Struct)
		if ok && to.NumFields() == 0 {
			return true
		}
		n, ok := gotypes.Unalias(u.Elem()).(*gotypes.Named)
		return ok && n.Obj().Pkg() != nil && effect.StdImmutable(n.Obj().Pkg().Path(), "*"+n.Obj().Name())
	case *gotypes.Struct:
		for f := range u.Fields() {
			if !immutable(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}
