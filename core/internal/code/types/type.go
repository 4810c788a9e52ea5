package types

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A Type is a type as source spells it, and the file that does; a predeclared one
// is its name alone. The zero Type is a type that is not known.
type Type struct {
	Expr ast.Expr
	File *File
}

func basic(name string) Type { return Type{Expr: ast.NewIdent(name)} }

// MaxDepth bounds how many definitions are followed: they may be recursive.
const MaxDepth = 24

// declared returns the declaration of a type's name, in the function around it or
// in its package, and its file.
func (f *File) declared(e ast.Expr) (*ast.TypeSpec, *File) {
	var n ast.Node
	in := f
	if id, ok := e.(*ast.Ident); ok {
		if d := scope.Of(id); d != nil {
			n = d.Node
		} else {
			n, in = f.Package.Decl(f.Path, id.Name)
		}
	} else if path, name := f.Qualified(e); path != "" {
		n, in = f.Package.Decl(path, name)
	}
	spec, _ := n.(*ast.TypeSpec)
	return spec, in
}

// Under follows names to the type that they are declared as.
func (t Type) Under() Type {
	for range MaxDepth {
		t.Expr = ast.Unparen(t.Expr)
		switch e := t.Expr.(type) {
		case *ast.Ident, *ast.SelectorExpr:
			if t.File == nil {
				return t
			}
			spec, in := t.File.declared(e)
			if id, ok := e.(*ast.Ident); ok && spec == nil && isTypeName(id.Name) && t.File.Undeclared(id) {
				return Type{Expr: e}
			}
			if spec == nil {
				return Type{}
			}
			t = Type{spec.Type, in}
		case *ast.IndexExpr: // what its type parameters stand for is not known
			t.Expr = e.X
		case *ast.IndexListExpr:
			t.Expr = e.X
		default:
			return t
		}
	}
	return Type{}
}

// Pointee returns what a pointer leads to, and any other type itself.
func (t Type) Pointee() Type {
	u := t.Under()
	if star, ok := u.Expr.(*ast.StarExpr); ok {
		return Type{star.X, u.File}.Under()
	}
	return u
}

// IsBasic reports whether a type is declared as one of some basic types.
func (t Type) IsBasic(names ...string) bool {
	id, ok := t.Under().Expr.(*ast.Ident)
	return ok && slices.Contains(names, id.Name)
}

// IsInteger reports whether a type is declared as one of integers.
func (t Type) IsInteger() bool {
	return t.IsBasic("int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "byte", "rune")
}

// Name returns the package and the name of a declared type, the path "" for one
// of the package itself.
func (t Type) Name() (path, name string) {
	if t.File == nil {
		return "", ""
	}
	if id, ok := ast.Unparen(t.Expr).(*ast.Ident); ok && scope.Of(id) == nil {
		if spec, _ := t.File.declared(id); spec != nil {
			return t.File.Path, id.Name
		}
		return "", ""
	}
	if path, name = t.File.Qualified(t.Expr); path == "" {
		name = ""
	}
	return path, name
}

// Method reports whether a declared type has a method, and whether of a pointer.
func (t Type) Method(method string) (found, pointer bool) {
	path, name := t.Name()
	if name == "" {
		return false, false
	}
	return t.File.Package.Method(path, name, method)
}

// PrintsItself reports whether a value of a basic type may have methods that say
// how it is printed.
func (t Type) PrintsItself() bool {
	id, ok := ast.Unparen(t.Expr).(*ast.Ident)
	switch {
	case !ok:
		return true
	case t.File == nil:
		return !syntax.IsBasicType(id.Name)
	}
	spec, in := t.File.declared(id)
	switch {
	case spec == nil:
		return !syntax.IsBasicType(id.Name) || !t.File.Undeclared(id)
	case spec.Assign.IsValid():
		return Type{spec.Type, in}.PrintsItself()
	case scope.Of(id) != nil:
		return false // a local type has no methods
	}
	return slices.ContainsFunc([]string{"String", "Error", "Format", "GoString"}, func(name string) bool {
		found, _ := t.Method(name)
		return found
	})
}

// Field returns the type of a field, of a struct or of what a pointer leads to:
// the zero Type unless there surely is one.
func (t Type) Field(name string) Type { return t.fieldAt(name, 0) }

func (t Type) fieldAt(name string, depth int) Type {
	u := t.Pointee()
	st, ok := u.Expr.(*ast.StructType)
	if !ok || depth > MaxDepth {
		return Type{}
	}
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 && syntax.FieldName(f.Type) == name || slices.ContainsFunc(f.Names, func(id *ast.Ident) bool { return id.Name == name }) {
			return Type{f.Type, u.File}
		}
	}
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 {
			if t := (Type{f.Type, u.File}).fieldAt(name, depth+1); t.Expr != nil {
				return t
			}
		}
	}
	return Type{}
}

// Elements returns the types of the keys and elements of a list, a map, a text,
// a number or an iterator that is ranged over.
func (t Type) Elements() (key, elem Type) {
	path, _ := t.Name()
	u := t.Pointee()
	if path == "iter" {
		u = t
	}
	switch e := u.Expr.(type) {
	case *ast.IndexExpr: // iter.Seq[V]
		return Type{e.Index, u.File}, Type{}
	case *ast.IndexListExpr: // iter.Seq2[K, V]
		return Type{e.Indices[0], u.File}, Type{e.Indices[1], u.File}
	case *ast.ArrayType:
		return basic("int"), Type{e.Elt, u.File}
	case *ast.MapType:
		return Type{e.Key, u.File}, Type{e.Value, u.File}
	case *ast.ChanType:
		return Type{e.Value, u.File}, Type{}
	case *ast.Ident:
		if e.Name == "string" {
			return basic("int"), basic("rune")
		}
		return t, Type{}
	}
	return Type{}, Type{}
}
