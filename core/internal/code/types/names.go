package types

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Predeclared reports whether an expression is one of some names, and stands for what
// the language declares by it.
func (f *File) Predeclared(e ast.Expr, names ...string) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && slices.Contains(names, id.Name) && f.Undeclared(id)
}

// path returns the import path of the package in which a name that no function binds has
// its meaning: "." if that is not known, as a dot import may have the name too.
func (f *File) path(name string) string {
	if len(f.Imports.Dots) > 0 && ast.IsExported(name) {
		return "."
	}
	return f.In
}

// Kind returns what a name stands for that no function binds.
func (f *File) Kind(name string) Kind { return f.Package.Kind(f.path(name), name) }

// Undeclared reports whether neither a function nor the package declares a name.
func (f *File) Undeclared(id *ast.Ident) bool {
	return scope.Of(id) == nil && f.Package.Kind(f.In, id.Name) == Undeclared
}

// Qualified returns the import path and the name of pkg.F and pkg.F[T].
func (f *File) Qualified(e ast.Expr) (path, name string) {
	if x, _ := syntax.Qualifier(e); x == nil || f.Package.Kind(f.In, x.Name) != Undeclared {
		return "", ""
	}
	return f.Imports.Qualified(e)
}

// API returns the name of a function or type of the API that an expression
// stands for, "" if it is none.
func (f *File) API(e ast.Expr) string {
	if path, name := f.Qualified(e); syntax.IsAPI(path) {
		return name
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if ok && slices.ContainsFunc(f.Imports.Dots, syntax.IsAPI) && f.Undeclared(id) {
		return id.Name
	}
	return ""
}

// IsFixture reports whether a call is one of the API that returns the path of a fixture.
func (f *File) IsFixture(call *ast.CallExpr) bool {
	return slices.Contains([]string{"Dir", "File", "GoBuild"}, f.API(call.Fun))
}

// IsType reports whether an expression is known to be a type.
func (f *File) IsType(e ast.Expr) bool {
	switch e := syntax.Plain(e).(type) {
	case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.StructType, *ast.InterfaceType:
		return true
	case *ast.StarExpr:
		return f.IsType(e.X)
	case *ast.Ident:
		if d := scope.Of(e); d != nil {
			return d.Kind == scope.Type || d.Kind == scope.TypeParam
		}
		return f.Kind(e.Name) == TypeName || isTypeName(e.Name) && f.Undeclared(e)
	case *ast.SelectorExpr:
		path, name := f.Qualified(e)
		return path != "" && f.Package.Kind(path, name) == TypeName
	}
	return false
}

func isTypeName(name string) bool {
	return syntax.IsBasicType(name) || name == "any" || name == "error"
}

// IsField reports whether a selector surely selects a field.
func (f *File) IsField(sel *ast.SelectorExpr) bool {
	t, _ := f.TypeOf(sel.X).Field(sel.Sel.Name)
	return t.Expr != nil
}

// IsFieldKey reports whether an expression is the name of a field in a composite
// literal, because its type is a struct, or the name can be nothing else.
func (f *File) IsFieldKey(e ast.Expr) bool {
	id, _ := e.(*ast.Ident)
	pair, _ := f.parent[e].(*ast.KeyValueExpr)
	lit, _ := f.parent[pair].(*ast.CompositeLit)
	if id == nil || lit == nil || pair.Key != e {
		return false
	}
	t, _ := f.literalType(lit).Pointee()
	switch t.Expr.(type) {
	case *ast.StructType:
		return true
	case *ast.MapType, *ast.ArrayType:
		return false
	}
	return len(f.Imports.Dots) == 0 && id.IsExported() && f.Undeclared(id)
}

// IsHandle reports whether an expression is a variable that is a testing handle:
// testing.TB, or a pointer to one of the types behind it.
func (f *File) IsHandle(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok || scope.Of(id) == nil {
		return false
	}
	t := f.TypeOf(id)
	return t.In != nil && t.In.Imports.IsHandle(ast.Unparen(t.Expr))
}

// CallsHandle reports whether a call is that of a method of a testing handle.
func (f *File) CallsHandle(call *ast.CallExpr, method string) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == method && f.IsHandle(sel.X)
}

// declared returns the declaration of a type's name, in the function around it or
// in its package, and its file.
func (f *File) declared(e ast.Expr) (*ast.TypeSpec, *File) {
	var n ast.Node
	in := f
	if id, ok := e.(*ast.Ident); ok {
		if d := scope.Of(id); d != nil {
			n = d.Node
		} else {
			n, in = f.Package.Decl(f.path(id.Name), id.Name)
		}
	} else if path, name := f.Qualified(e); path != "" {
		n, in = f.Package.Decl(path, name)
	}
	spec, _ := n.(*ast.TypeSpec)
	return spec, in
}

// Declared returns the type as which the name of a type, T, pkg.T or T[int], is declared:
// the same expression where a type is known by its name and no more, the zero Type where
// it is not known. What the type parameters of a generic type stand for is not known.
func (f *File) Declared(e ast.Expr) Type {
	e = syntax.Plain(e)
	if spec, in := f.declared(e); spec != nil {
		return Type{spec.Type, in}
	}
	if path, name := f.Qualified(e); path != "" && f.Package.Kind(path, name) == TypeName {
		return Type{e, f}
	}
	if id, ok := e.(*ast.Ident); ok && isTypeName(id.Name) && f.Undeclared(id) {
		return Type{Expr: e}
	}
	return Type{}
}

// Carries reports whether a type that an expression spells is surely another one for
// each type that a type parameter stands for. The length of an array, a function and an
// alias need not be.
func (f *File) Carries(e ast.Expr, param *scope.Def) bool {
	of := func(generic ast.Expr, args ...ast.Expr) bool {
		spec, _ := f.declared(generic)
		return spec != nil && !spec.Assign.IsValid() && slices.ContainsFunc(args, func(arg ast.Expr) bool { return f.Carries(arg, param) })
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return scope.Of(e) == param
	case *ast.StarExpr:
		return f.Carries(e.X, param)
	case *ast.ArrayType:
		return f.Carries(e.Elt, param)
	case *ast.MapType:
		return f.Carries(e.Key, param) || f.Carries(e.Value, param)
	case *ast.StructType:
		return slices.ContainsFunc(e.Fields.List, func(field *ast.Field) bool { return f.Carries(field.Type, param) })
	case *ast.IndexExpr:
		return of(e.X, e.Index)
	case *ast.IndexListExpr:
		return of(e.X, e.Indices...)
	}
	return false
}

// PrintsItself reports whether a value may have methods that say how it is printed:
// none of a predeclared type has.
func (t Type) PrintsItself() bool {
	id, ok := ast.Unparen(t.Expr).(*ast.Ident)
	return !ok || !syntax.IsBasicType(id.Name) || t.In != nil && !t.In.Undeclared(id)
}
