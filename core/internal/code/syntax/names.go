package syntax

import (
	"go/ast"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// BaseName returns the name of a receiver's type: T of *T, (T), T[K].
func BaseName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return BaseName(e.X)
	case *ast.ParenExpr:
		return BaseName(e.X)
	case *ast.IndexExpr:
		return BaseName(e.X)
	case *ast.IndexListExpr:
		return BaseName(e.X)
	}
	return "_"
}

// CalledName returns the identifier that names a called function: F of F, p.F,
// F[T]. It is nil where none does.
func CalledName(fun ast.Expr) *ast.Ident {
	switch f := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	case *ast.IndexExpr:
		return CalledName(f.X)
	case *ast.IndexListExpr:
		return CalledName(f.X)
	}
	return nil
}

// FieldName returns the name of an embedded field by its type, "" for what is none.
func FieldName(e ast.Expr) string {
	if star, ok := ast.Unparen(e).(*ast.StarExpr); ok {
		return FieldName(star.X)
	}
	if id := CalledName(e); id != nil {
		return id.Name
	}
	return ""
}

// IsBasicType reports whether a name is that of a predeclared type whose values
// have no parts.
func IsBasicType(name string) bool { return basicTypes.Has(name) }

var basicTypes = std.Words{Text: `bool string int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr byte rune float32 float64 complex64 complex128`}

// IsAPI reports whether an import path is that of the package with the API.
func IsAPI(path string) bool { return strings.HasSuffix(path, "fixturecache/cachetest") }
