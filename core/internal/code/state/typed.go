package state

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
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
func (s *Analysis) decls(f *types.File, m facts.Mention) (found []*graph.Node, stdPath string) {
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
func (s *Analysis) declared(path, name string) (found []*graph.Node, stdPath string) {
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
	if p := cmp.Or(s.g.Packages[path], s.g.External(path)); p != nil {
		s.scan(p)
		return p, types.Unknown
	}
	if where := s.g.Find(path); where.Module.Path == "" && !where.Local {
		return nil, types.TypeName
	}
	return nil, types.Unknown
}

// isBasic reports whether an expression is surely of a basic type, or one that is
// declared as such: by its form, or as a constant.
func (s *Analysis) isBasic(f *types.File, e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit, *ast.BinaryExpr:
		return true
	case *ast.Ident, *ast.SelectorExpr:
		found, _ := s.decls(f, facts.MentionOf(e))
		return f.Predeclared(e, "true", "false") || len(found) == 1 && found[0].Fact.Kind == facts.KindConst
	case *ast.UnaryExpr:
		return e.Op != token.AND && e.Op != token.ARROW
	}
	return false
}

// result returns the type of the result of a function of the standard library. A literal
// stands for a result that no holder can change, nor the arguments that it keeps.
func (s *Analysis) result(f *types.File, call *ast.CallExpr) (_ types.Type, known bool) {
	fun, ok := syntax.Plain(call.Fun).(*ast.SelectorExpr)
	found, path := s.decls(f, facts.MentionOf(syntax.Plain(call.Fun)))
	if !ok || path == "" || len(found) > 0 {
		return types.Type{}, false
	}
	name := fun.Sel.Name
	kept := false
	for i, arg := range call.Args {
		kept = kept || !s.isBasic(f, arg) && std.Argument(path, name, i) >= std.Keeps
	}
	full := std.TypeOf(path, name)
	typ, isPointer := strings.CutPrefix(full, "*")
	named := types.Type{Expr: &ast.SelectorExpr{X: fun.X, Sel: ast.NewIdent(typ)}, In: f}
	elem, isSlice := strings.CutPrefix(full, "[]")
	switch {
	case isSlice && !kept:
		return types.Type{Expr: &ast.ArrayType{Elt: ast.NewIdent(elem)}}, true
	case !kept && !(isPointer && effect.StdImmutable(path, full)) && (std.ImmutableResult(path, name) || path == "fmt" && name == "Errorf"):
		return types.Type{Expr: &ast.FuncLit{}}, true
	case typ == "" || isSlice || kept && effect.StdImmutable(path, full):
		return types.Type{}, true
	case isPointer:
		return named.Part(&ast.StarExpr{X: named.Expr}), true
	}
	return named, true
}

// typeOf returns the type of a variable. A literal stands for a value that is known: a
// function without a memory of its own, or a value that nobody can change. It is that of
// the declaration, if nothing else sets the variable.
func (s *Analysis) typeOf(v variable) types.Type {
	t, known := s.types[v]
	if !known {
		t = s.findType(v)
		s.types[v] = t
	}
	return t
}

func (s *Analysis) findType(v variable) types.Type {
	spec, f := s.outline.Spec(v.n), s.file(v.n)
	t := f.TypeOfSpec(spec, v.i)
	if len(spec.Values) == len(spec.Names) && spec.Type == nil {
		value := ast.Unparen(spec.Values[v.i])
		if s.isBasic(f, value) {
			return types.Basic("string") // all basic types are alike here
		}
		m := facts.MentionOf(value)
		switch found, path := s.decls(f, m); value.(type) {
		case *ast.FuncLit:
			t.Expr = value
		case *ast.Ident, *ast.SelectorExpr:
			if !std.IsFunction(path, m.Sel) && (len(found) != 1 || found[0].Fact.Kind != facts.KindFunc) {
				return types.Type{} // of a variable, which may have held another value
			}
			t.Expr = &ast.FuncLit{}
		}
	}
	if _, known := t.Expr.(*ast.FuncLit); known && slices.ContainsFunc(s.mentions[v.name()], func(m *mention) bool { return s.does(t, *m, effect.Itself) > effect.Reads }) {
		return types.Type{}
	}
	return t
}
