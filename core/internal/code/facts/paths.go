package facts

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// openers open, list or look at the path that is their first argument.
var openers = std.Names{Text: `
	os Open OpenFile ReadFile ReadDir Stat Lstat DirFS OpenRoot
	io/ioutil ReadFile ReadDir
	path/filepath Walk WalkDir Glob
`}

func (w *walker) opened(c *ast.CallExpr) {
	w.namedIn(c)
	if len(c.Args) == 0 {
		return
	}
	pkg, name := w.qualified(c.Fun)
	switch {
	case pkg == "":
	case slices.Contains(openers.Of(pkg), name):
		w.path(c.Args[0], true)
	case name == "Join" && (pkg == "path" || pkg == "path/filepath"):
		if p, ok := w.constant(c); ok && isTestdata(p) {
			w.path(c, false)
		}
	}
}

// isTestdata reports whether a path leads to what the go command leaves alone.
func isTestdata(p string) bool {
	return slices.Contains(strings.Split(path.Dir(p), "/"), "testdata")
}

func (w *walker) path(e ast.Expr, open bool) {
	p, ok := w.constant(e)
	if !ok || p == "" || slices.ContainsFunc(w.f.Rare().Paths, func(o Path) bool { return o.Path == p && (o.Open || !open) }) {
		return
	}
	w.f.more().Paths = append(w.f.more().Paths, Path{p, w.x.Line(e.Pos()), open})
}

// constSpec returns where this file declares a constant.
func (w *walker) constSpec(id *ast.Ident) *ast.ValueSpec {
	d := scope.Of(id)
	switch {
	case d == nil:
		return w.x.constNamed(id.Name)
	case d.Kind != scope.Const:
		return nil
	}
	spec, _ := d.Node.(*ast.ValueSpec)
	return spec
}

// constNamed returns the declaration of a constant at package level, nil if this
// file has none of that name.
func (x *extractor) constNamed(name string) *ast.ValueSpec {
	if x.consts == nil {
		x.consts = map[string]*ast.ValueSpec{}
		for _, d := range x.Syntax.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.CONST {
				for _, spec := range d.Specs {
					for _, id := range spec.(*ast.ValueSpec).Names {
						x.consts[id.Name] = spec.(*ast.ValueSpec)
					}
				}
			}
		}
	}
	return x.consts[name]
}

// constant returns the string that an expression is, or was when its variable
// was defined.
func (w *walker) constant(e ast.Expr) (string, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		if spec := w.constSpec(e); spec != nil && len(spec.Names) == 1 && len(spec.Values) == 1 {
			return w.constant(spec.Values[0])
		}
		d := scope.Of(e)
		if d == nil {
			return "", false
		}
		if by, ok := d.Node.(*ast.AssignStmt); ok && len(by.Lhs) == 1 { // name := filepath.Join(…); what else it is set to is not known
			return w.constant(by.Rhs[0])
		}
	case *ast.BinaryExpr:
		a, ok1 := w.constant(e.X)
		b, ok2 := w.constant(e.Y)
		return a + b, ok1 && ok2 && e.Op == token.ADD
	case *ast.CallExpr:
		pkg, name := w.qualified(e.Fun)
		if name != "Join" || pkg != "path" && pkg != "path/filepath" {
			return "", false
		}
		var parts []string
		for _, arg := range e.Args {
			part, ok := w.constant(arg)
			if !ok {
				return "", false
			}
			parts = append(parts, part)
		}
		return path.Join(parts...), true
	}
	return "", false
}
