package syntax

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// A form is what the source says of the type of a declaration, as a type
// expression that parses: of a type what it stands for, of a function its
// signature, of a variable "T=f()": its type, where it is written, and that of
// its initialiser. Several variables of one spec have one each, between "|".
// "_" is what cannot be told.

// UnknownForm is the form of what cannot be told.
const UnknownForm = "_"

// A former writes forms.
type former struct {
	b strings.Builder
}

func (f *former) text() string { s := f.b.String(); f.b.Reset(); return s }

func (f *former) put(parts ...string) {
	for _, p := range parts {
		f.b.WriteString(p)
	}
}

// typ writes a type. Of interfaces and of function types nothing but that they
// are such is kept.
func (f *former) typ(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		if scope.Of(e) != nil { // a type parameter
			f.put(UnknownForm)
			return
		}
		f.put(e.Name)
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			f.put(x.Name, ".", e.Sel.Name)
			return
		}
		f.put(UnknownForm)
	case *ast.StarExpr:
		f.put("*")
		f.typ(e.X)
	case *ast.ParenExpr:
		f.typ(e.X)
	case *ast.IndexExpr:
		f.typ(e.X)
	case *ast.IndexListExpr:
		f.typ(e.X)
	case *ast.Ellipsis:
		f.put("[]")
		f.typ(e.Elt)
	case *ast.ArrayType:
		f.put("[")
		if e.Len != nil {
			f.put("0")
		}
		f.put("]")
		f.typ(e.Elt)
	case *ast.MapType:
		f.put("map[")
		f.typ(e.Key)
		f.put("]")
		f.typ(e.Value)
	case *ast.StructType:
		f.put("struct{")
		f.fields(e.Fields, ";")
		f.put("}")
	case *ast.ChanType:
		f.put("chan int")
	case *ast.InterfaceType:
		f.put("any")
	case *ast.FuncType:
		f.put("func()")
	default:
		f.put(UnknownForm)
	}
}

func (f *former) fields(list *ast.FieldList, sep string) {
	if list == nil {
		return
	}
	for i, field := range list.List {
		if i > 0 {
			f.put(sep)
		}
		for j, name := range field.Names {
			if j > 0 {
				f.put(",")
			}
			f.put(name.Name)
		}
		if len(field.Names) > 0 {
			f.put(" ")
		}
		f.typ(field.Type)
	}
}

// TypeForm returns the form of a type.
func TypeForm(e ast.Expr) string {
	var f former
	f.typ(e)
	return f.text()
}

// Signature returns the form of a function: the types of its receiver, its
// parameters and its results.
func Signature(d *ast.FuncDecl) string {
	var f former
	f.put("func(")
	if d.Recv != nil && len(d.Recv.List) > 0 {
		f.typ(d.Recv.List[0].Type)
	} else {
		f.put(UnknownForm)
	}
	f.params(d.Type.Params, ",")
	f.put(")(")
	f.params(d.Type.Results, "")
	f.put(")")
	return f.text()
}

func (f *former) params(list *ast.FieldList, sep string) {
	if list == nil {
		return
	}
	for _, field := range list.List {
		for range max(1, len(field.Names)) {
			f.put(sep)
			f.typ(field.Type)
			sep = ","
		}
	}
}

// VariableForms returns the forms of a spec's variables.
func VariableForms(s *ast.ValueSpec) string {
	var f former
	for i := range s.Names {
		if i > 0 {
			f.put("|")
		}
		if s.Type != nil {
			f.typ(s.Type)
		}
		f.put("=")
		switch {
		case len(s.Values) == len(s.Names):
			f.initial(s.Values[i])
		case len(s.Values) > 0:
			f.put(UnknownForm)
			if i == 0 {
				f.b.Reset()
				if s.Type != nil {
					f.typ(s.Type)
				}
				f.put("=")
				f.initial(s.Values[0])
			}
		}
	}
	return f.text()
}

// initial writes the type of an initialiser, as an expression that stands for it.
func (f *former) initial(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		f.put(map[token.Token]string{token.INT: "int", token.FLOAT: "float64", token.IMAG: "complex128", token.CHAR: "rune", token.STRING: "string"}[e.Kind])
	case *ast.Ident:
		if e.Name == "true" || e.Name == "false" {
			f.put("bool")
			return
		}
		f.put(e.Name, ".value") // what it is, its declaration says
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			f.put(x.Name, ".", e.Sel.Name, ".value")
			return
		}
		f.put(UnknownForm)
	case *ast.FuncLit:
		f.put("func(){}")
	case *ast.CompositeLit:
		f.typ(e.Type)
	case *ast.UnaryExpr:
		f.unary(e)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.EQL, token.NEQ, token.LSS, token.GTR, token.LEQ, token.GEQ, token.LAND, token.LOR:
			f.put("bool")
		default:
			f.put("int") // or another basic type
		}
	case *ast.CallExpr:
		f.call(e)
	default:
		f.put(UnknownForm)
	}
}

func (f *former) unary(e *ast.UnaryExpr) {
	switch lit, isLit := ast.Unparen(e.X).(*ast.CompositeLit); {
	case e.Op == token.AND && isLit:
		f.put("*")
		f.typ(lit.Type)
	case e.Op == token.NOT:
		f.put("bool")
	case e.Op == token.SUB || e.Op == token.ADD || e.Op == token.XOR:
		f.put("int")
	default:
		f.put(UnknownForm)
	}
}

// call writes f() with what stands for its arguments, of a function literal its
// signature: sync.OnceValue. A conversion is written likewise.
func (f *former) call(e *ast.CallExpr) {
	switch fun := ast.Unparen(e.Fun).(type) {
	case *ast.ArrayType, *ast.MapType, *ast.StarExpr:
		f.typ(fun)
		return
	case *ast.Ident:
		if (fun.Name == "make" || fun.Name == "new") && len(e.Args) > 0 {
			if fun.Name == "new" {
				f.put("*")
			}
			f.typ(e.Args[0])
			return
		}
		f.put(fun.Name)
	case *ast.SelectorExpr:
		x, ok := fun.X.(*ast.Ident)
		if !ok {
			f.put(UnknownForm)
			return
		}
		f.put(x.Name, ".", fun.Sel.Name)
	case *ast.IndexExpr:
		f.call(&ast.CallExpr{Fun: fun.X, Args: e.Args})
		return
	default:
		f.put(UnknownForm)
		return
	}
	f.put("(")
	for i, arg := range e.Args {
		if i > 0 {
			f.put(",")
		}
		if lit, ok := arg.(*ast.FuncLit); ok {
			f.put("func()(")
			f.params(lit.Type.Results, "")
			f.put(")")
			continue
		}
		f.initial(arg)
	}
	f.put(")")
}
