package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
)

// openGuards takes the variable that a type switch declares out of scope in the
// lists of its cases, where the language has it begin with their statements. The
// parser has it begin before them: in
//
//	switch describer := x.(type) {
//	case describer:
//
// the case names what stands around the switch, a type of the package or of the
// function.
func openGuards(file *ast.File) {
	for _, d := range file.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if s, ok := n.(*ast.TypeSwitchStmt); ok {
				if assign, ok := s.Assign.(*ast.AssignStmt); ok {
					if guard, ok := assign.Lhs[0].(*ast.Ident); ok {
						openGuard(file, d, s, guard.Obj)
					}
				}
			}
			return true
		})
	}
}

func openGuard(file *ast.File, around ast.Decl, s *ast.TypeSwitchStmt, guard *ast.Object) {
	if guard == nil { // the blank identifier declares nothing
		return
	}
	for _, c := range s.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			ast.Inspect(e, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && id.Obj == guard {
					id.Obj = visibleAt(s.Assign.Pos(), around, guard.Name)
					if id.Obj == nil {
						id.Obj = file.Scope.Lookup(guard.Name)
					}
				}
				return true
			})
		}
	}
}

// visibleAt returns what a name stands for at a position inside a declaration,
// where that declares it. Of all declarations whose scope holds the position,
// the last is the innermost.
func visibleAt(pos token.Pos, around ast.Node, name string) (found *ast.Object) {
	declare := func(id *ast.Ident) {
		if id.Name == name && id.Pos() < pos && id.Obj != nil && id.Obj.Pos() == id.Pos() && id.Obj.Kind != ast.Lbl {
			found = id.Obj
		}
	}
	parameters := func(lists ...*ast.FieldList) {
		for _, list := range lists {
			for i := 0; list != nil && i < len(list.List); i++ {
				for _, id := range list.List[i].Names {
					declare(id)
				}
			}
		}
	}
	var visit func(ast.Node) bool
	only := func(part ast.Node) bool {
		ast.Inspect(part, visit)
		return false
	}
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			parameters(n.Recv, n.Type.TypeParams, n.Type.Params, n.Type.Results)
			return only(n.Body)
		case *ast.FuncLit:
			if within(pos, n) {
				parameters(n.Type.Params, n.Type.Results)
				return only(n.Body)
			}
			return false
		case *ast.FuncType, *ast.StructType, *ast.InterfaceType:
			return false // what they declare is in scope nowhere else
		case *ast.BlockStmt, *ast.IfStmt, *ast.ForStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.CaseClause, *ast.CommClause:
			return within(pos, n)
		case *ast.RangeStmt:
			if within(pos, n.X) { // not yet declared: so below
				return only(n.X)
			}
			return within(pos, n)
		case *ast.AssignStmt:
			for _, e := range n.Rhs {
				if within(pos, e) {
					return only(e)
				}
			}
		case *ast.ValueSpec:
			for _, e := range n.Values {
				if within(pos, e) {
					return only(e)
				}
			}
		case *ast.Ident:
			declare(n)
		}
		return true
	}
	ast.Inspect(around, visit)
	return found
}

// within reports whether a position lies in a node.
func within(pos token.Pos, n ast.Node) bool { return n.Pos() <= pos && pos < n.End() }
