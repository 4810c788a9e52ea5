package facts

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// A fill is an assignment that is done once, by code which is given nothing: where
// something was found empty, or by a sync.Once. Code that is given one value may
// fill the element of a map whose key that is.

// The arg of an AccessFill: how it is known that it is done once. A number from
// 2 up is the parameter that is the key of the map's element.
const (
	fillEmpty = 0  // it was found empty
	FillFlag  = -1 // callee was
	FillOnce  = -2 // callee is a sync.Once
)

// fills are what tells whether an assignment is one.
type fills struct {
	given bool                    // the code around is given something: receiver, parameter
	key   *scope.Def              // the one parameter that it is given
	once  []Mention               // the calls of sync.Once around
	empty []Access                // parts that the conditions around found empty
	there map[*scope.Def][]Access // parts that a local variable says to be there
}

// fill makes a fill of an assignment that is one; keyed says that it is to the
// element of the one parameter.
func (w *walker) fill(u *Access, keyed bool) {
	if u.Param != 0 || strings.Contains(u.Path, StepCopy) || w.given && !keyed {
		return
	}
	switch {
	case slices.ContainsFunc(w.empty, func(e Access) bool { return e.Mention == u.Mention && e.Path == u.Path }):
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
	u.Kind = AccessFill
}

// isFresh reports whether an expression mentions no local variable but the key,
// nor one that its value could lead to.
func (w *walker) isFresh(e ast.Expr) bool {
	fresh := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return !isCallOf(n, "make") // its size is a number
		case *ast.Ident:
			d := scope.Of(n)
			fresh = fresh && (d == nil || d.Kind != scope.Var || d == w.key)
		}
		return fresh
	})
	return fresh
}

// isCallOf reports whether a call is one of a builtin function.
func isCallOf(c *ast.CallExpr, name string) bool {
	fun, ok := c.Fun.(*ast.Ident)
	return ok && fun.Name == name && scope.Of(fun) == nil
}

// doOnce walks a call x.Do(f) as one of a sync.Once, and reports whether it may be
// that.
func (w *walker) doOnce(c *ast.CallExpr) bool {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Do" || len(c.Args) != 1 {
		return false
	}
	list := w.part(sel.X, "")
	i := slices.IndexFunc(list, func(a Access) bool { return a.Param == 0 && a.Path == "" })
	if i < 0 {
		return false
	}
	w.once = append(w.once, list[i].Mention)
	if id, ok := c.Args[0].(*ast.Ident); ok && scope.Of(id) == nil {
		w.ident(id, context{kind: AccessFill, callee: list[i].Mention, arg: FillOnce})
	} else {
		w.expr(c.Args[0], value)
	}
	w.once = w.once[:len(w.once)-1]
	return true
}

// finds notes that a part is empty where a condition holds, or does not.
func (w *walker) finds(cond ast.Expr, holds bool) {
	e := emptyWhere(cond, holds)
	parts := w.part(e, "")
	if id, ok := e.(*ast.Ident); ok && scope.Of(id) != nil && w.there[scope.Of(id)] != nil {
		parts = w.there[scope.Of(id)]
	}
	w.empty = slices.Clip(w.empty)
	for _, a := range parts {
		a.Path = strings.TrimSuffix(a.Path, StepCopy)
		w.empty = append(w.empty, a)
	}
}

// emptyWhere returns what is empty where a condition holds, or does not: v of
// v == nil, len(v) == 0 and !v.
func emptyWhere(cond ast.Expr, holds bool) ast.Expr {
	is := token.NEQ
	if holds {
		is = token.EQL
	}
	switch c := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if c.Op == token.NOT && holds {
			return c.X
		}
	case *ast.BinaryExpr:
		if c.Op != is || !isZero(c.Y) {
			return nil
		}
		if call, ok := c.X.(*ast.CallExpr); ok && len(call.Args) == 1 && isCallOf(call, "len") {
			return call.Args[0]
		}
		return c.X
	default:
		if !holds { // if loaded { return }
			return cond
		}
	}
	return nil
}

func isZero(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "nil"
	case *ast.BasicLit:
		return e.Value == "0" || e.Value == `""`
	}
	return false
}
