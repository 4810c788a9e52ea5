package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
)

func (f *folder) stmts(list []ast.Stmt) {
	outer := f.empty
	for _, s := range list {
		f.stmt(s)
		if s, ok := s.(*ast.IfStmt); ok && s.Else == nil && returns(s.Body) {
			f.finds(s.Cond, token.NEQ) // if v != nil { return v }
		}
	}
	f.empty = outer
}

func returns(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	_, ok := b.List[len(b.List)-1].(*ast.ReturnStmt)
	return ok
}

func (f *folder) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case nil, *ast.BranchStmt, *ast.EmptyStmt:
	case *ast.ExprStmt:
		f.expr(s.X, operand)
	case *ast.AssignStmt:
		f.assign(s)
	case *ast.ReturnStmt:
		f.exprs(s.Results, value)
	case *ast.BlockStmt:
		f.stmts(s.List)
	case *ast.IncDecStmt:
		f.writes(s.X)
	case *ast.GoStmt:
		f.late++
		f.expr(s.Call, operand)
		f.late--
	case *ast.DeferStmt:
		f.expr(s.Call, operand)
	case *ast.SendStmt:
		f.expr(s.Chan, content)
		f.expr(s.Value, value)
	case *ast.LabeledStmt:
		f.stmt(s.Stmt)
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				f.define(v, idents(v.Names), v.Values)
			}
		}
	default:
		f.control(s)
	}
}

func idents(names []*ast.Ident) (list []ast.Expr) {
	for _, id := range names {
		list = append(list, id)
	}
	return list
}

func (f *folder) control(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.IfStmt:
		f.stmt(s.Init)
		f.expr(s.Cond, operand)
		outer := f.empty
		f.finds(s.Cond, token.EQL) // if v == nil { v = … }
		f.stmts(s.Body.List)
		f.empty = outer
		f.stmt(s.Else)
	case *ast.ForStmt:
		f.stmt(s.Init)
		f.expr(s.Cond, operand)
		f.stmt(s.Post)
		f.stmts(s.Body.List)
	case *ast.RangeStmt:
		f.ranges(s)
	case *ast.SwitchStmt:
		f.stmt(s.Init)
		f.expr(s.Tag, operand)
		f.stmts(s.Body.List)
	case *ast.TypeSwitchStmt:
		f.stmt(s.Init)
		f.typeSwitch(s.Assign)
		f.stmts(s.Body.List)
	case *ast.SelectStmt:
		f.stmts(s.Body.List)
	case *ast.CaseClause:
		f.exprs(s.List, operand)
		f.stmts(s.Body)
	case *ast.CommClause:
		f.stmt(s.Comm)
		f.stmts(s.Body)
	default:
		f.unknown(s)
	}
}

// typeSwitch folds over x.(type), or y := x.(type).
func (f *folder) typeSwitch(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		if a, ok := s.X.(*ast.TypeAssertExpr); ok {
			f.expr(a.X, operand)
			return
		}
	case *ast.AssignStmt:
		f.exprs(s.Rhs, value)
		return
	}
	f.unknown(s)
}

func (f *folder) assign(s *ast.AssignStmt) {
	switch s.Tok {
	case token.DEFINE:
		f.define(s, s.Lhs, s.Rhs)
		return
	case token.ASSIGN:
		for i, l := range s.Lhs {
			f.rhs = s.Rhs[min(i, len(s.Rhs)-1)]
			f.writes(l)
			f.rhs = nil
		}
	default:
		for _, l := range s.Lhs {
			f.writes(l)
		}
		f.exprs(s.Rhs, operand)
		return
	}
	for i, r := range s.Rhs {
		if id, ok := s.Lhs[min(i, len(s.Lhs)-1)].(*ast.Ident); ok && id.Name == "_" {
			f.expr(r, operand)
		} else {
			f.expr(r, value)
		}
	}
}

// writes folds over what is assigned. A local variable is nothing to others, though
// it was set to a part of something.
func (f *folder) writes(e ast.Expr) {
	if id, ok := ast.Unparen(e).(*ast.Ident); !ok || !f.local(id) {
		f.expr(e, written)
	}
}

// define folds over the definition of local variables: one that is a part of
// something stands for it from there on.
func (f *folder) define(decl any, names, values []ast.Expr) {
	for i, v := range values {
		var name ast.Expr
		if i < len(names) {
			name = names[i]
		}
		local, ok := name.(*ast.Ident)
		if present, ok := last(names).(*ast.Ident); ok && len(names) == 2 && len(values) == 1 && present.Obj != nil && isPath(v) {
			if f.there == nil {
				f.there = map[*ast.Object][]access{}
			}
			f.there[present.Obj] = f.part(v, "")
		}
		switch {
		case ok && local.Name == "_":
			f.expr(v, operand)
		case ok && local.Obj != nil && local.Obj.Decl == decl && isRef(v):
			f.expr(v.(*ast.UnaryExpr).X, operand)
			f.bindPart(local, v, "")
		case ok && local.Obj != nil && local.Obj.Decl == decl && isPath(v):
			f.expr(v, operand) // what stands in indexes
			f.bindPart(local, v, stepCopy)
		default:
			f.expr(v, value)
		}
	}
}

func last(list []ast.Expr) ast.Expr { return list[len(list)-1] }

// bindPart makes a local variable stand for a part of what an expression names.
func (f *folder) bindPart(id *ast.Ident, e ast.Expr, path string) {
	for _, u := range f.part(e, path) {
		f.bind(id.Obj, u)
	}
}

// isPath reports whether an expression names a variable or a part of one.
func isPath(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return isPath(e.X)
	case *ast.IndexExpr:
		return isPath(e.X)
	case *ast.StarExpr:
		return isPath(e.X)
	}
	return false
}

// isRef reports whether an expression is the address of a variable or a part.
func isRef(e ast.Expr) bool {
	u, ok := e.(*ast.UnaryExpr)
	return ok && u.Op == token.AND && isPath(u.X)
}

func (f *folder) ranges(s *ast.RangeStmt) {
	x := s.X
	if isRef(x) { // of an array
		x = x.(*ast.UnaryExpr).X
	}
	f.expr(x, context{kind: accessRange})
	f.element(s, s.Key, x, stepKey)
	f.element(s, s.Value, x, stepElem)
	f.stmts(s.Body.List)
}

// element folds over what a range statement sets in each round.
func (f *folder) element(s *ast.RangeStmt, e, x ast.Expr, step string) {
	id, ok := e.(*ast.Ident)
	switch {
	case e == nil || ok && id.Name == "_":
	case ok && s.Tok == token.DEFINE && id.Obj != nil && isPath(x):
		f.bindPart(id, x, step+stepCopy)
	default:
		if s.Tok == token.ASSIGN {
			f.expr(e, written)
		}
		f.expr(x, value.through(step))
	}
}
