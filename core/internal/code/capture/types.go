package capture

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A typ is a type as source spells it, and the file that does; a predeclared one
// is its name alone. The zero typ is a type that is not known.
type typ struct {
	expr ast.Expr
	file *File
}

func basic(name string) typ { return typ{expr: ast.NewIdent(name)} }

// maxDepth bounds how many definitions are followed: they may be recursive.
const maxDepth = 24

// predeclared reports whether an expression is one of some names, and that which
// the language declares.
func (f *File) predeclared(e ast.Expr, names ...string) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && slices.Contains(names, id.Name) && f.undeclared(id)
}

// undeclared reports whether neither a function nor the package declares a name.
func (f *File) undeclared(id *ast.Ident) bool {
	return scope.Of(id) == nil && f.pkg.Kind(f.Path, id.Name) == Undeclared
}

// qualified returns the import path and the name of pkg.F and pkg.F[T].
func (f *File) qualified(e ast.Expr) (path, name string) {
	x, name := syntax.Qualifier(ast.Unparen(e))
	if x == nil || f.Path == "" && f.pkg.Kind("", x.Name) != Undeclared {
		return "", ""
	}
	return f.imports[x.Name], name
}

// isType reports whether an expression is known to be a type.
func (f *File) isType(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.StructType, *ast.InterfaceType:
		return true
	case *ast.StarExpr:
		return f.isType(e.X)
	case *ast.IndexExpr:
		return f.isType(e.X)
	case *ast.IndexListExpr:
		return f.isType(e.X)
	case *ast.Ident:
		if d := scope.Of(e); d != nil {
			return d.Kind == scope.Type || d.Kind == scope.TypeParam
		}
		return f.pkg.Kind(f.Path, e.Name) == Type || isTypeName(e.Name) && f.undeclared(e)
	case *ast.SelectorExpr:
		path, name := f.qualified(e)
		return path != "" && f.pkg.Kind(path, name) == Type
	}
	return false
}

func isTypeName(name string) bool {
	return syntax.IsBasicType(name) || name == "any" || name == "error"
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
			n, in = f.pkg.Decl(f.Path, id.Name)
		}
	} else if path, name := f.qualified(e); path != "" {
		n, in = f.pkg.Decl(path, name)
	}
	spec, _ := n.(*ast.TypeSpec)
	return spec, in
}

// under follows names to the type that they are declared as.
func (t typ) under() typ {
	for range maxDepth {
		t.expr = ast.Unparen(t.expr)
		switch e := t.expr.(type) {
		case *ast.Ident, *ast.SelectorExpr:
			if t.file == nil {
				return t
			}
			spec, in := t.file.declared(e)
			if id, ok := e.(*ast.Ident); ok && spec == nil && isTypeName(id.Name) && t.file.undeclared(id) {
				return typ{expr: e}
			}
			if spec == nil {
				return typ{}
			}
			t = typ{spec.Type, in}
		case *ast.IndexExpr: // what its type parameters stand for is not known
			t.expr = e.X
		case *ast.IndexListExpr:
			t.expr = e.X
		default:
			return t
		}
	}
	return typ{}
}

// pointee returns what a pointer leads to, and any other type itself.
func (t typ) pointee() typ {
	u := t.under()
	if star, ok := u.expr.(*ast.StarExpr); ok {
		return typ{star.X, u.file}.under()
	}
	return u
}

// isBasic reports whether a type is declared as one of some basic types.
func (t typ) isBasic(names ...string) bool {
	id, ok := t.under().expr.(*ast.Ident)
	return ok && slices.Contains(names, id.Name)
}

func (t typ) isInteger() bool {
	return t.isBasic("int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "byte", "rune")
}

// name returns the package and the name of a declared type, the path "" for one
// of the package itself.
func (t typ) name() (path, name string) {
	if t.file == nil {
		return "", ""
	}
	if id, ok := ast.Unparen(t.expr).(*ast.Ident); ok && scope.Of(id) == nil {
		if spec, _ := t.file.declared(id); spec != nil {
			return t.file.Path, id.Name
		}
		return "", ""
	}
	if path, name = t.file.qualified(t.expr); path == "" {
		name = ""
	}
	return path, name
}

// method reports whether a declared type has a method, and whether of a pointer.
func (t typ) method(method string) (found, pointer bool) {
	path, name := t.name()
	if name == "" {
		return false, false
	}
	return t.file.pkg.Method(path, name, method)
}

// printsItself reports whether a value of a basic type may have methods that say
// how it is printed.
func (t typ) printsItself() bool {
	id, ok := ast.Unparen(t.expr).(*ast.Ident)
	switch {
	case !ok:
		return true
	case t.file == nil:
		return !syntax.IsBasicType(id.Name)
	}
	spec, in := t.file.declared(id)
	switch {
	case spec == nil:
		return !syntax.IsBasicType(id.Name) || !t.file.undeclared(id)
	case spec.Assign.IsValid():
		return typ{spec.Type, in}.printsItself()
	case scope.Of(id) != nil:
		return false // a local type has no methods
	}
	return slices.ContainsFunc([]string{"String", "Error", "Format", "GoString"}, func(name string) bool {
		found, _ := t.method(name)
		return found
	})
}

// field returns the type of a field, of a struct or of what a pointer leads to:
// the zero typ unless there surely is one.
func (t typ) field(name string) typ { return t.fieldAt(name, 0) }

func (t typ) fieldAt(name string, depth int) typ {
	u := t.pointee()
	st, ok := u.expr.(*ast.StructType)
	if !ok || depth > maxDepth {
		return typ{}
	}
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 && syntax.FieldName(f.Type) == name || slices.ContainsFunc(f.Names, func(id *ast.Ident) bool { return id.Name == name }) {
			return typ{f.Type, u.file}
		}
	}
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 {
			if t := (typ{f.Type, u.file}).fieldAt(name, depth+1); t.expr != nil {
				return t
			}
		}
	}
	return typ{}
}

// elements returns the types of the keys and elements of a list, a map, a text
// or a number that is ranged over.
func (t typ) elements() (key, elem typ) {
	u := t.pointee()
	switch e := u.expr.(type) {
	case *ast.ArrayType:
		return basic("int"), typ{e.Elt, u.file}
	case *ast.MapType:
		return typ{e.Key, u.file}, typ{e.Value, u.file}
	case *ast.ChanType:
		return typ{e.Value, u.file}, typ{}
	case *ast.Ident:
		if e.Name == "string" {
			return basic("int"), basic("rune")
		}
		return t, typ{}
	}
	return typ{}, typ{}
}
