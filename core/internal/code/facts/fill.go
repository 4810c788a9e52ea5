package facts

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// onceDo recognises x.Do(f), and names x.
func (w *walker) onceDo(c *ast.CallExpr) (x Mention, ok bool) {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Do" || len(c.Args) != 1 {
		return Mention{}, false
	}
	for _, a := range w.part(sel.X, "") {
		if a.Param == 0 && a.Path == "" {
			return a.Mention, true
		}
	}
	return Mention{}, false
}

// doneOnce folds over the function that a sync.Once is given.
func (w *walker) doneOnce(e ast.Expr) {
	switch e := e.(type) {
	case *ast.FuncLit:
		w.literal(e)
		return
	case *ast.Ident:
		if scope.Of(e) == nil {
			w.ident(e, context{kind: AccessFill, callee: w.once[len(w.once)-1], arg: FillOnce})
			return
		}
	}
	w.expr(e, value)
}

// fills makes a fill of a write by code that is given nothing, where it is done
// once or something was found empty, or of one that is given no more than the
// key of the element that it fills.
func (w *walker) fills(u *Access, keyed bool) {
	if w.rhs == nil || u.Param != 0 || strings.Contains(u.Path, StepCopy) || w.given && !keyed {
		return
	}
	same := func(e Access) bool { return e.Mention == u.Mention && e.Path == u.Path }
	switch {
	case slices.ContainsFunc(w.empty, same):
		u.Arg = fillEmpty
		if w.given {
			u.Arg = w.bound[w.key][0].Param
		}
	case w.given:
		return
	case len(w.once) > 0:
		u.Callee, u.Arg = w.once[len(w.once)-1], FillOnce
	case len(w.empty) > 0:
		u.Callee, u.Arg = w.empty[0].Mention, FillFlag
	default:
		return
	}
	u.Kind, u.Fresh = AccessFill, w.isFresh(w.rhs)
}

// callsFill makes a fill of the call of a function where something is empty.
func (w *walker) callsFill(u *Access) {
	if len(w.empty) > 0 && !w.given {
		u.Kind, u.Callee, u.Arg = AccessFill, w.empty[0].Mention, FillFlag
	}
}

// isFresh reports whether an expression mentions no local variable but the key,
// nor one that its value could lead to.
func (w *walker) isFresh(e ast.Expr) bool {
	fresh := true
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if fun, ok := call.Fun.(*ast.Ident); ok && fun.Name == "make" && scope.Of(fun) == nil {
				return false // its size is a number
			}
		}
		if id, ok := n.(*ast.Ident); ok {
			d := scope.Of(id)
			fresh = fresh && (d == nil || d.Kind != scope.Var || d == w.key)
		}
		return fresh
	})
	return fresh
}

// finds notes that a part is empty where a condition that compares it holds, or
// for NEQ does not: v == nil, len(v) == 0, !v.
func (w *walker) finds(cond ast.Expr, op token.Token) {
	var e ast.Expr
	switch c := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if c.Op == token.NOT && op == token.EQL {
			e = c.X
		}
	case *ast.BinaryExpr:
		if c.Op == op && w.isZero(c.Y) {
			e = c.X
			if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 {
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "len" && scope.Of(id) == nil {
					e = call.Args[0]
				}
			}
		}
	default:
		if op == token.NEQ { // if loaded { return }
			e = cond
		}
	}
	if e == nil {
		return
	}
	parts := w.part(e, "")
	if id, ok := e.(*ast.Ident); ok && scope.Of(id) != nil && w.there[scope.Of(id)] != nil {
		parts = w.there[scope.Of(id)]
	}
	w.empty = w.empty[:len(w.empty):len(w.empty)]
	for _, a := range parts {
		a.Path = strings.TrimSuffix(a.Path, StepCopy)
		w.empty = append(w.empty, a)
	}
}

func (w *walker) isZero(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "nil"
	case *ast.BasicLit:
		return e.Value == "0" || e.Value == `""`
	}
	return false
}
