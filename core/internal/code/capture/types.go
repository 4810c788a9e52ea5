package capture

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A typ is a type as source spells it, and the file that does. Without an
// expression it is not known.
type typ struct {
	expr ast.Expr
	file *File
}

// An env tells the types of expressions, as far as source at hand tells them.
type env struct{ pkg Package }

// maxDepth bounds how many definitions are followed: they may be recursive.
const maxDepth = 24

// predeclared reports whether an identifier that no function binds is what the
// language declares.
func (v env) predeclared(f *File, id *ast.Ident) bool {
	if f == nil || ast.IsExported(id.Name) || scope.Of(id) != nil { // a dot import brings exported names alone
		return false
	}
	if f.Path != "" {
		return v.pkg.Imported(f.Path, id.Name) == Undeclared
	}
	return v.pkg.Kind(id.Name) == Undeclared
}

// isPredeclared is predeclared for an expression that is one of some names.
func (v env) isPredeclared(f *File, e ast.Expr, names ...string) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && slices.Contains(names, id.Name) && v.predeclared(f, id)
}

// isPredeclaredType reports whether a name is that of a type which the language
// declares.
func (v env) isPredeclaredType(f *File, id *ast.Ident) bool {
	return (syntax.IsBasicType(id.Name) || id.Name == "any" || id.Name == "error") && v.predeclared(f, id)
}

// qualified returns the import path and the name of pkg.F and pkg.F[T].
func (v env) qualified(f *File, e ast.Expr) (path, name string) {
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		e = x.X
	case *ast.IndexListExpr:
		e = x.X
	}
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok || scope.Of(x) != nil || f.Path == "" && v.pkg.Kind(x.Name) != Undeclared {
		return "", ""
	}
	return v.pkg.Import(f, x.Name), sel.Sel.Name
}

// basic returns a predeclared type, where the package leaves it its name.
func (v env) basic(f *File, name string) typ {
	if id := ast.NewIdent(name); v.predeclared(f, id) {
		return typ{id, f}
	}
	return typ{}
}

// spelled returns the name of a type that is but a name.
func spelled(t typ) string {
	if id, ok := t.expr.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// isType reports whether an expression is known to be a type.
func (v env) isType(f *File, e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.StructType, *ast.InterfaceType:
		return true
	case *ast.StarExpr:
		return v.isType(f, e.X)
	case *ast.IndexExpr:
		return v.isType(f, e.X)
	case *ast.IndexListExpr:
		return v.isType(f, e.X)
	case *ast.Ident:
		if d := scope.Of(e); d != nil {
			return d.Kind == scope.Type || d.Kind == scope.TypeParam
		}
		return v.isPredeclaredType(f, e) || f.Path == "" && v.pkg.Kind(e.Name) == Type
	case *ast.SelectorExpr:
		path, name := v.qualified(f, e)
		return path != "" && v.pkg.Imported(path, name) == Type
	}
	return false
}

// under follows names to the type that they are declared as.
func (v env) under(t typ) typ {
	for range maxDepth {
		switch e := ast.Unparen(t.expr).(type) {
		case *ast.Ident:
			next := v.declared(t.file, e)
			if next.expr == nil {
				if v.isPredeclaredType(t.file, e) {
					return typ{e, t.file}
				}
				return typ{}
			}
			t = next
		case *ast.SelectorExpr:
			path, name := v.qualified(t.file, e)
			n, f := v.pkg.Decl(path, name)
			spec, ok := n.(*ast.TypeSpec)
			if path == "" || !ok {
				return typ{}
			}
			t = typ{spec.Type, f}
		case nil:
			return typ{}
		default:
			return typ{e, t.file}
		}
	}
	return typ{}
}

// declared returns what a type's name is declared as, in the function around it
// or in its package.
func (v env) declared(f *File, id *ast.Ident) typ {
	if f == nil {
		return typ{}
	}
	if d := scope.Of(id); d != nil {
		if spec, ok := d.Node.(*ast.TypeSpec); ok && d.Kind == scope.Type {
			return typ{spec.Type, f}
		}
		return typ{}
	}
	n, in := v.pkg.Decl(f.Path, id.Name)
	if spec, ok := n.(*ast.TypeSpec); ok {
		return typ{spec.Type, in}
	}
	return typ{}
}

// immutable reports whether nobody can change what a copy of a value of a type
// leads to: it is basic, a function, or an array or struct of such.
func (v env) immutable(t typ) bool { return v.immutableAt(t, 0) }

func (v env) immutableAt(t typ, depth int) bool {
	if depth > maxDepth {
		return false
	}
	if path, name := v.qualifiedType(t); path != "" && v.pkg.Immutable(path, name) {
		return true
	}
	u := v.under(t)
	switch e := u.expr.(type) {
	case *ast.Ident:
		return syntax.IsBasicType(e.Name)
	case *ast.FuncType:
		return true
	case *ast.ArrayType:
		return e.Len != nil && v.immutableAt(typ{e.Elt, u.file}, depth+1)
	case *ast.StructType:
		return !slices.ContainsFunc(e.Fields.List, func(f *ast.Field) bool { return !v.immutableAt(typ{f.Type, u.file}, depth+1) })
	}
	return false
}

// qualifiedType returns the package and name of a type of another package.
func (v env) qualifiedType(t typ) (path, name string) {
	if t.file == nil {
		return "", ""
	}
	if id, ok := ast.Unparen(t.expr).(*ast.Ident); ok && t.file.Path != "" && v.declared(t.file, id).expr != nil {
		return t.file.Path, id.Name
	}
	return v.qualified(t.file, t.expr)
}

// isBasic reports whether a type is declared as one of some basic types.
func (v env) isBasic(t typ, names ...string) bool {
	id, ok := v.under(t).expr.(*ast.Ident)
	return ok && slices.Contains(names, id.Name)
}

// printsItself reports whether a value of a type may have methods that say how
// it is printed.
func (v env) printsItself(t typ) bool {
	id, ok := ast.Unparen(t.expr).(*ast.Ident)
	if !ok || t.file == nil || t.file.Path != "" {
		return true
	}
	if d := scope.Of(id); d != nil {
		spec, ok := d.Node.(*ast.TypeSpec) // a local type has the methods of an alias alone
		return !ok || spec.Assign.IsValid() && v.printsItself(typ{spec.Type, t.file})
	}
	if v.predeclared(t.file, id) {
		return !syntax.IsBasicType(id.Name)
	}
	n, in := v.pkg.Decl("", id.Name)
	spec, ok := n.(*ast.TypeSpec)
	if !ok || spec.Assign.IsValid() && v.printsItself(typ{spec.Type, in}) {
		return true
	}
	return slices.ContainsFunc([]string{"String", "Error", "Format", "GoString"}, func(m string) bool {
		found, _ := v.pkg.Method(id.Name, m)
		return found
	})
}

// field returns the type of a field, of a struct or of what a pointer leads to,
// and reports whether there surely is one.
func (v env) field(t typ, name string) (typ, bool) { return v.fieldAt(t, name, 0) }

func (v env) fieldAt(t typ, name string, depth int) (typ, bool) {
	u := v.under(t)
	if star, ok := u.expr.(*ast.StarExpr); ok {
		u = v.under(typ{star.X, u.file})
	}
	st, ok := u.expr.(*ast.StructType)
	if !ok || depth > maxDepth {
		return typ{}, false
	}
	for _, f := range st.Fields.List {
		for _, n := range f.Names {
			if n.Name == name {
				return typ{f.Type, u.file}, true
			}
		}
		if len(f.Names) == 0 && syntax.FieldName(f.Type) == name {
			return typ{f.Type, u.file}, true
		}
	}
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 {
			if t, ok := v.fieldAt(typ{f.Type, u.file}, name, depth+1); ok {
				return t, true
			}
		}
	}
	return typ{}, false
}

// elements returns the types of the keys and elements of a list, a map, a text
// or a number that is ranged over.
func (v env) elements(t typ) (key, elem typ) {
	u := v.under(t)
	if star, ok := u.expr.(*ast.StarExpr); ok {
		u = v.under(typ{star.X, u.file})
	}
	switch e := u.expr.(type) {
	case *ast.ArrayType:
		return v.basic(u.file, "int"), typ{e.Elt, u.file}
	case *ast.MapType:
		return typ{e.Key, u.file}, typ{e.Value, u.file}
	case *ast.ChanType:
		return typ{e.Value, u.file}, typ{}
	case *ast.Ident:
		if e.Name == "string" {
			return v.basic(u.file, "int"), v.basic(u.file, "rune")
		}
		return t, typ{}
	case *ast.FuncType:
		return yielded(e, u.file)
	case *ast.IndexExpr:
		if path, name := v.qualified(u.file, e); path == "iter" && name == "Seq" {
			return typ{e.Index, u.file}, typ{}
		}
	case *ast.IndexListExpr:
		if path, name := v.qualified(u.file, e); path == "iter" && name == "Seq2" && len(e.Indices) == 2 {
			return typ{e.Indices[0], u.file}, typ{e.Indices[1], u.file}
		}
	}
	return typ{}, typ{}
}

// yielded returns the types of what func(yield func(K, V) bool) gives.
func yielded(f *ast.FuncType, in *File) (key, elem typ) {
	if f.Params.NumFields() != 1 {
		return typ{}, typ{}
	}
	yield, ok := f.Params.List[0].Type.(*ast.FuncType)
	if !ok {
		return typ{}, typ{}
	}
	types := []typ{}
	for _, p := range yield.Params.List {
		for range max(len(p.Names), 1) {
			types = append(types, typ{p.Type, in})
		}
	}
	types = append(types, typ{}, typ{})
	return types[0], types[1]
}
