package facts

import (
	"go/ast"
	"go/token"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

func (w *walker) stmts(list []ast.Stmt) {
	outer := w.empty
	for _, s := range list {
		w.stmt(s)
		if s, ok := s.(*ast.IfStmt); ok && s.Else == nil && returns(s.Body) {
			w.finds(s.Cond, token.NEQ) // if v != nil { return v }
		}
	}
	w.empty = outer
}

func returns(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	_, ok := b.List[len(b.List)-1].(*ast.ReturnStmt)
	return ok
}

func (w *walker) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case nil, *ast.BranchStmt, *ast.EmptyStmt:
	case *ast.ExprStmt:
		w.expr(s.X, operand)
	case *ast.AssignStmt:
		w.assign(s)
	case *ast.ReturnStmt:
		w.exprs(s.Results, value)
	case *ast.BlockStmt:
		w.stmts(s.List)
	case *ast.IncDecStmt:
		w.writes(s.X, advances)
	case *ast.GoStmt:
		w.late++
		w.expr(s.Call, operand)
		w.late--
	case *ast.DeferStmt:
		w.expr(s.Call, operand)
	case *ast.SendStmt:
		w.expr(s.Chan, content)
		w.expr(s.Value, value)
	case *ast.LabeledStmt:
		w.stmt(s.Stmt)
	case *ast.DeclStmt:
		w.genDecl(s.Decl.(*ast.GenDecl))
	default:
		w.control(s)
	}
}

func (w *walker) control(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.IfStmt:
		w.stmt(s.Init)
		w.expr(s.Cond, operand)
		outer := w.empty
		w.finds(s.Cond, token.EQL) // if v == nil { v = … }
		w.stmts(s.Body.List)
		w.empty = outer
		w.stmt(s.Else)
	case *ast.ForStmt:
		w.stmt(s.Init)
		w.expr(s.Cond, operand)
		w.stmt(s.Post)
		w.stmts(s.Body.List)
	case *ast.RangeStmt:
		w.ranges(s)
	case *ast.SwitchStmt:
		w.stmt(s.Init)
		w.expr(s.Tag, operand)
		w.stmts(s.Body.List)
	case *ast.TypeSwitchStmt:
		w.stmt(s.Init)
		w.typeSwitch(s.Assign)
		w.stmts(s.Body.List)
	case *ast.SelectStmt:
		w.stmts(s.Body.List)
	case *ast.CaseClause:
		w.exprs(s.List, operand)
		w.stmts(s.Body)
	case *ast.CommClause:
		w.stmt(s.Comm)
		w.stmts(s.Body)
	default:
		w.unknown(s)
	}
}

// typeSwitch walks x.(type), or y := x.(type).
func (w *walker) typeSwitch(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		if a, ok := s.X.(*ast.TypeAssertExpr); ok {
			w.expr(a.X, operand)
			return
		}
	case *ast.AssignStmt:
		w.exprs(s.Rhs, value)
		return
	}
	w.unknown(s)
}

func (w *walker) assign(s *ast.AssignStmt) {
	if w.isCallForFile(s) {
		w.forFile++
	}
	switch s.Tok {
	case token.DEFINE:
		w.define(s, s.Lhs, s.Rhs)
		return
	case token.ASSIGN:
		for i, l := range s.Lhs {
			w.rhs = s.Rhs[min(i, len(s.Rhs)-1)]
			c := written
			if mentions(w.rhs, l) {
				c = advances
			}
			w.writes(l, c)
			w.rhs = nil
		}
	default:
		for _, l := range s.Lhs {
			w.writes(l, advances)
		}
		w.exprs(s.Rhs, operand)
		return
	}
	for i, r := range s.Rhs {
		if isBlank(s.Lhs[min(i, len(s.Lhs)-1)]) {
			w.expr(r, operand)
		} else {
			w.expr(r, value)
		}
	}
}

// writes walks what is assigned. A local variable is nothing to others, though it
// was set to a part of something.
func (w *walker) writes(e ast.Expr, c context) {
	if id, ok := ast.Unparen(e).(*ast.Ident); !ok || scope.Of(id) == nil {
		w.expr(e, c)
	}
}

// mentions reports whether a part, x.f, stands in an expression.
func mentions(e, part ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		sub, ok := n.(ast.Expr)
		found = found || ok && isSame(sub, part)
		return !found
	})
	return found
}

// isSame reports whether two expressions name one part of one variable, the
// elements of a list or map taken for one.
func isSame(a, b ast.Expr) bool {
	switch b := ast.Unparen(b).(type) {
	case *ast.Ident:
		a, ok := a.(*ast.Ident)
		return ok && a.Name == b.Name && scope.Of(a) == scope.Of(b)
	case *ast.SelectorExpr:
		a, ok := a.(*ast.SelectorExpr)
		return ok && a.Sel.Name == b.Sel.Name && isSame(ast.Unparen(a.X), b.X)
	case *ast.IndexExpr:
		a, ok := a.(*ast.IndexExpr)
		return ok && isSame(ast.Unparen(a.X), b.X)
	case *ast.StarExpr:
		a, ok := a.(*ast.StarExpr)
		return ok && isSame(ast.Unparen(a.X), b.X)
	}
	return false
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

// define walks the definition of local variables: one that is a part of
// something stands for it from there on.
func (w *walker) define(by ast.Node, names, values []ast.Expr) {
	for _, name := range names {
		if _, ok := name.(*ast.Ident); !ok { // (x) := 0 parses, and does not compile
			w.expr(name, written)
		}
	}
	for i, v := range values {
		var d *scope.Def
		if i < len(names) {
			d = defined(names[i], by)
		}
		if id, ok := names[len(names)-1].(*ast.Ident); ok && len(names) == 2 && len(values) == 1 && scope.Of(id) != nil && isPath(v) {
			if w.there == nil {
				w.there = map[*scope.Def][]Access{}
			}
			w.there[scope.Of(id)] = w.part(v, "")
		}
		switch {
		case i < len(names) && isBlank(names[i]):
			w.expr(v, operand)
		case d != nil && isRef(v):
			w.expr(v.(*ast.UnaryExpr).X, operand)
			w.bind(d, w.part(v, "")...)
		case d != nil && isPath(v):
			w.expr(v, operand) // what stands in indexes
			w.bind(d, w.part(v, StepCopy)...)
		default:
			w.expr(v, value)
		}
	}
}

// defined returns what a name stands for, if that is what a statement defines.
func defined(e ast.Expr, by ast.Node) *scope.Def {
	if id, ok := e.(*ast.Ident); ok {
		if d := scope.Of(id); d != nil && d.Node == by {
			return d
		}
	}
	return nil
}

func (w *walker) ranges(s *ast.RangeStmt) {
	x := s.X
	if isRef(x) { // of an array
		x = x.(*ast.UnaryExpr).X
	}
	w.expr(x, context{kind: AccessRange})
	w.element(s, s.Key, x, StepKey)
	w.element(s, s.Value, x, StepElem)
	w.stmts(s.Body.List)
}

// element walks what a range statement sets in each round.
func (w *walker) element(s *ast.RangeStmt, e, x ast.Expr, step string) {
	if e == nil || isBlank(e) {
		return
	}
	if d := defined(e, s); d != nil && isPath(x) {
		w.bind(d, w.part(x, step+StepCopy)...)
		return
	}
	if s.Tok == token.ASSIGN {
		w.expr(e, written)
	}
	w.expr(x, value.through(step))
}

func (w *walker) genDecl(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		w.spec(spec)
	}
}

// spec walks a declaration, which may be one of the package, of types, constants
// or variables.
func (w *walker) spec(s ast.Spec) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		var names []ast.Expr
		for _, name := range s.Names {
			w.expr(name, operand)
			names = append(names, name)
		}
		w.expr(s.Type, operand)
		w.define(s, names, s.Values)
	case *ast.TypeSpec:
		w.expr(s.Name, operand)
		w.fields(s.TypeParams)
		w.expr(s.Type, operand)
	}
}
