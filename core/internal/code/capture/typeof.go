package capture

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// typeOf returns the type of an expression, as far as source at hand tells it.
func (f *File) typeOf(e ast.Expr) typ { return f.typeAt(e, 0) }

func (f *File) typeAt(e ast.Expr, depth int) typ {
	if depth++; depth > maxDepth {
		return typ{}
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return basic(map[token.Token]string{token.INT: "int", token.FLOAT: "float64", token.IMAG: "complex128", token.CHAR: "rune", token.STRING: "string"}[e.Kind])
	case *ast.CompositeLit:
		return f.literalType(e)
	case *ast.FuncLit:
		return typ{e.Type, f}
	case *ast.Ident:
		if d := scope.Of(e); d != nil {
			return f.typeOfDef(d, depth)
		}
		if f.predeclared(e, "true", "false") {
			return basic("bool")
		}
		return f.typeOfDecl(f.Path, e.Name, depth)
	case *ast.SelectorExpr:
		if path, name := f.qualified(e); path != "" {
			return f.typeOfDecl(path, name, depth)
		}
		return f.typeAt(e.X, depth).field(e.Sel.Name)
	case *ast.CallExpr:
		return f.resultOf(e, 0, depth)
	case *ast.UnaryExpr:
		return f.typeOfUnary(e, depth)
	case *ast.BinaryExpr:
		return f.typeOfBinary(e, depth)
	case *ast.IndexExpr:
		_, elem := f.typeAt(e.X, depth).elements()
		return elem
	case *ast.SliceExpr:
		t := f.typeAt(e.X, depth)
		u := t.pointee()
		if a, ok := u.expr.(*ast.ArrayType); ok && a.Len != nil {
			return typ{&ast.ArrayType{Elt: a.Elt}, u.file}
		}
		return t
	case *ast.StarExpr:
		u := f.typeAt(e.X, depth).under()
		if star, ok := u.expr.(*ast.StarExpr); ok {
			return typ{star.X, u.file}
		}
	case *ast.TypeAssertExpr:
		return typ{e.Type, f}
	}
	return typ{}
}

func (f *File) typeOfDecl(path, name string, depth int) typ {
	n, in := f.pkg.Decl(path, name)
	switch n := n.(type) {
	case *ast.FuncDecl:
		return typ{n.Type, in}
	case *ast.ValueSpec:
		return in.typeOfSpec(n, slices.IndexFunc(n.Names, func(id *ast.Ident) bool { return id.Name == name }), depth)
	}
	return typ{}
}

func (f *File) typeOfSpec(spec *ast.ValueSpec, i, depth int) typ {
	if spec.Type != nil {
		return typ{spec.Type, f}
	}
	return f.typeOfOne(spec.Values, len(spec.Names), i, depth)
}

// typeOfOne returns the type of the i-th of some values: of one expression each,
// or of one for all.
func (f *File) typeOfOne(values []ast.Expr, count, i, depth int) typ {
	switch {
	case i >= 0 && len(values) == count:
		return f.typeAt(values[i], depth)
	case i < 0 || len(values) != 1:
		return typ{}
	}
	if call, ok := ast.Unparen(values[0]).(*ast.CallExpr); ok {
		return f.resultOf(call, i, depth)
	}
	if i == 1 {
		return basic("bool")
	}
	return f.typeAt(values[0], depth)
}

// typeOfDef returns the type of a local name.
func (f *File) typeOfDef(d *scope.Def, depth int) typ {
	if d.Kind != scope.Var && d.Kind != scope.Const {
		return typ{}
	}
	switch n := d.Node.(type) {
	case *ast.Field:
		if e, ok := n.Type.(*ast.Ellipsis); ok {
			return typ{&ast.ArrayType{Elt: e.Elt}, f}
		}
		return typ{n.Type, f}
	case *ast.ValueSpec:
		return f.typeOfSpec(n, slices.Index(n.Names, d.Ident), depth)
	case *ast.RangeStmt:
		key, elem := f.typeAt(n.X, depth).elements()
		if n.Key == ast.Expr(d.Ident) {
			return key
		}
		return elem
	case *ast.AssignStmt:
		if _, guard := f.parent[n].(*ast.TypeSwitchStmt); !guard {
			return f.typeOfOne(n.Rhs, len(n.Lhs), slices.Index(n.Lhs, ast.Expr(d.Ident)), depth)
		}
	}
	return typ{}
}

func (f *File) typeOfUnary(e *ast.UnaryExpr, depth int) typ {
	t := f.typeAt(e.X, depth)
	switch e.Op {
	case token.NOT:
		return basic("bool")
	case token.AND:
		if t.expr == nil {
			return typ{}
		}
		return typ{&ast.StarExpr{X: t.expr}, t.file}
	case token.ARROW:
		elem, _ := t.elements()
		return elem
	}
	return t
}

// typeOfBinary: a literal has the type of the other operand, and a constant that
// has none may be declared with another than that.
func (f *File) typeOfBinary(e *ast.BinaryExpr, depth int) typ {
	switch e.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ, token.LAND, token.LOR:
		return basic("bool")
	case token.SHL, token.SHR:
		return f.typeAt(e.X, depth)
	}
	x, y := f.typeAt(e.X, depth), f.typeAt(e.Y, depth)
	a, _ := x.under().expr.(*ast.Ident)
	b, _ := y.under().expr.(*ast.Ident)
	switch {
	case isLiteral(e.X):
		return y
	case isLiteral(e.Y):
		return x
	case a == nil || b == nil || a.Name != b.Name:
		return typ{}
	case x.file == nil:
		return y
	}
	return x
}

func isLiteral(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.BasicLit)
	return ok
}

// contextName stands for the type of the context of a testing handle, which
// nobody can change.
const contextName = "context.Context"

// resultOf returns the type of the i-th result of a call or conversion.
func (f *File) resultOf(call *ast.CallExpr, i, depth int) typ {
	switch {
	case f.isType(call.Fun):
		return typ{call.Fun, f}
	case f.asksHandle(call, "Name"):
		return basic("string")
	case f.asksHandle(call, "Context"):
		return basic(contextName)
	case f.predeclared(call.Fun, "len", "cap", "copy"):
		return basic("int")
	case f.predeclared(call.Fun, "append"):
		return f.typeAt(call.Args[0], depth)
	case f.predeclared(call.Fun, "make"):
		return typ{call.Args[0], f}
	case f.predeclared(call.Fun, "new") && f.isType(call.Args[0]):
		return typ{&ast.StarExpr{X: call.Args[0]}, f}
	}
	t := f.typeAt(call.Fun, depth).under()
	fn, ok := t.expr.(*ast.FuncType)
	if !ok || fn.Results == nil || fn.TypeParams != nil {
		return typ{}
	}
	for _, field := range fn.Results.List {
		n := max(len(field.Names), 1)
		if i < n {
			return typ{field.Type, t.file}
		}
		i -= n
	}
	return typ{}
}

// literalType returns the type of a composite literal, that of the one around
// it where it is left out.
func (f *File) literalType(lit *ast.CompositeLit) typ {
	if lit.Type != nil {
		return typ{lit.Type, f}
	}
	n := f.parent[lit]
	pair, isPair := n.(*ast.KeyValueExpr)
	if isPair {
		n = f.parent[pair]
	}
	around, ok := n.(*ast.CompositeLit)
	if !ok {
		return typ{}
	}
	key, elem := f.literalType(around).elements()
	if isPair && pair.Key == ast.Expr(lit) {
		return key
	}
	return elem
}

// isFieldKey reports whether an expression is the name of a field in a composite
// literal, because its type is a struct, or the name can be nothing else.
func (f *File) isFieldKey(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	pair, ok := f.parent[id].(*ast.KeyValueExpr)
	if !ok || pair.Key != e {
		return false
	}
	lit, ok := f.parent[pair].(*ast.CompositeLit)
	if !ok {
		return false
	}
	switch f.literalType(lit).pointee().expr.(type) {
	case *ast.StructType:
		return true
	case *ast.MapType, *ast.ArrayType:
		return false
	}
	return len(f.dots) == 0 && id.IsExported() && f.undeclared(id)
}

// isHandle reports whether an expression is a variable that is a testing handle.
func (f *File) isHandle(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && scope.Of(id) != nil && scope.Of(id).Kind == scope.Var && f.isHandleType(f.typeOf(id))
}

// isHandleType reports whether a type is testing.TB, or a pointer to one of the
// types behind it.
func (f *File) isHandleType(t typ) bool {
	if t.file == nil {
		return false
	}
	if star, ok := ast.Unparen(t.expr).(*ast.StarExpr); ok {
		path, name := t.file.qualified(star.X)
		return path == "testing" && (name == "T" || name == "B" || name == "F")
	}
	path, name := t.file.qualified(t.expr)
	return path == "testing" && name == "TB" || t.file.api(t.expr) == "TB"
}

// asksHandle reports whether a call is that of a method of a testing handle.
func (f *File) asksHandle(call *ast.CallExpr, method string) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == method && f.isHandle(sel.X)
}

// api returns the name of a function or type of the API that an expression
// stands for, "" if it is none.
func (f *File) api(e ast.Expr) string {
	if path, name := f.qualified(e); path != "" {
		if syntax.IsAPI(path) {
			return name
		}
		return ""
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if ok && (f.Syntax.Name.Name == "cachetest" && scope.Of(id) == nil && f.pkg.Kind(f.Path, id.Name) != Undeclared || slices.ContainsFunc(f.dots, syntax.IsAPI) && f.undeclared(id)) {
		return id.Name
	}
	return ""
}
