package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// onceDo recognises x.Do(f), and names x.
func (f *folder) onceDo(c *ast.CallExpr) (x mention, ok bool) {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Do" || len(c.Args) != 1 {
		return mention{}, false
	}
	for _, a := range f.part(sel.X, "") {
		if a.param == 0 && a.path == "" {
			return a.mention, true
		}
	}
	return mention{}, false
}

// doneOnce folds over the function that a sync.Once is given.
func (f *folder) doneOnce(e ast.Expr) {
	switch e := e.(type) {
	case *ast.FuncLit:
		f.literal(e)
		return
	case *ast.Ident:
		if !f.local(e) {
			f.ident(e, context{kind: accessFill, callee: f.once[len(f.once)-1], arg: fillOnce})
			return
		}
	}
	f.expr(e, value)
}

// fills makes a fill of a write by code that is given nothing, where it is done
// once or something was found empty, or of one that is given no more than the
// key of the element that it fills.
func (f *folder) fills(u *access, keyed bool) {
	if f.rhs == nil || u.param != 0 || strings.Contains(u.path, stepCopy) || f.given && !keyed {
		return
	}
	same := func(e access) bool { return e.mention == u.mention && e.path == u.path }
	switch {
	case slices.ContainsFunc(f.empty, same):
		u.arg = fillEmpty
		if f.given {
			u.arg = f.bound[f.key][0].param
		}
	case f.given:
		return
	case len(f.once) > 0:
		u.callee, u.arg = f.once[len(f.once)-1], fillOnce
	case len(f.empty) > 0:
		u.callee, u.arg = f.empty[0].mention, fillFlag
	default:
		return
	}
	u.kind, u.fresh = accessFill, f.isFresh(f.rhs)
}

// callsFill makes a fill of the call of a function where something is empty.
func (f *folder) callsFill(u *access) {
	if len(f.empty) > 0 && !f.given {
		u.kind, u.callee, u.arg = accessFill, f.empty[0].mention, fillFlag
	}
}

// isFresh reports whether an expression mentions no local variable but the key,
// nor one that its value could lead to.
func (f *folder) isFresh(e ast.Expr) bool {
	fresh := true
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if fun, ok := call.Fun.(*ast.Ident); ok && fun.Name == "make" && fun.Obj == nil {
				return false // its size is a number
			}
		}
		id, ok := n.(*ast.Ident)
		fresh = fresh && !(ok && id.Obj != nil && id.Obj.Kind == ast.Var && id.Obj != f.key && f.local(id))
		return fresh
	})
	return fresh
}

// finds notes that a part is empty where a condition that compares it holds, or
// for NEQ does not: v == nil, len(v) == 0, !v.
func (f *folder) finds(cond ast.Expr, op token.Token) {
	var e ast.Expr
	switch c := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if c.Op == token.NOT && op == token.EQL {
			e = c.X
		}
	case *ast.BinaryExpr:
		if c.Op == op && f.isZero(c.Y) {
			e = c.X
			if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 {
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "len" && id.Obj == nil {
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
	parts := f.part(e, "")
	if id, ok := e.(*ast.Ident); ok && id.Obj != nil && f.there[id.Obj] != nil {
		parts = f.there[id.Obj]
	}
	f.empty = f.empty[:len(f.empty):len(f.empty)]
	for _, a := range parts {
		a.path = strings.TrimSuffix(a.path, stepCopy)
		f.empty = append(f.empty, a)
	}
}

func (f *folder) isZero(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "nil"
	case *ast.BasicLit:
		return e.Value == "0" || e.Value == `""`
	}
	return false
}
