package source

import (
	"go/ast"
	"go/token"
	"strings"
)

// baseName returns the name of a receiver's type: T of *T, (T), T[K].
func baseName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return baseName(e.X)
	case *ast.ParenExpr:
		return baseName(e.X)
	case *ast.IndexExpr:
		return baseName(e.X)
	case *ast.IndexListExpr:
		return baseName(e.X)
	}
	return "_"
}

// typeName says in a word what is known of a variable's type: "map", "slice",
// "T", "p.T" (either of them or a pointer to it), "f()" or "p.f()" for what a
// function returns, "basic" for what cannot be changed but by assignment, or
// "".
func typeName(s *ast.ValueSpec) string {
	if s.Type != nil {
		return typeOf(s.Type)
	}
	if len(s.Values) != 1 || len(s.Names) != 1 {
		return ""
	}
	switch v := ast.Unparen(s.Values[0]).(type) {
	case *ast.BasicLit, *ast.FuncLit:
		return "basic"
	case *ast.CompositeLit:
		return typeOf(v.Type)
	case *ast.UnaryExpr:
		if lit, ok := v.X.(*ast.CompositeLit); ok && v.Op == token.AND {
			return "*" + typeOf(lit.Type)
		}
	case *ast.CallExpr:
		if id, ok := v.Fun.(*ast.Ident); ok && (id.Name == "make" || id.Name == "new") && len(v.Args) > 0 {
			if id.Name == "new" {
				return "*" + typeOf(v.Args[0])
			}
			return typeOf(v.Args[0])
		}
		if sel, ok := v.Fun.(*ast.SelectorExpr); ok { // reflect.TypeOf(x).Elem()
			if inner, ok := sel.X.(*ast.CallExpr); ok && strings.HasPrefix(typeOf(inner.Fun), "reflect.TypeOf") {
				return "reflect.Type"
			}
		}
		if name := typeOf(v.Fun); name != "" && !strings.HasPrefix(name, "*") {
			return name + "()"
		}
	}
	return ""
}

func typeOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		if basicTypes[e.Name] {
			return "basic"
		}
		return e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name + "." + e.Sel.Name
		}
	case *ast.StarExpr:
		return "*" + typeOf(e.X)
	case *ast.ParenExpr:
		return typeOf(e.X)
	case *ast.IndexExpr:
		return typeOf(e.X)
	case *ast.IndexListExpr:
		return typeOf(e.X)
	case *ast.MapType:
		return "map"
	case *ast.ArrayType:
		if e.Len == nil {
			return "slice"
		}
	case *ast.FuncType:
		return "basic"
	}
	return ""
}
