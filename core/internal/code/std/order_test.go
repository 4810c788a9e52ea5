package std

import (
	"go/ast"
	"go/token"
	"go/types"
)

// mapOrder reports whether a function ranges over a map, and does not sort.
func mapOrder(l *library, b *ast.BlockStmt) bool {
	ranges, sorts := false, false
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			if t := l.info.Types[n.X].Type; t != nil {
				if _, ok := t.Underlying().(*types.Map); ok && n.Key != nil && n.Tok != token.ILLEGAL {
					ranges = true
				}
			}
		case *ast.SelectorExpr:
			if fn, ok := l.info.Uses[n.Sel].(*types.Func); ok && fn.Pkg() != nil {
				if p := fn.Pkg().Path(); (p == "sort" || p == "slices") && len(fn.Name()) >= 4 {
					switch fn.Name()[:4] {
					case "Sort", "Stri", "Slic", "Ints":
						sorts = true
					}
				}
				if fn.FullName() == "(reflect.Value).MapRange" {
					ranges = true
				}
			}
		}
		return true
	})
	return ranges && !sorts
}
