package scope

import (
	"go/ast"
	"go/token"
)

// FunctionsAt returns the functions of a file whose func keyword stands in a
// line, in the order of the source: a literal stands before those inside it.
func FunctionsAt(file *ast.File, lineOf func(token.Pos) int, line int) (lits []*ast.FuncLit, decls []*ast.FuncDecl) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			if lineOf(n.Type.Func) == line {
				lits = append(lits, n)
			}
		case *ast.FuncDecl:
			if lineOf(n.Type.Func) == line {
				decls = append(decls, n)
			}
		}
		return true
	})
	return lits, decls
}
