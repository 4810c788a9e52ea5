package facts

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// form returns the source of a node from a position on, as far as it tells a type,
// for who parses that again: without the bodies of functions, the elements of
// composite literals, the characters of strings and the methods of interfaces, but for a
// mark, and with _ for type parameters.
func (w *walker) form(n ast.Node, from token.Pos) string {
	var b []byte
	put := func(to, next token.Pos, as string) {
		if from <= to {
			b, from = append(append(b, w.Text(from, to)...), as...), next
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			put(n.Lbrace, n.End(), "{}")
			return false
		case *ast.CompositeLit:
			put(n.Lbrace, n.End(), "{}")
			return false
		case *ast.InterfaceType:
			put(n.Methods.Opening, n.End(), "{"+strings.Repeat("_()", min(1, len(n.Methods.List)))+"}")
			return false
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				put(n.Pos(), n.End(), `""`)
			}
		case *ast.Ident:
			if d := scope.Of(n); d != nil && d.Kind == scope.TypeParam {
				put(n.Pos(), n.End(), "_")
			}
		}
		return true
	})
	put(n.End(), n.End(), "")
	return string(b)
}
