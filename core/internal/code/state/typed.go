package state

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/effect"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// A scope tells what names stand for in the file of a declaration, by facts alone: of
// other declarations it knows the form. Those of the standard library stand for
// themselves.
type scope struct {
	s *Analysis
	n *graph.Node
}

// file returns the outline of the file that a declaration stands in.
func (s *Analysis) file(n *graph.Node) *types.File {
	f := s.files[n.File]
	if f == nil {
		f = types.Outline(scope{s, n}, n.File.Names)
		f.Result = s.result
		s.files[n.File] = f
	}
	return f
}

// parse returns the expression of a form, or nil for what is not known.
func (s *Analysis) parse(form string) ast.Expr {
	e, ok := s.parsed[form]
	if !ok {
		if parsed, err := parser.ParseExpr(form); err == nil {
			e = parsed
		}
		s.parsed[form] = e
	}
	return e
}

// decls returns what a name surely stands for where n mentions it, local or of
// another module; and its path where it is of the standard library.
func (s *Analysis) decls(n *graph.Node, m facts.Mention) (found []*graph.Node, std string) {
	var list [][2]string
	n.Meanings(m, func(path, name, _ string) { list = append(list, [2]string{path, name}) })
	if _, imported := n.File.Names[m.X]; len(list) != 1 || m.X != "" && !imported {
		return nil, ""
	}
	return s.declared(list[0][0], list[0][1])
}

// declared returns the declarations of a name of a package.
func (s *Analysis) declared(path, name string) (found []*graph.Node, std string) {
	if p := s.g.Packages[path]; p != nil {
		return p.Decls[name], ""
	}
	if where := s.g.Find(path); where.Module.Path == "" && !where.Local {
		return nil, path
	}
	return s.external(graph.External{Path: path, Name: name}), ""
}

func (p scope) declared(path, name string) (found []*graph.Node, std string) {
	if path == "" {
		return p.s.decls(p.n, facts.Mention{Sel: name})
	}
	return p.s.declared(path, name)
}

// Kind implements types.Package.
func (p scope) Kind(path, name string) types.Kind {
	found, std := p.declared(path, name)
	meanings := 0
	p.n.Meanings(facts.Mention{Sel: name}, func(string, string, string) { meanings++ })
	switch {
	case std != "", len(found) == 1 && found[0].Fact.Kind == facts.KindType:
		return types.TypeName
	case path == "" && meanings == 0:
		return types.Undeclared
	}
	return types.Unknown
}

// Decl implements types.Package: a declaration has what its facts keep.
func (p scope) Decl(path, name string) (ast.Node, *types.File) {
	found, _ := p.declared(path, name)
	if len(found) != 1 {
		return nil, nil
	}
	form, f := p.s.parse(found[0].Fact.Form), p.s.file(found[0])
	switch found[0].Fact.Kind {
	case facts.KindType:
		return &ast.TypeSpec{Type: form}, f
	case facts.KindVar:
		return p.s.spec(found[0]), f
	case facts.KindFunc:
		if sig, ok := form.(*ast.FuncType); ok {
			return &ast.FuncDecl{Type: sig}, f
		}
	}
	return nil, nil
}

// Method implements types.Package.
func (p scope) Method(path, typ, name string) (found, pointer bool) {
	decls, _ := p.declared(path, typ)
	if len(decls) != 1 {
		return true, true
	}
	return decls[0].Package.HasMethod(typ, name)
}

// spec returns the declaration of variables.
func (s *Analysis) spec(n *graph.Node) *ast.ValueSpec {
	spec := &ast.ValueSpec{Type: s.parse(n.Fact.Form)}
	for i := range n.Fact.Count() {
		spec.Names = append(spec.Names, ast.NewIdent(n.Fact.NameAt(i).Name))
	}
	for _, v := range n.Fact.Values {
		spec.Values = append(spec.Values, s.parse(v))
	}
	return spec
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
	found, path := s.named(types.Type{Expr: call.Fun, In: f})
	fun, ok := syntax.Plain(call.Fun).(*ast.SelectorExpr)
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

// named returns what the name of a type, or of what stands for one, stands for.
func (s *Analysis) named(t types.Type) (found []*graph.Node, std string) {
	if t.In == nil {
		return nil, ""
	}
	p := t.In.Package.(scope)
	switch e := syntax.Plain(t.Expr).(type) {
	case *ast.Ident:
		return s.decls(p.n, facts.Mention{Sel: e.Name})
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return s.decls(p.n, facts.Mention{X: x.Name, Sel: e.Sel.Name})
		}
	}
	return nil, ""
}

// typeOf returns the type of a variable. A literal stands for a function that is known:
// it has no memory of its own.
func (s *Analysis) typeOf(v variable) types.Type {
	spec, f := s.spec(v.n), s.file(v.n)
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
