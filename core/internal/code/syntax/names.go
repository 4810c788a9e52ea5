package syntax

import (
	"go/ast"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// Contains reports whether a node is or has a part of some kind.
func Contains(n ast.Node, is func(n ast.Node) bool) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		found = found || n != nil && is(n)
		return !found
	})
	return found
}

// IsName reports whether a node is an identifier with a name.
func IsName(n ast.Node, name string) bool {
	id, ok := n.(*ast.Ident)
	return ok && id.Name == name
}

// Plain returns an expression without parentheses and type arguments: F of (F),
// F[T]. An index looks like those.
func Plain(e ast.Expr) ast.Expr {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		default:
			return e
		}
	}
}

// CalledName returns the identifier that names a called function: F of F, p.F,
// F[T]. It is nil where none does.
func CalledName(fun ast.Expr) *ast.Ident {
	switch f := Plain(fun).(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	}
	return nil
}

// FieldName returns the name of an embedded field by its type, "" if it can be none.
func FieldName(e ast.Expr) string {
	if id := CalledName(Pointee(e)); id != nil {
		return id.Name
	}
	return ""
}

// BaseName returns the name of a type of the package, or of what it points to: T
// of *T, (T), T[K]. It is "" for all others.
func BaseName(e ast.Expr) string {
	if id, ok := Plain(Pointee(e)).(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// Pointee returns T of *T, and all others as they are.
func Pointee(e ast.Expr) ast.Expr {
	if star, ok := ast.Unparen(e).(*ast.StarExpr); ok {
		return star.X
	}
	return e
}

// Qualifier takes apart pkg.F, and pkg.F[T], where pkg is not local.
func Qualifier(e ast.Expr) (x *ast.Ident, sel string) {
	if s, ok := Plain(e).(*ast.SelectorExpr); ok {
		if x, ok := s.X.(*ast.Ident); ok && scope.Of(x) == nil {
			return x, s.Sel.Name
		}
	}
	return nil, ""
}

// IsBasicType reports whether a name is that of a predeclared type whose values
// have no parts.
func IsBasicType(name string) bool {
	switch name {
	case "bool", "string", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "byte", "rune", "float32", "float64", "complex64", "complex128":
		return true
	}
	return false
}

// IsAPI reports whether an import path is that of the package with the API.
func IsAPI(path string) bool { return strings.HasSuffix(path, "fixturecache/cachetest") }
