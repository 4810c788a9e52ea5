package facts

import (
	"go/ast"
	"go/token"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

func (w *walker) unary(e *ast.UnaryExpr, c context) {
	switch e.Op {
	case token.AND:
		w.expr(e.X, context{kind: AccessAddress, callee: c.callee, arg: c.arg})
	case token.ARROW:
		w.expr(e.X, content)
	default:
		w.expr(e.X, operand)
	}
}

// call walks a call or a conversion, whose value is used as c says.
func (w *walker) call(e *ast.CallExpr, c context) {
	if _, ok := ast.Unparen(e.Fun).(*ast.ArrayType); ok && len(e.Args) == 1 {
		w.expr(e.Fun, operand)
		w.expr(e.Args[0], c) // the slice has the same elements
		return
	}
	w.named(e)
	fun := ast.Unparen(e.Fun)
	if id, ok := fun.(*ast.Ident); ok && scope.Of(id) == nil && w.builtin(id, e) {
		return
	}
	w.expr(e.Fun, context{kind: AccessCall})
	callee := MentionOf(syntax.Plain(fun))
	for i, arg := range e.Args {
		passed := value
		if callee != (Mention{}) {
			passed = context{kind: AccessArgument, callee: callee, arg: i}
		}
		w.handArg(e, callee, i)
		w.expr(arg, passed)
	}
}

// MentionOf reads an expression x, or x.Sel, that no function binds.
func MentionOf(e ast.Expr) (m Mention) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if scope.Of(e) == nil {
			m.Sel = e.Name
		}
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok && scope.Of(x) == nil {
			m = Mention{x.Name, e.Sel.Name}
		}
	}
	return m
}

// builtin walks a call of a builtin function or a conversion to a basic type, and reports
// whether it is one. A package that declares such a name itself is judged as a whole.
func (w *walker) builtin(fun *ast.Ident, c *ast.CallExpr) bool {
	if w.declares != nil && w.declares(fun.Name) {
		return false
	}
	first, rest, args := value, value, c.Args
	switch name := fun.Name; {
	case name == "append", name == "copy", name == "delete", name == "clear", name == "close":
		first = content
		if last := len(args) - 1; last > 0 && (name == "copy" || c.Ellipsis.IsValid()) {
			w.expr(args[last], value.through(StepElem))
			args = args[:last]
		}
	case name == "new":
	case name == "len", name == "make", syntax.IsBasicType(name):
		first, rest = operand, operand
	default:
		return false
	}
	for _, arg := range args {
		w.expr(arg, first)
		first = rest
	}
	once(&w.f.Refs, fun.Name)
	return true
}
