package scope

import (
	"go/ast"
	"go/token"
)

// FunctionsAt returns the functions of a file whose func keyword stands in a
// line. It leaves out literals that lie inside another: they come with it.
func FunctionsAt(file *ast.File, lineOf func(token.Pos) int, line int) (lits []*ast.FuncLit, decls []*ast.FuncDecl) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			if lineOf(n.Type.Func) == line {
				lits = append(lits, n)
				return false
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

// LiteralsAt returns all function literals of a file whose func keyword stands in
// a line, those inside others too, in the order of the source.
func LiteralsAt(file *ast.File, lineOf func(token.Pos) int, line int) (lits []*ast.FuncLit) {
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && lineOf(lit.Type.Func) == line {
			lits = append(lits, lit)
		}
		return true
	})
	return lits
}
