package state

import (
	"go/ast"
	"go/parser"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A typed is a type expression and the declaration that it stands in, which
// says what its names mean. The zero typed is a type that is not known.
type typed struct {
	e  ast.Expr
	at *graph.Node
}

// parse returns the expression of a form, or nil for what is not known.
func (s *Analysis) parse(form string) ast.Expr {
	e, ok := s.parsed[form]
	if !ok {
		e, _ = parser.ParseExpr(form)
		if id, isID := e.(*ast.Ident); isID && id.Name == syntax.UnknownForm {
			e = nil
		}
		s.parsed[form] = e
	}
	return e
}

// decls returns what x.sel, or sel alone, stands for where n mentions it, local
// or of another module; and its path where it is of the standard library.
func (s *Analysis) decls(n *graph.Node, x, sel string) (found []*graph.Node, std string) {
	if n == nil {
		return nil, ""
	}
	path := ""
	switch p, imported := n.File.Names[x]; {
	case x == "":
		if found = n.Package.Decls[sel]; len(found) > 0 {
			return found, ""
		}
		for _, dot := range n.File.Dots {
			list, std := s.declared(dot, sel)
			if len(list) > 0 || std != "" {
				return list, std
			}
		}
		return nil, ""
	case imported && len(n.Package.Decls[x]) == 0: // else it may be either
		path = p
	default:
		return nil, ""
	}
	return s.declared(path, sel)
}

// declared returns the declarations of a name of a package.
func (s *Analysis) declared(path, name string) (found []*graph.Node, std string) {
	if p := s.g.Packages[path]; p != nil {
		return p.Decls[name], ""
	}
	if where := s.g.Find(path); where.Module.Path == "" && !where.Local {
		return nil, path
	}
	return s.abroad(graph.External{Path: path, Name: name}), ""
}

// under returns what a type stands for: no name, but for those of basic types
// and of the standard library.
func (s *Analysis) under(t typed) typed {
	for range 32 {
		switch e := t.e.(type) {
		case *ast.ParenExpr:
			t.e = e.X
		case *ast.Ident:
			found, _ := s.decls(t.at, "", e.Name)
			switch {
			case len(found) == 0 && syntax.IsBasicType(e.Name):
				return t
			case len(found) == 0 && (e.Name == "any" || e.Name == "error"):
				return typed{&ast.InterfaceType{}, nil}
			case len(found) != 1 || found[0].Fact.Kind != facts.KindType:
				return typed{}
			}
			t = typed{s.parse(found[0].Fact.Form), found[0]}
		case *ast.SelectorExpr:
			x, ok := e.X.(*ast.Ident)
			if !ok {
				return typed{}
			}
			found, std := s.decls(t.at, x.Name, e.Sel.Name)
			switch {
			case std != "":
				return t
			case len(found) != 1 || found[0].Fact.Kind != facts.KindType:
				return typed{}
			}
			t = typed{s.parse(found[0].Fact.Form), found[0]}
		default:
			return t
		}
	}
	return typed{}
}

// stdName returns the path and name of a type of the standard library, "*T"
// for a pointer to it.
func (s *Analysis) stdName(t typed) (path, name string) {
	star := ""
	if p, ok := t.e.(*ast.StarExpr); ok {
		star, t = "*", s.under(typed{p.X, t.at})
	}
	if sel, ok := t.e.(*ast.SelectorExpr); ok {
		if x, ok := sel.X.(*ast.Ident); ok {
			_, path = s.decls(t.at, x.Name, sel.Sel.Name)
			return path, star + sel.Sel.Name
		}
	}
	return "", ""
}

// pointee returns what a pointer leads to, or else t.
func (s *Analysis) pointee(t typed) (_ typed, isPointer bool) {
	t = s.under(t)
	if star, ok := t.e.(*ast.StarExpr); ok {
		return s.under(typed{star.X, t.at}), true
	}
	return t, false
}

// elements returns the types of the keys and the elements of a type, and
// whether they lie elsewhere than the value itself.
func (s *Analysis) elements(t typed) (key, elem typed, apart bool) {
	t, apart = s.pointee(t)
	basic := typed{ast.NewIdent("int"), nil}
	switch e := t.e.(type) {
	case *ast.ArrayType:
		return basic, typed{e.Elt, t.at}, apart || e.Len == nil
	case *ast.MapType:
		return typed{e.Key, t.at}, typed{e.Value, t.at}, true
	case *ast.Ident:
		return basic, basic, apart // of a string
	}
	return typed{}, typed{}, true
}

// field returns the type of a field, also of an embedded one, and whether it
// lies elsewhere than the value itself.
func (s *Analysis) field(t typed, name string, depth int) (_ typed, apart, ok bool) {
	t, apart = s.pointee(t)
	st, isStruct := t.e.(*ast.StructType)
	if !isStruct || depth > 4 {
		return typed{}, true, false
	}
	for _, f := range st.Fields.List {
		for _, id := range f.Names {
			if id.Name == name {
				return typed{f.Type, t.at}, apart, true
			}
		}
	}
	for _, f := range st.Fields.List {
		if len(f.Names) > 0 {
			continue
		}
		if syntax.FieldName(f.Type) == name {
			return typed{f.Type, t.at}, apart, true
		}
		if found, further, ok := s.field(typed{f.Type, t.at}, name, depth+1); ok {
			return found, apart || further, true
		}
	}
	return typed{}, true, false
}

// result returns the type of what an initialiser stands for.
func (s *Analysis) result(t typed) typed {
	switch e := t.e.(type) {
	case *ast.SelectorExpr:
		if e.Sel.Name == "value" {
			return s.valueOf(e.X, t.at)
		}
	case *ast.CallExpr:
		found, std := s.namedBy(e.Fun, t.at)
		switch {
		case std != "" || len(found) != 1:
			if id, ok := e.Fun.(*ast.Ident); ok && len(found) == 0 && syntax.IsBasicType(id.Name) {
				return typed{id, t.at}
			}
			return t // see immutable
		case found[0].Fact.Kind == facts.KindType:
			return typed{e.Fun, t.at}
		case found[0].Fact.Kind == facts.KindFunc:
			if f, ok := s.parse(found[0].Fact.Form).(*ast.FuncType); ok && f.Results.NumFields() > 0 {
				return typed{f.Results.List[0].Type, found[0]}
			}
		}
		return typed{}
	}
	return t
}

// namedBy returns what a name or a qualified name stands for.
func (s *Analysis) namedBy(e ast.Expr, at *graph.Node) (found []*graph.Node, std string) {
	switch e := e.(type) {
	case *ast.Ident:
		return s.decls(at, "", e.Name)
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return s.decls(at, x.Name, e.Sel.Name)
		}
	}
	return nil, ""
}

// valueOf returns the type of the variable, constant or function that an
// initialiser names.
func (s *Analysis) valueOf(e ast.Expr, at *graph.Node) typed {
	found, std := s.namedBy(e, at)
	if std != "" {
		sel := e.(*ast.SelectorExpr)
		if stdVariable(std, sel.Sel.Name) {
			return typed{&ast.FuncLit{}, nil}
		}
		return typed{}
	}
	if len(found) != 1 {
		return typed{}
	}
	n := found[0]
	switch n.Fact.Kind {
	case facts.KindConst:
		return typed{ast.NewIdent("int"), nil}
	case facts.KindFunc:
		return typed{&ast.FuncLit{}, nil}
	case facts.KindVar:
		name := ""
		switch e := e.(type) {
		case *ast.Ident:
			name = e.Name
		case *ast.SelectorExpr:
			name = e.Sel.Name
		}
		if s.depth++; s.depth < 8 {
			defer func() { s.depth-- }()
			return s.typeOf(variable{n, n.Fact.Index(name)})
		}
		s.depth--
	}
	return typed{}
}

// typeOf returns the type of a variable: of one that may hold any code, and is
// never assigned, that of its initialiser.
func (s *Analysis) typeOf(v variable) typed {
	forms := strings.Split(v.n.Fact.Form, "|")
	if v.i >= len(forms) {
		return typed{}
	}
	declared, initial, _ := strings.Cut(forms[v.i], "=")
	var first typed
	if initial != "" {
		first = s.result(typed{s.parse(initial), v.n})
	}
	if declared == "" {
		return first
	}
	t := typed{s.parse(declared), v.n}
	switch s.under(t).e.(type) {
	case *ast.InterfaceType, *ast.FuncType:
		if !s.assigned(v) && first.e != nil {
			return first
		}
	}
	return t
}

// keepsNothing reports whether the result of a call leads to no argument that
// can be changed.
func (s *Analysis) keepsNothing(e *ast.CallExpr, path, name string, at *graph.Node, depth int) bool {
	errs := 0
	for i, arg := range e.Args {
		t := s.under(s.result(typed{arg, at}))
		if !stdKeeps(path, name, i) {
			continue
		}
		if _, basic := t.e.(*ast.Ident); !basic {
			errs++
		}
		if !s.immutable(t, false, depth+1) {
			return false
		}
	}
	return path != "fmt" || errs < 2 // several wrapped errors stand in a list
}

// isEmpty reports whether a type is that of a struct without fields.
func isEmpty(e ast.Expr) bool {
	st, ok := e.(*ast.StructType)
	return ok && len(st.Fields.List) == 0
}

// immutable reports whether who gets a copy of a value can change nothing
// through it. Functions count as such where plain says that they keep nothing.
func (s *Analysis) immutable(t typed, plain bool, depth int) bool {
	if depth > 8 {
		return false
	}
	t = s.under(t)
	switch e := t.e.(type) {
	case *ast.Ident, *ast.FuncLit:
		return true
	case *ast.SelectorExpr, *ast.StarExpr:
		if to, ok := s.pointee(t); ok && isEmpty(to.e) {
			return true
		}
		path, name := s.stdName(t)
		return path != "" && stdImmutable(path, name)
	case *ast.ArrayType:
		return e.Len != nil && s.immutable(typed{e.Elt, t.at}, plain, depth+1)
	case *ast.StructType:
		return !slices.ContainsFunc(e.Fields.List, func(f *ast.Field) bool { return !s.immutable(typed{f.Type, t.at}, plain, depth+1) })
	case *ast.FuncType:
		return plain
	case *ast.CallExpr: // of the standard library
		sel, ok := e.Fun.(*ast.SelectorExpr)
		_, path := s.namedBy(e.Fun, t.at)
		return ok && path != "" && stdResult(path, sel.Sel.Name) && s.keepsNothing(e, path, sel.Sel.Name, t.at, depth)
	}
	return false
}
