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
		if basicTypes.has(e.Name) {
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
		return "array"
	case *ast.StructType:
		return "struct"
	case *ast.ChanType:
		return "chan"
	case *ast.InterfaceType:
		return "interface"
	case *ast.FuncType:
		return "basic"
	}
	return ""
}

// typeExpr returns the expression for a variable's type, where there is one.
func typeExpr(s *ast.ValueSpec) ast.Expr {
	if s.Type != nil {
		return s.Type
	}
	if len(s.Values) != 1 || len(s.Names) != 1 {
		return nil
	}
	e := ast.Unparen(s.Values[0])
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	switch e := e.(type) {
	case *ast.CompositeLit:
		return e.Type
	case *ast.CallExpr:
		if id, ok := e.Fun.(*ast.Ident); ok && id.Name == "make" && len(e.Args) > 0 {
			return e.Args[0]
		}
	}
	return nil
}

// addParts notes what a type is made of.
func (f *declFact) addParts(e ast.Expr) {
	add := func(name string, t ast.Expr) {
		if word := typeOf(t); word != "basic" {
			f.more().parts = append(f.more().parts, name+" "+word)
		}
		if _, ok := t.(*ast.FuncType); ok && name != "[]" {
			f.more().funcs = append(f.more().funcs, name)
		}
	}
	switch e := e.(type) {
	case *ast.StarExpr:
		f.addParts(e.X)
	case *ast.ArrayType:
		f.addElement(add, e.Elt)
	case *ast.MapType:
		f.addElement(add, e.Value)
	case *ast.StructType:
		for _, field := range e.Fields.List {
			for _, name := range field.Names {
				add(name.Name, field.Type)
			}
			if len(field.Names) == 0 {
				add(baseName(field.Type), field.Type)
			}
		}
	}
}

func (f *declFact) addElement(add func(string, ast.Expr), e ast.Expr) {
	add("[]", e)
	if _, ok := e.(*ast.StructType); ok {
		f.addParts(e)
	}
}

func isFuncType(e ast.Expr) bool {
	_, ok := e.(*ast.FuncType)
	return ok
}

var basicTypes = wordSet{text: `bool string int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr byte rune float32 float64 complex64 complex128`}
