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

// UnknownForm is the form of what cannot be told.
const UnknownForm = "_"

// TypeForm returns the form of a type. Of interfaces and of function types
// nothing but that they are such is kept, of generic types no arguments.
func TypeForm(e ast.Expr) string {
	switch e := Plain(e).(type) {
	case *ast.Ident:
		if scope.Of(e) == nil { // no type parameter
			return e.Name
		}
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name + "." + e.Sel.Name
		}
	case *ast.StarExpr:
		return "*" + TypeForm(e.X)
	case *ast.Ellipsis:
		return "[]" + TypeForm(e.Elt)
	case *ast.ArrayType:
		if e.Len != nil {
			return "[0]" + TypeForm(e.Elt)
		}
		return "[]" + TypeForm(e.Elt)
	case *ast.MapType:
		return "map[" + TypeForm(e.Key) + "]" + TypeForm(e.Value)
	case *ast.StructType:
		return "struct{" + fieldForms(e.Fields, true, ";") + "}"
	case *ast.ChanType:
		return "chan int"
	case *ast.InterfaceType:
		return "any"
	case *ast.FuncType:
		return "func()"
	}
	return UnknownForm
}

// fieldForms returns the form of each field or parameter, with its name or
// without.
func fieldForms(list *ast.FieldList, named bool, sep string) string {
	if list == nil {
		return ""
	}
	var forms []string
	for _, field := range list.List {
		form := TypeForm(field.Type)
		for i := range max(len(field.Names), 1) {
			forms = append(forms, form)
			if named && len(field.Names) > 0 {
				forms[len(forms)-1] = field.Names[i].Name + " " + form
			}
		}
	}
	return strings.Join(forms, sep)
}

// Signature returns the form of a function: the types of its receiver, its
// parameters and its results.
func Signature(d *ast.FuncDecl) string {
	params := UnknownForm
	if d.Recv != nil && len(d.Recv.List) > 0 {
		params = TypeForm(d.Recv.List[0].Type)
	}
	if d.Type.Params.NumFields() > 0 {
		params += "," + fieldForms(d.Type.Params, false, ",")
	}
	return "func(" + params + ")(" + fieldForms(d.Type.Results, false, ",") + ")"
}

// VariableForms returns the forms of a spec's variables.
func VariableForms(s *ast.ValueSpec) string {
	forms := make([]string, len(s.Names))
	for i := range forms {
		if s.Type != nil {
			forms[i] = TypeForm(s.Type)
		}
		forms[i] += "="
		switch {
		case i == 0 && len(s.Values) > 0 || len(s.Values) == len(s.Names):
			forms[i] += valueForm(s.Values[i])
		case len(s.Values) > 0:
			forms[i] += UnknownForm
		}
	}
	return strings.Join(forms, "|")
}

// valueForm returns the type of an initialiser, as an expression that stands for
// it. All basic types but strings are alike.
func valueForm(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			return "string"
		}
		return "int"
	case *ast.BinaryExpr:
		return "int"
	case *ast.Ident:
		if e.Name == "true" || e.Name == "false" {
			return "int"
		}
	case *ast.FuncLit:
		return "func(){}"
	case *ast.CompositeLit:
		return TypeForm(e.Type)
	case *ast.UnaryExpr:
		lit, isLit := ast.Unparen(e.X).(*ast.CompositeLit)
		switch {
		case e.Op == token.AND && isLit:
			return "*" + TypeForm(lit.Type)
		case e.Op != token.AND && e.Op != token.ARROW:
			return "int"
		}
	case *ast.CallExpr:
		return callForm(e)
	}
	return UnknownForm
}

// callForm returns f() with what stands for its arguments, as far as they are of
// basic types. A conversion is written likewise.
func callForm(e *ast.CallExpr) string {
	fun := TypeForm(e.Fun)
	switch Plain(e.Fun).(type) {
	case *ast.ArrayType, *ast.MapType, *ast.StarExpr:
		return fun
	case *ast.Ident, *ast.SelectorExpr:
	default:
		return UnknownForm
	}
	switch {
	case fun == "make" && len(e.Args) > 0:
		return TypeForm(e.Args[0])
	case fun == "new" && len(e.Args) > 0:
		return "*" + TypeForm(e.Args[0])
	}
	args := make([]string, len(e.Args))
	for i, arg := range e.Args {
		if args[i] = valueForm(arg); args[i] != "string" && args[i] != "int" {
			args[i] = UnknownForm
		}
	}
	return fun + "(" + strings.Join(args, ",") + ")"
}
