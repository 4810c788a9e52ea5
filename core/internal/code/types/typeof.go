package types

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// TypeOf returns the type of an expression, as far as source at hand tells it.
func (f *File) TypeOf(e ast.Expr) Type {
	f.depth++
	defer func() { f.depth-- }()
	if f.depth > maxDepth {
		return Type{}
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return Basic(map[token.Token]string{token.INT: "int", token.FLOAT: "float64", token.IMAG: "complex128", token.CHAR: "rune", token.STRING: "string"}[e.Kind])
	case *ast.CompositeLit:
		return f.literalType(e)
	case *ast.FuncLit:
		return Type{e.Type, f}
	case *ast.Ident:
		if d := scope.Of(e); d != nil {
			return f.typeOfDef(d)
		}
		if f.Predeclared(e, "true", "false") {
			return Basic("bool")
		}
		return f.typeOfDecl(f.path(e.Name), e.Name)
	case *ast.SelectorExpr:
		if path, name := f.Qualified(e); path != "" {
			return f.typeOfDecl(path, name)
		}
		t, _ := f.TypeOf(e.X).Field(e.Sel.Name)
		return t
	case *ast.CallExpr:
		return f.resultOf(e, 0)
	case *ast.UnaryExpr:
		return f.typeOfUnary(e)
	case *ast.BinaryExpr:
		return f.typeOfBinary(e)
	case *ast.IndexExpr:
		t := f.TypeOf(e.X)
		if t.IsBasic("string") {
			return Basic("byte")
		}
		_, elem := t.Elements()
		return elem
	}
	return Type{}
}

func (f *File) typeOfDecl(path, name string) Type {
	if path == "unsafe" { // its declarations are documentation
		return Type{}
	}
	n, in := f.Package.Decl(path, name)
	switch n := n.(type) {
	case *ast.FuncDecl:
		return Type{n.Type, in}
	case *ast.ValueSpec:
		return in.TypeOfSpec(n, slices.IndexFunc(n.Names, func(id *ast.Ident) bool { return id.Name == name }))
	}
	return Type{}
}

// TypeOfSpec returns the type of the i-th of the variables of a declaration.
func (f *File) TypeOfSpec(spec *ast.ValueSpec, i int) Type {
	if spec.Type != nil {
		return Type{spec.Type, f}
	}
	return f.typeOfOne(spec.Values, len(spec.Names), i)
}

// typeOfOne returns the type of the i-th of some values: of one expression each,
// or of one for all.
func (f *File) typeOfOne(values []ast.Expr, count, i int) Type {
	switch {
	case i >= 0 && len(values) == count:
		return f.TypeOf(values[i])
	case i < 0 || len(values) != 1:
		return Type{}
	}
	if call, ok := ast.Unparen(values[0]).(*ast.CallExpr); ok {
		return f.resultOf(call, i)
	}
	if i == 1 {
		return Basic("bool")
	}
	return f.TypeOf(values[0])
}

// typeOfDef returns the type of a local name.
func (f *File) typeOfDef(d *scope.Def) Type {
	if d.Kind != scope.Var && d.Kind != scope.Const {
		return Type{}
	}
	switch n := d.Node.(type) {
	case *ast.Field:
		if e, ok := n.Type.(*ast.Ellipsis); ok {
			return Type{&ast.ArrayType{Elt: e.Elt}, f}
		}
		return Type{n.Type, f}
	case *ast.ValueSpec:
		return f.TypeOfSpec(n, slices.Index(n.Names, d.Ident))
	case *ast.RangeStmt:
		key, elem := f.TypeOf(n.X).Elements()
		if n.Key == ast.Expr(d.Ident) {
			return key
		}
		return elem
	case *ast.AssignStmt:
		return f.typeOfOne(n.Rhs, len(n.Lhs), slices.Index(n.Lhs, ast.Expr(d.Ident)))
	}
	return Type{}
}

func (f *File) typeOfUnary(e *ast.UnaryExpr) Type {
	t := f.TypeOf(e.X)
	switch {
	case e.Op == token.ARROW:
		return Type{}
	case e.Op == token.AND && t.Expr != nil:
		return t.Part(&ast.StarExpr{X: t.Expr})
	}
	return t
}

// typeOfBinary returns the type of a binary expression. A literal has the type of the
// other operand; a constant without a type may come to have another type.
func (f *File) typeOfBinary(e *ast.BinaryExpr) Type {
	x, y := f.TypeOf(e.X), f.TypeOf(e.Y)
	a, _ := x.Under().Expr.(*ast.Ident)
	b, _ := y.Under().Expr.(*ast.Ident)
	switch e.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return Basic("bool")
	case token.SHL, token.SHR: // a constant takes the type that is wanted
		return Type{}
	}
	switch {
	case isLiteral(e.X):
		return y
	case isLiteral(e.Y):
		return x
	case a == nil || b == nil || a.Name != b.Name:
		return Type{}
	case x.In == nil:
		return y
	}
	return x
}

// isLiteral reports whether an expression is a literal of a basic type.
func isLiteral(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.BasicLit)
	return ok
}

// Context stands for the type of the context of a testing handle, which nobody can change.
const Context = "context.Context"

// resultOf returns the type of the i-th result of a call or conversion.
func (f *File) resultOf(call *ast.CallExpr, i int) Type {
	if f.Result != nil && i == 0 {
		if t, known := f.Result(f, call); known {
			return t
		}
	}
	switch {
	case f.IsType(call.Fun):
		return Type{call.Fun, f}
	case f.CallsHandle(call, "Name"), f.CallsHandle(call, "TempDir"), f.IsFixture(call):
		return Basic("string")
	case f.CallsHandle(call, "Context"):
		return Basic(Context)
	case f.Predeclared(call.Fun, "len", "cap", "copy"):
		return Basic("int")
	case len(call.Args) == 0: // of append, make and new
	case f.Predeclared(call.Fun, "append"):
		return f.TypeOf(call.Args[0])
	case f.Predeclared(call.Fun, "make"):
		return Type{call.Args[0], f}
	case f.Predeclared(call.Fun, "new") && f.IsType(call.Args[0]):
		return Type{&ast.StarExpr{X: call.Args[0]}, f}
	}
	fun := call.Fun
	if build := map[string]int{"Memo": 2, "Call": 3}[f.API(fun)]; 0 < build && build < len(call.Args) {
		fun = call.Args[build] // it returns the result of that
	}
	t := f.TypeOf(fun).Under()
	fn, ok := t.Expr.(*ast.FuncType)
	if !ok || fn.Results == nil || fn.TypeParams != nil {
		return Type{}
	}
	for _, field := range fn.Results.List {
		n := max(len(field.Names), 1)
		if i < n {
			return t.Part(field.Type)
		}
		i -= n
	}
	return Type{}
}

// literalType returns the type of a composite literal, that of the one around
// it where it is left out.
func (f *File) literalType(lit *ast.CompositeLit) Type {
	if lit.Type != nil {
		return Type{lit.Type, f}
	}
	n := f.parent[lit]
	pair, isPair := n.(*ast.KeyValueExpr)
	if isPair {
		n = f.parent[pair]
	}
	around, ok := n.(*ast.CompositeLit)
	if !ok {
		return Type{}
	}
	key, elem := f.literalType(around).Elements()
	if isPair && pair.Key == ast.Expr(lit) {
		return key
	}
	return elem
}
