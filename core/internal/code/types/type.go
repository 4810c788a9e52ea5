package types

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A Type is a type as source spells it, and the file that says what its names mean. A
// predeclared type is its name alone. The zero Type is a type that is not known.
type Type struct {
	Expr ast.Expr
	In   *File
}

// Basic returns a predeclared type.
func Basic(name string) Type { return Type{Expr: ast.NewIdent(name)} }

// Part returns the type of an expression in the file of t.
func (t Type) Part(e ast.Expr) Type { return Type{e, t.In} }

// maxDepth bounds how many definitions are followed: they may be recursive.
const maxDepth = 24

// Under follows names to the type that they are declared as.
func (t Type) Under() Type {
	for range maxDepth {
		t.Expr = ast.Unparen(t.Expr)
		switch e := t.Expr.(type) {
		case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.IndexListExpr:
			if t.In == nil {
				return t
			}
			next := t.In.Declared(e)
			if next == t {
				return t
			}
			t = next
		default:
			return t
		}
	}
	return Type{}
}

// Pointee returns the type that a pointer leads to, and any other type itself.
func (t Type) Pointee() (_ Type, isPointer bool) {
	u := t.Under()
	if star, ok := u.Expr.(*ast.StarExpr); ok {
		return u.Part(star.X).Under(), true
	}
	return u, false
}

// Field returns the type of a field of a struct, or of one that a pointer leads to, and
// whether it lies elsewhere than a value of the type itself. It is the zero Type for all
// others: also for a field of an embedded field, which a method may hide.
func (t Type) Field(name string) (_ Type, apart bool) {
	u, isPointer := t.Pointee()
	if st, ok := u.Expr.(*ast.StructType); ok {
		for _, f := range st.Fields.List {
			if len(f.Names) == 0 && syntax.FieldName(f.Type) == name || slices.ContainsFunc(f.Names, func(id *ast.Ident) bool { return id.Name == name }) {
				return u.Part(f.Type), isPointer
			}
		}
	}
	return Type{}, true
}

// Name returns the package and the name of a declared type, the path "" for one of
// the package asked about; of an alias those of the type that it stands for.
func (t Type) Name() (path, name string) {
	for i := 0; t.In != nil && i < maxDepth; i++ {
		e := syntax.Plain(t.Expr)
		spec, in := t.In.declared(e)
		id, isLocal := e.(*ast.Ident)
		switch {
		case spec != nil && spec.Assign.IsValid():
			t = Type{spec.Type, in}
		case !isLocal:
			return t.In.Qualified(e)
		case spec == nil || scope.Of(id) != nil:
			return "", ""
		default:
			return t.In.In, id.Name
		}
	}
	return "", ""
}

// Method reports whether a declared type has a method of its own, and whether of a pointer.
func (t Type) Method(name string) (found, pointer bool) {
	path, typ := t.Name()
	if typ == "" {
		return false, false
	}
	return t.In.Package.Method(path, typ, name)
}

// Elements returns the types of the keys and elements of a list, a map, a text,
// a number or an iterator that is ranged over.
func (t Type) Elements() (key, elem Type) {
	u, _ := t.Pointee()
	if path, _ := t.Name(); path == "iter" {
		u = t
	}
	switch e := u.Expr.(type) {
	case *ast.IndexExpr: // iter.Seq[V]
		return u.Part(e.Index), Type{}
	case *ast.IndexListExpr: // iter.Seq2[K, V]
		return u.Part(e.Indices[0]), u.Part(e.Indices[1])
	case *ast.ArrayType:
		return Basic("int"), u.Part(e.Elt)
	case *ast.MapType:
		return u.Part(e.Key), u.Part(e.Value)
	case *ast.ChanType:
		return u.Part(e.Value), Type{}
	case *ast.Ident:
		if e.Name == "string" {
			return Basic("int"), Basic("rune")
		}
		return t, Type{}
	}
	return Type{}, Type{}
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
