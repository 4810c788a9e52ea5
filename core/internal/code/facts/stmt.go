package facts

import (
	"go/ast"
	"go/token"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

func (w *walker) assign(s *ast.AssignStmt) {
	if s.Tok == token.DEFINE {
		w.define(s, s.Lhs, s.Rhs)
		return
	}
	for i, l := range s.Lhs {
		c := context{kind: AccessWrite, arg: Advances}
		if s.Tok == token.ASSIGN && !mentions(s.Rhs[min(i, len(s.Rhs)-1)], l) {
			c.arg = 0
		}
		w.writes(l, c)
	}
	for i, r := range s.Rhs {
		c := operand
		if s.Tok == token.ASSIGN && w.alias(s, i) == nil {
			c = setTo(s.Lhs[min(i, len(s.Lhs)-1)])
		}
		w.expr(r, c)
	}
}

// mentions reports whether a part, x.f, stands in an expression.
func mentions(e, part ast.Expr) bool {
	return syntax.Contains(e, func(n ast.Node) bool {
		sub, ok := n.(ast.Expr)
		return ok && isSame(sub, part)
	})
}

// writes walks the target of an assignment. Setting a local variable does not matter to
// others, though it was set to a part of something before.
func (w *walker) writes(e ast.Expr, c context) {
	if id, ok := ast.Unparen(e).(*ast.Ident); !ok || scope.Of(id) == nil || w.use != nil {
		w.expr(e, c)
	}
}

// setTo returns the context of a value that is assigned to an expression.
func setTo(e ast.Expr) context {
	if isBlank(e) {
		return operand
	}
	return value
}

func isBlank(e ast.Expr) bool { return syntax.IsName(e, "_") }

func (w *walker) valueSpec(s *ast.ValueSpec) {
	var names []ast.Expr
	for _, name := range s.Names {
		w.expr(name, operand)
		names = append(names, name)
	}
	w.expr(s.Type, operand)
	w.define(s, names, s.Values)
}

// define walks the definition of local variables: one that is a part of
// something stands for it from there on.
func (w *walker) define(by ast.Node, names, values []ast.Expr) {
	for _, name := range names {
		if _, ok := name.(*ast.Ident); !ok || w.use != nil && defined(name, by) == nil { // (x) := 0 parses; and one of before, which is set again
			w.expr(name, written)
		}
	}
	for i, v := range values {
		name := names[min(i, len(names)-1)]
		d := defined(name, by)
		switch {
		case d != nil && whole(v) != nil:
			w.expr(v, operand) // the indexes in it
			w.bind(d, v, StepCopy)
			if id, ok := ast.Unparen(v).(*ast.Ident); ok {
				w.handed(id)
			}
		default:
			w.expr(v, setTo(name))
			if u, ok := ast.Unparen(v).(*ast.UnaryExpr); ok && d != nil && u.Op == token.AND {
				w.bind(d, u.X, "")
			}
		}
	}
}

// defined returns the definition of a name, if a statement is that definition.
func defined(e ast.Expr, by ast.Node) *scope.Def {
	id, _ := e.(*ast.Ident)
	if d := scope.Of(id); d != nil && d.Node == by {
		return d
	}
	return nil
}

func (w *walker) ranges(s *ast.RangeStmt) {
	w.expr(s.X, context{kind: AccessRange})
	switch d := defined(s.Value, s); {
	case s.Value == nil || isBlank(s.Value):
	case d != nil && whole(s.X) != nil:
		w.bind(d, s.X, StepElem+StepCopy)
	default:
		w.expr(s.X, value.through(StepElem))
	}
	for _, e := range []ast.Expr{s.Key, s.Value} {
		if s.Tok == token.ASSIGN && !isBlank(e) {
			w.expr(e, written)
		}
	}
	w.walk(s.Body)
}
