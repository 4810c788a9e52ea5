package state

import (
	"go/ast"
	"go/parser"
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

// A typed is a type expression and the declaration that it stands in, which
// says what its names mean. The zero typed is a type that is not known.
type typed = types.Type

// A place is a declaration in whose file the names of types are looked up.
type place struct {
	s *Analysis
	n *graph.Node
}

func (s *Analysis) typed(e ast.Expr, n *graph.Node) typed { return typed{Expr: e, In: place{s, n}} }

// form returns what a type is declared as.
func (s *Analysis) form(n *graph.Node) typed { return s.typed(s.parse(n.Fact.Form), n) }

// parse returns the expression of a form, or nil for what is not known.
func (s *Analysis) parse(form string) ast.Expr {
	e, ok := s.parsed[form]
	if !ok {
		e, _ = parser.ParseExpr(form)
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

// Declared returns what a type's name stands for: those of the standard library
// stand for themselves.
func (p place) Declared(e ast.Expr) typed {
	if plain := syntax.Plain(e); plain != e { // of generic types no arguments count
		return p.s.typed(plain, p.n)
	}
	found, std := p.s.named(typed{Expr: e, In: p})
	id, isIdent := e.(*ast.Ident)
	switch {
	case len(found) == 1 && found[0].Fact.Kind == facts.KindType:
		return p.s.form(found[0])
	case len(found) == 0 && isIdent && syntax.IsBasicType(id.Name):
		return typed{Expr: e}
	case len(found) == 0 && isIdent && (id.Name == "any" || id.Name == "error"):
		return typed{Expr: &ast.InterfaceType{}}
	case len(found) == 0 && !isIdent && std != "":
		return p.s.typed(e, p.n)
	}
	return typed{}
}

// Method reports whether a type has a method of its own.
func (p place) Method(typ ast.Expr, name string) (found, pointer bool) {
	decls, _ := p.s.named(typed{Expr: typ, In: p})
	found = slices.ContainsFunc(decls, func(n *graph.Node) bool {
		return n.Fact.Kind == facts.KindType && slices.ContainsFunc(n.Package.Methods(n.Fact.Name), func(m *graph.Node) bool { return m.Fact.Name == name })
	})
	return found, found
}

// TypeName returns the package and the name of a type that has one.
func (p place) TypeName(typ ast.Expr) (path, name string) {
	found, path := p.s.named(typed{Expr: typ, In: p})
	if len(found) == 1 {
		path = found[0].Package.Path
	}
	if id := syntax.CalledName(typ); id != nil && path != "" {
		name = id.Name
	}
	return path, name
}

// result returns the type of what an initialiser stands for.
func (s *Analysis) result(t typed) typed {
	switch e := ast.Unparen(t.Expr).(type) {
	case *ast.FuncLit:
		return t
	case *ast.CompositeLit:
		return t.Part(e.Type)
	case *ast.CallExpr:
		return s.called(t, e)
	case *ast.UnaryExpr:
		if lit, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok && e.Op == token.AND {
			return t.Part(&ast.StarExpr{X: lit.Type})
		}
	}
	if isBasic(t.Expr) {
		return types.Basic("string") // which all others are like
	}
	return typed{}
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

// called returns the type of the first result of a call, or of a conversion.
func (s *Analysis) called(t typed, call *ast.CallExpr) typed {
	fun := syntax.Plain(call.Fun)
	switch fun.(type) {
	case *ast.ArrayType, *ast.MapType, *ast.StarExpr:
		return t.Part(fun)
	}
	found, path := s.named(t.Part(fun))
	sel, _ := fun.(*ast.SelectorExpr)
	id, isIdent := fun.(*ast.Ident)
	switch {
	case isIdent && id.Name == "make" && len(call.Args) > 0:
		return t.Part(call.Args[0])
	case isIdent && id.Name == "new" && len(call.Args) > 0:
		return t.Part(&ast.StarExpr{X: call.Args[0]})
	case len(found) == 0 && isIdent && syntax.IsBasicType(id.Name), len(found) == 1 && found[0].Fact.Kind == facts.KindType:
		return t.Part(fun)
	case path != "" && sel != nil:
		return stdResult(t, sel, path, call.Args)
	case len(found) == 1 && found[0].Fact.Kind == facts.KindFunc:
		if f, ok := s.parse(found[0].Fact.Form).(*ast.FuncType); ok && f.Results.NumFields() > 0 {
			return s.typed(f.Results.List[0].Type, found[0])
		}
	}
	return typed{}
}

// stdResult returns the type of the result of a function, path.name: where nobody
// who holds it can change it, nor what it keeps of its arguments, a literal stands
// for it.
func stdResult(t typed, fun *ast.SelectorExpr, path string, args []ast.Expr) typed {
	name := fun.Sel.Name
	kept := false
	for i, arg := range args {
		kept = kept || !isBasic(arg) && std.Argument(path, name, i) >= std.Keeps
	}
	typ, isPointer := strings.CutPrefix(std.TypeOf(path, name), "*")
	named := &ast.SelectorExpr{X: fun.X, Sel: ast.NewIdent(typ)}
	switch {
	case !kept && (std.ImmutableResult(path, name) || path == "fmt" && name == "Errorf"):
		return typed{Expr: &ast.FuncLit{}}
	case typ == "" || kept && (!isPointer && std.ImmutableType(path, typ) || isPointer && effect.ImmutablePointer(path, typ)):
		return typed{}
	case isPointer:
		return t.Part(&ast.StarExpr{X: named})
	}
	return t.Part(named)
}

// named returns what the name of a type, or of what stands for one, stands for.
func (s *Analysis) named(t typed) (found []*graph.Node, std string) {
	p, ok := t.In.(place)
	if !ok {
		return nil, ""
	}
	switch e := t.Expr.(type) {
	case *ast.Ident:
		return s.decls(p.n, facts.Mention{Sel: e.Name})
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return s.decls(p.n, facts.Mention{X: x.Name, Sel: e.Sel.Name})
		}
	}
	return nil, ""
}

// typeOf returns the type of a variable.
func (s *Analysis) typeOf(v variable) typed {
	d := v.n.Fact
	switch {
	case d.Form != "":
		return s.form(v.n)
	case v.i == 0 && len(d.Values) > 0, v.i < len(d.Values) && len(d.Values) == d.Count():
		return s.result(s.typed(s.parse(d.Values[v.i]), v.n))
	}
	return typed{}
}
