package facts

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

func (w *walker) exprs(list []ast.Expr, c context) {
	for _, e := range list {
		w.expr(e, c)
	}
}

// expr walks an expression whose value is used as c says. A type is one whose
// value is not used.
func (w *walker) expr(e ast.Expr, c context) {
	switch e := e.(type) {
	case nil:
	case *ast.Ident:
		w.ident(e, c)
	case *ast.SelectorExpr:
		w.selector(e, c)
	case *ast.CallExpr:
		if len(e.Args) == 1 && isListType(e.Fun) {
			w.expr(e.Fun, operand)
			w.expr(e.Args[0], c) // a conversion to it has the same elements
			return
		}
		w.call(e)
	case *ast.BasicLit:
		w.text(e)
	case *ast.BinaryExpr:
		w.expr(e.X, operand)
		w.expr(e.Y, operand)
	case *ast.UnaryExpr:
		w.unary(e, c)
	case *ast.ParenExpr:
		w.expr(e.X, c)
	case *ast.StarExpr:
		w.expr(e.X, c.through(StepStar))
	case *ast.IndexExpr:
		id, ok := e.Index.(*ast.Ident)
		c.keyed = ok && scope.Of(id) != nil && scope.Of(id) == w.key
		w.expr(e.X, c.through(StepElem))
		w.expr(e.Index, value)
	case *ast.IndexListExpr: // types
		w.expr(e.X, c)
		w.exprs(e.Indices, operand)
	case *ast.SliceExpr:
		w.expr(e.X, c.through(StepSlice))
		w.exprs([]ast.Expr{e.Low, e.High, e.Max}, operand)
	case *ast.TypeAssertExpr:
		w.expr(e.X, value)
		w.expr(e.Type, operand)
	case *ast.CompositeLit:
		w.expr(e.Type, operand)
		w.exprs(e.Elts, value)
	case *ast.KeyValueExpr:
		w.expr(e.Key, value)
		w.expr(e.Value, value)
	case *ast.FuncLit:
		w.literal(e)
	default:
		w.typeExpr(e)
	}
}

// isListType reports whether an expression is a slice or map type without a name.
func isListType(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.ArrayType:
		return e.Len == nil
	case *ast.MapType:
		return true
	}
	return false
}

func (w *walker) typeExpr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.ArrayType:
		w.expr(e.Len, operand)
		w.expr(e.Elt, operand)
	case *ast.MapType:
		w.expr(e.Key, operand)
		w.expr(e.Value, operand)
	case *ast.ChanType:
		w.expr(e.Value, operand)
	case *ast.Ellipsis:
		w.expr(e.Elt, operand)
	case *ast.StructType:
		w.handleFields(e)
		w.fields(e.Fields)
	case *ast.InterfaceType:
		w.fields(e.Methods)
	case *ast.FuncType:
		w.fields(e.TypeParams)
		w.fields(e.Params)
		w.fields(e.Results)
	default:
		w.unknown(e)
	}
}

// fields walks the types of a list. The names are local to what declares them.
func (w *walker) fields(list *ast.FieldList) {
	if list == nil {
		return
	}
	for _, f := range list.List {
		w.expr(f.Type, operand)
	}
}

// unknown walks a form that this code does not know: anything may happen.
func (w *walker) unknown(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			w.ident(id, written)
		}
		return true
	})
}

func (w *walker) ident(id *ast.Ident, c context) {
	if scope.Of(id) == nil {
		w.mention(id.Name)
	}
	if !c.operand {
		w.accessed(id, c)
	}
}

// selector walks x.Sel. What x is if it is not local, a package or a name of this
// one, nobody knows who has only this file.
func (w *walker) selector(s *ast.SelectorExpr, c context) {
	w.method(s)
	c = c.through("." + s.Sel.Name)
	x, ok := s.X.(*ast.Ident)
	switch {
	case !ok:
		w.expr(s.X, c)
		return
	case scope.Of(x) != nil:
		w.asked(s, false)
	default:
		if s.Sel.Name == "Caller" && w.importedPath(x) == "runtime" {
			w.callers++
		}
		w.lookedUp(s, x)
		w.qualify(x.Name, s.Sel.Name, x.Pos())
	}
	if !c.operand {
		w.accessed(x, c)
	}
}

// text notes a literal that may be a path.
func (w *walker) text(e *ast.BasicLit) {
	if e.Kind == token.STRING && strings.Contains(e.Value, "testdata/") {
		if p, ok := w.constant(e); ok && isTestdata(p) {
			w.path(e, false)
		}
	}
}

func (w *walker) unary(e *ast.UnaryExpr, c context) {
	switch e.Op {
	case token.AND:
		if _, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok {
			w.expr(e.X, value)
			return
		}
		w.expr(e.X, context{kind: AccessAddress, callee: c.callee, arg: c.arg})
	case token.ARROW:
		w.expr(e.X, content)
	default:
		w.expr(e.X, operand)
	}
}

// literal walks a function literal, whose body may be run at any time.
func (w *walker) literal(e *ast.FuncLit) {
	w.f.Flags |= DeclLiteral
	if w.x.without != nil && w.x.without(e) {
		return
	}
	w.expr(e.Type, operand)
	given, empty, key := w.given, w.empty, w.key
	w.empty = nil
	if e.Type.Params.NumFields() > 0 {
		w.given, w.key = true, nil
	}
	w.late++
	w.stmts(e.Body.List)
	w.late--
	w.given, w.empty, w.key = given, empty, key
}

func (w *walker) call(c *ast.CallExpr) {
	if s, ok := c.Fun.(*ast.SelectorExpr); ok {
		w.asked(s, true)
	}
	w.handsHandles(c)
	w.opened(c)
	fun := ast.Unparen(c.Fun)
	if id, ok := fun.(*ast.Ident); ok && scope.Of(id) == nil && w.builtin(id, c) {
		return
	}
	w.expr(c.Fun, context{kind: AccessCall})
	if once, ok := w.onceDo(c); ok {
		w.once = append(w.once, once)
		w.doneOnce(c.Args[0])
		w.once = w.once[:len(w.once)-1]
		return
	}
	callee, handle := w.callee(fun)
	for i, arg := range c.Args {
		switch {
		case handle:
			w.expr(arg, context{kind: AccessFormat})
		case callee != Mention{}:
			w.expr(arg, context{kind: AccessArgument, callee: callee, arg: i})
		default:
			w.expr(arg, value)
		}
	}
}

// callee names a function that is called, if it has a name of the package or
// of an import, and says whether it is a method of a testing handle.
func (w *walker) callee(fun ast.Expr) (m Mention, handle bool) {
	switch x := fun.(type) {
	case *ast.IndexExpr: // f[T]
		return w.callee(x.X)
	case *ast.IndexListExpr:
		return w.callee(x.X)
	case *ast.Ident:
		if scope.Of(x) == nil {
			return Mention{Sel: x.Name}, false
		}
	case *ast.SelectorExpr:
		if id, ok := x.X.(*ast.Ident); ok {
			if w.isHandle(scope.Of(id)) && formats.Has(x.Sel.Name) {
				return Mention{}, true
			}
			if scope.Of(id) == nil {
				return Mention{id.Name, x.Sel.Name}, false
			}
		}
	}
	return Mention{}, false
}

// formats are the methods of testing handles that print what they are given.
var formats = std.Words{Text: "Log Logf Error Errorf Fatal Fatalf Skip Skipf"}

// builtin walks a call of a builtin function or a conversion to a basic type,
// and reports whether it is one. A package that declares such a name itself is
// judged as a whole.
func (w *walker) builtin(fun *ast.Ident, c *ast.CallExpr) bool {
	first, rest := ast.Expr(nil), []ast.Expr(nil)
	if len(c.Args) > 0 {
		first, rest = c.Args[0], c.Args[1:]
	}
	switch name := fun.Name; name {
	case "len":
		w.exprs(c.Args, operand)
	case "append":
		w.expr(first, content)
		if c.Ellipsis.IsValid() && len(rest) > 0 {
			w.expr(rest[len(rest)-1], value.through(StepElem))
			rest = rest[:len(rest)-1]
		}
		w.exprs(rest, value)
	case "copy":
		w.expr(first, content)
		for _, src := range rest { // another file may declare a copy of its own
			w.expr(src, context{kind: AccessArgument, callee: Mention{Sel: name}, arg: 1})
		}
	case "delete", "clear", "close":
		w.expr(first, content)
		w.exprs(rest, value)
	case "new":
		w.exprs(c.Args, value)
	case "make":
		w.expr(first, operand)
		w.exprs(rest, operand)
	default:
		if !syntax.IsBasicType(name) || !predeclared.Has(name) {
			return false
		}
		w.exprs(c.Args, operand)
	}
	w.mention(fun.Name)
	return true
}
