package capture

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// setFirst reports whether the function surely assigns to a variable as a whole
// before anything of its code looks at it, so that what it held before cannot be
// told: the first of its mentions is an assignment that each run comes to.
func (j *judge) setFirst(d *scope.Def) bool {
	if j.fn == nil || j.jumps(j.fn.Body) {
		return false
	}
	first := j.firstAssignment(d)
	if first == nil {
		return false
	}
	return !slices.ContainsFunc(j.file.Uses(d), func(id *ast.Ident) bool {
		switch {
		case !j.inCode(id):
			return false
		case !j.inFn(id) || id.Pos() < first.Pos():
			return true
		}
		return within(id.Pos(), first) && !slices.Contains(first.Lhs, ast.Expr(id))
	})
}

// firstAssignment returns the first statement that assigns to a variable among
// those that each run of the function comes to, unless it returns before.
func (j *judge) firstAssignment(d *scope.Def) *ast.AssignStmt {
	for _, s := range j.fn.Body.List {
		switch outer := s.(type) {
		case *ast.IfStmt:
			s = outer.Init
		case *ast.SwitchStmt:
			s = outer.Init
		case *ast.TypeSwitchStmt:
			s = outer.Init
		case *ast.ForStmt:
			s = outer.Init
		}
		assign, ok := s.(*ast.AssignStmt)
		if ok && assign.Tok == token.ASSIGN && slices.ContainsFunc(assign.Lhs, func(e ast.Expr) bool {
			id, ok := e.(*ast.Ident)
			return ok && scope.Of(id) == d
		}) {
			return assign
		}
	}
	return nil
}

// setInside reports whether the function assigns to a variable.
func (j *judge) setInside(d *scope.Def) bool {
	return slices.ContainsFunc(j.file.Uses(d), func(id *ast.Ident) bool { return j.inFn(id) && j.useOf(id) == writes })
}
