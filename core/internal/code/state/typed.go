package state

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/effect"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// decls returns what x.sel, or sel alone, surely stands for in a file, local or of another
// module; and its path where it is of the standard library.
func (s *Analysis) decls(f *types.File, m facts.Mention) (found []*graph.Node, std string) {
	path := f.In
	if m.X != "" {
		path, _ = f.Qualified(&ast.SelectorExpr{X: ast.NewIdent(m.X), Sel: ast.NewIdent(m.Sel)})
	}
	if path == "" || m.X == "" && f.Kind(m.Sel) == types.Unknown {
		return nil, ""
	}
	return s.declared(path, m.Sel)
}

// file returns the outline of the file that a declaration stands in.
func (s *Analysis) file(n *graph.Node) *types.File { return s.outline.File(n.Package.Path, n.File) }

// declared returns the declarations of a name of a package.
func (s *Analysis) declared(path, name string) (found []*graph.Node, std string) {
	switch p, kind := s.find(path); {
	case p != nil:
		return p.Decls[name], ""
	case kind == types.TypeName:
		return nil, path
	}
	return nil, ""
}

// find returns the package of an import path. The names of one of the standard library
// stand for themselves.
func (s *Analysis) find(path string) (*graph.Package, types.Kind) {
	if p := s.g.Packages[path]; p != nil {
		return p, types.Unknown
	}
	if where := s.g.Find(path); where.Module.Path == "" && !where.Local {
		return nil, types.TypeName
	}
	p := s.g.External(path)
	if p != nil {
		s.scan(p)
	}
	return p, types.Unknown
}

// isBasic reports whether an initialiser is surely of a basic type, by its form.
func isBasic(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit, *ast.BinaryExpr:
		return true
	case *ast.Ident:
		return e.Name == "true" || e.Name == "false"
	case *ast.UnaryExpr:
		return e.Op != token.AND && e.Op != token.ARROW
	}
	return false
}

// result returns the type of the result of a function of the standard library: where
// nobody who holds it can change it, nor what it keeps of its arguments, a literal
// stands for it.
func (s *Analysis) result(f *types.File, call *ast.CallExpr) (_ types.Type, known bool) {
	fun, ok := syntax.Plain(call.Fun).(*ast.SelectorExpr)
	found, path := s.decls(f, facts.MentionOf(syntax.Plain(call.Fun)))
	if !ok || path == "" || len(found) > 0 {
		return types.Type{}, false
	}
	name := fun.Sel.Name
	kept := false
	for i, arg := range call.Args {
		kept = kept || !isBasic(arg) && std.Argument(path, name, i) >= std.Keeps
	}
	typ, isPointer := strings.CutPrefix(std.TypeOf(path, name), "*")
	named := types.Type{Expr: &ast.SelectorExpr{X: fun.X, Sel: ast.NewIdent(typ)}, In: f}
	switch {
	case !kept && (std.ImmutableResult(path, name) || path == "fmt" && name == "Errorf"):
		return types.Type{Expr: &ast.FuncLit{}}, true
	case typ == "" || kept && (!isPointer && std.ImmutableType(path, typ) || isPointer && effect.ImmutablePointer(path, typ)):
		return types.Type{}, true
	case isPointer:
		return named.Part(&ast.StarExpr{X: named.Expr}), true
	}
	return named, true
}

// typeOf returns the type of a variable. A literal stands for a function that is known:
// it has no memory of its own.
func (s *Analysis) typeOf(v variable) types.Type {
	spec, f := s.outline.Spec(v.n), s.file(v.n)
	if len(spec.Values) == len(spec.Names) && spec.Type == nil {
		switch value := ast.Unparen(spec.Values[v.i]).(type) {
		case *ast.FuncLit:
			return types.Type{Expr: value, In: f}
		default:
			if isBasic(value) {
				return types.Basic("string") // which all others are like
			}
		}
	}
	return f.TypeOfSpec(spec, v.i)
}
