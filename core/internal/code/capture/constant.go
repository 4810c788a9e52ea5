package capture

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A grade says how far a value is constant. Of two parts the smaller decides.
type grade int

const (
	runtime   grade = iota // not constant, or not known to be
	shared                 // constant, while nobody changes what copies of it lead to
	immutable              // constant, and nobody can change what a copy leads to
)

// value grades the value of an expression: a fold over all its parts, in which
// a form that is not listed is not constant.
func (j *judge) value(e ast.Expr) grade {
	switch e := e.(type) {
	case *ast.BasicLit, *ast.FuncLit: // what the body captures, the function captures
		return immutable
	case *ast.ParenExpr:
		return j.value(e.X)
	case *ast.Ident:
		return j.name(e)
	case *ast.SelectorExpr:
		return j.selection(e)
	case *ast.CompositeLit:
		return j.composite(e)
	case *ast.UnaryExpr:
		switch g := j.value(e.X); e.Op {
		case token.ARROW:
			return runtime
		case token.AND:
			return min(g, shared)
		default:
			return copied(g)
		}
	case *ast.BinaryExpr:
		return copied(min(j.value(e.X), j.value(e.Y)))
	case *ast.CallExpr:
		return j.callValue(e)
	case *ast.IndexExpr:
		if j.isType(j.file, e.Index) { // f[int]
			return j.value(e.X)
		}
		return j.part(e, min(j.value(e.X), j.value(e.Index)))
	case *ast.SliceExpr:
		g := j.value(e.X)
		for _, i := range []ast.Expr{e.Low, e.High, e.Max} {
			if i != nil {
				g = min(g, j.value(i))
			}
		}
		return j.part(e, min(g, shared))
	case *ast.StarExpr:
		return j.part(e, min(j.value(e.X), shared))
	case *ast.TypeAssertExpr:
		return j.value(e.X)
	}
	return runtime
}

// copied grades what is computed of values: a new one, if those are constant.
func copied(g grade) grade {
	if g == shared {
		return immutable
	}
	return g
}

// part grades what is read from a value, by its type.
func (j *judge) part(e ast.Expr, g grade) grade {
	if g == shared && j.immutable(j.typeOf(j.file, e)) {
		return immutable
	}
	return g
}

// name grades an identifier.
func (j *judge) name(id *ast.Ident) grade {
	if d := scope.Of(id); d != nil {
		switch d.Kind {
		case scope.Const:
			return immutable
		case scope.Var:
			return j.variable(d)
		}
		return runtime
	}
	switch j.pkg.Kind(id.Name) {
	case Constant, Func:
		return immutable
	case Undeclared:
		if slices.Contains([]string{"true", "false", "nil", "iota"}, id.Name) {
			return immutable
		}
	}
	return runtime
}

// selection grades a constant or function of another package, and a field.
func (j *judge) selection(e *ast.SelectorExpr) grade {
	if path, name := j.qualified(j.file, e); path != "" {
		if kind := j.pkg.Imported(path, name); kind == Constant || kind == Func {
			return immutable
		}
		return runtime
	}
	if !j.isField(e) {
		return runtime
	}
	return j.part(e, j.value(e.X))
}

// composite grades a literal by all its keys and elements. Slices, maps and
// types that are not known are shared by their copies.
func (j *judge) composite(e *ast.CompositeLit) grade {
	g := shared
	t := j.literalType(j.file, e)
	switch u := j.under(t).expr.(type) {
	case *ast.StructType:
		g = immutable
	case *ast.ArrayType:
		if u.Len != nil {
			g = immutable
		}
	}
	for _, elt := range e.Elts {
		if pair, ok := elt.(*ast.KeyValueExpr); ok {
			if id, ok := pair.Key.(*ast.Ident); !ok || !j.isFieldKey(j.file, id) && !j.likeField(e, id) {
				g = min(g, j.value(pair.Key))
			}
			elt = pair.Value
		}
		g = min(g, j.value(elt))
	}
	return g
}

// likeField reports whether the key of a literal of another package's type can
// be nothing but the name of a field: nothing else in the file is called so.
func (j *judge) likeField(lit *ast.CompositeLit, id *ast.Ident) bool {
	return ast.IsExported(id.Name) && scope.Of(id) == nil && j.pkg.Kind(id.Name) == Undeclared && !j.isMap(lit) && !j.dotImports()
}

func (j *judge) dotImports() bool {
	return slices.ContainsFunc(j.file.Syntax.Imports, func(s *ast.ImportSpec) bool { return s.Name != nil && s.Name.Name == "." })
}

// callValue grades a conversion, and a call of a function that is known to
// compute its result of its arguments alone.
func (j *judge) callValue(e *ast.CallExpr) grade {
	args := immutable
	for _, arg := range e.Args {
		args = min(args, j.value(arg))
	}
	switch {
	case args == runtime:
		return runtime
	case j.isType(j.file, e.Fun):
		if j.immutable(typ{e.Fun, j.file}) {
			return immutable
		}
		return min(args, shared)
	case j.isContext(e):
		return immutable
	case j.isPredeclared(j.file, e.Fun, "len", "cap", "min", "max", "real", "imag", "complex"):
		return immutable
	}
	path, name := j.qualified(j.file, e.Fun)
	if path == "" || args != immutable || slices.ContainsFunc(e.Args, func(arg ast.Expr) bool { return !j.isPlain(arg) }) {
		return runtime
	}
	pure, fixed := j.pkg.Pure(path, name)
	switch {
	case !pure:
		return runtime
	case fixed || j.immutable(j.typeOf(j.file, e)):
		return immutable
	}
	return shared
}

// isContext reports whether a call asks a testing handle for its context, which
// says nothing but when to stop.
func (j *judge) isContext(e *ast.CallExpr) bool {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Context" && j.isHandle(j.file, sel.X)
}

// isPlain reports whether a value surely is of a basic type without methods
// that another package may call.
func (j *judge) isPlain(e ast.Expr) bool {
	t := j.typeOf(j.file, e)
	id, ok := j.under(t).expr.(*ast.Ident)
	return ok && syntax.IsBasicType(id.Name) && !j.printsItself(t)
}

// variable grades a variable that is set once.
func (j *judge) variable(d *scope.Def) grade {
	if g, ok := j.grades[d]; ok {
		return g // runtime while it is in work: set from itself
	}
	j.grades[d] = runtime
	g := j.setOnce(d)
	if g == runtime && j.isRow(d) {
		g = shared
		if j.immutable(j.typeOfDef(j.file, d, 0)) {
			g = immutable
		}
	}
	j.grades[d] = g
	return g
}

func (j *judge) setOnce(d *scope.Def) grade {
	value, bound := definition(j.file, d)
	if !bound {
		return runtime
	}
	g := shared
	if value == nil {
		if j.immutable(j.typeOfDef(j.file, d, 0)) {
			g = immutable
		}
	} else if g = j.value(value); g == runtime && j.isTold(value) {
		g = shared // another name of what is told
	}
	if g == runtime || !j.unchanged(d, g) {
		return runtime
	}
	return g
}
