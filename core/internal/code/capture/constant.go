package capture

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// constant reports whether the value of an expression is constant: a fold over
// all its parts, in which a form that is not listed is not.
func (j *judge) constant(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit, *ast.FuncLit: // the function captures what the body does
		return true
	case *ast.Ident:
		if d := scope.Of(e); d != nil {
			return d.Kind == scope.Const || d.Kind == scope.Var && j.variable(d)
		}
		kind := j.Kind(e.Name)
		return kind == types.Constant || kind == types.Func || j.Predeclared(e, "true", "false", "nil", "iota")
	case *ast.SelectorExpr:
		if path, name := j.Qualified(e); path != "" {
			kind := j.Package.Kind(path, name)
			return kind == types.Constant || kind == types.Func || j.API(e) != "" // the API exports no variable
		}
		return j.IsType(e.X) || j.IsField(e) && j.constant(e.X) // T.M, x.f
	case *ast.CompositeLit:
		return j.all(e.Elts...)
	case *ast.KeyValueExpr:
		return (j.IsFieldKey(e.Key) || j.constant(e.Key)) && j.constant(e.Value)
	case *ast.UnaryExpr:
		return e.Op != token.ARROW && j.constant(e.X)
	case *ast.BinaryExpr:
		return j.all(e.X, e.Y)
	case *ast.CallExpr:
		return j.all(e.Args...) && j.constantCall(e)
	case *ast.IndexExpr: // x[i], f[int]
		return j.constant(e.X) && (j.IsType(e.Index) || j.constant(e.Index))
	}
	return false
}

// all reports whether expressions, where there are any, are constant.
func (j *judge) all(list ...ast.Expr) bool {
	return !slices.ContainsFunc(list, func(e ast.Expr) bool { return e != nil && !j.constant(e) })
}

// constantCall reports whether a call with constant arguments is a conversion, or computes
// its result from them alone, as calls that make options do. The context of a test says
// nothing but when to stop.
func (j *judge) constantCall(e *ast.CallExpr) bool {
	if j.IsType(e.Fun) || j.API(e.Fun) != "" || j.CallsHandle(e, "Context") || j.Predeclared(e.Fun, "len", "cap", "min", "max", "real", "imag", "complex") {
		return true
	}
	path, name := j.Qualified(e.Fun)
	return path != "" && std.Pure(path, name) && !slices.ContainsFunc(e.Args, func(arg ast.Expr) bool { return j.TypeOf(arg).PrintsItself() })
}

// variable reports whether a variable is constant: it is set by its definition alone, to a
// constant value, or it holds a row of a constant table, and the call tells which.
func (j *judge) variable(d *scope.Def) bool {
	ok, known := j.constants[d]
	if !known {
		j.constants[d] = false // while it is in work: it may be set from itself
		value, bound := j.Definition(d)
		ok = bound && (value == nil || j.constant(value)) && j.unchanged(d) || j.isRow(d)
		j.constants[d] = ok
	}
	return ok
}
