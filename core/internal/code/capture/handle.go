package capture

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// ours returns the name of a function of the API that an expression stands for,
// "" if it is none.
func (v env) ours(f *File, e ast.Expr) string {
	if path, name := v.qualified(f, e); path != "" {
		if syntax.IsAPI(path) {
			return name
		}
		return ""
	}
	id := syntax.CalledName(e)
	if id == nil || ast.Unparen(e) != ast.Expr(id) || scope.Of(id) != nil {
		return ""
	}
	if f.Syntax.Name.Name == "cachetest" && v.pkg.Kind(id.Name) == Func ||
		v.pkg.Kind(id.Name) == Undeclared && slices.ContainsFunc(f.Syntax.Imports, func(s *ast.ImportSpec) bool {
			return s.Name != nil && s.Name.Name == "." && syntax.IsAPI(strings.Trim(s.Path.Value, "`\""))
		}) {
		return id.Name
	}
	return ""
}

// isHandle reports whether an expression is a variable that is a testing
// handle: it is declared as one, or is another name of one.
func (v env) isHandle(f *File, e ast.Expr) bool {
	for range maxDepth {
		id, ok := ast.Unparen(e).(*ast.Ident)
		if !ok {
			return false
		}
		d := scope.Of(id)
		if d == nil || d.Kind != scope.Var {
			return false
		}
		if v.isHandleType(v.typeOfDef(f, d, 0)) {
			return true
		}
		if e, _ = definition(f, d); e == nil {
			return false
		}
	}
	return false
}

// isHandleType reports whether a type is testing.TB, or a pointer to one of the
// types behind it.
func (v env) isHandleType(t typ) bool {
	if t.file == nil {
		return false
	}
	e := ast.Unparen(t.expr)
	star, pointer := e.(*ast.StarExpr)
	if pointer {
		e = star.X
	}
	path, name := v.qualified(t.file, e)
	if path == "testing" {
		return pointer && (name == "T" || name == "B" || name == "F") || !pointer && name == "TB"
	}
	return !pointer && v.ours(t.file, e) == "TB"
}

// definition returns the expression that a variable is defined by, where that
// is one expression for this variable alone, and whether it is bound by a
// statement of its own: a declaration without a value is, a parameter is not.
func definition(f *File, d *scope.Def) (value ast.Expr, bound bool) {
	if d.Kind != scope.Var {
		return nil, false
	}
	switch n := d.Node.(type) {
	case *ast.AssignStmt:
		i := slices.Index(n.Lhs, ast.Expr(d.Ident))
		if _, guard := f.Parent(n).(*ast.TypeSwitchStmt); !guard && i >= 0 && len(n.Lhs) == len(n.Rhs) {
			return n.Rhs[i], true
		}
	case *ast.ValueSpec:
		i := slices.Index(n.Names, d.Ident)
		switch {
		case len(n.Values) == 0:
			return nil, true
		case i >= 0 && len(n.Values) == len(n.Names):
			return n.Values[i], true
		}
	}
	return nil, false
}

// asks returns the question that a mention of a testing handle puts to it, whose
// answer differs from run to run or from test to test; "" if it puts none.
// Context says nothing but when to stop, and a temporary directory is new and
// empty wherever it lies.
func asks(f *File, id *ast.Ident) string {
	sel, ok := f.Parent(id).(*ast.SelectorExpr)
	if !ok || sel.X != ast.Expr(id) {
		return ""
	}
	switch name := sel.Sel.Name; name {
	case "Name", "Deadline", "Failed", "Skipped", "Elapsed", "ArtifactDir":
		return name + "()"
	case "N":
		return name
	}
	return ""
}
