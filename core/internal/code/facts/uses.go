package facts

import (
	"go/ast"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A Use is a mention of a local variable, or of another that stands for a part of
// it, and the access that it is.
type Use struct {
	Access
	At    *ast.Ident
	Looks bool // it leaves no access
}

// Uses returns what a declaration does with each variable that it binds, in a package
// that may declare predeclared names.
func Uses(p *syntax.Source, decl ast.Decl, declares func(name string) bool) map[*scope.Def][]Use {
	var defs []*scope.Def // of the parameters
	uses := map[*scope.Def][]Use{}
	w := newWalker(&File{}, p)
	w.declares = declares
	w.use = func(u Access, id *ast.Ident, looks bool) {
		if d := scope.Of(id); u.Param > 0 && d.Ident != id {
			d = defs[u.Param-1]
			uses[d] = append(uses[d], Use{u, id, looks})
		}
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if d := scope.Of(id); d != nil && d.Ident == id {
				defs = append(defs, d)
				w.bound[d] = []Access{{Param: len(defs)}}
			}
		}
		return true
	})
	w.parts(decl)
	return uses
}
