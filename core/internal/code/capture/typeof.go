package capture

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// typeOf returns the type of an expression.
func (v env) typeOf(f *File, e ast.Expr) typ { return v.typeAt(f, e, 0) }

func (v env) typeAt(f *File, e ast.Expr, depth int) typ {
	if depth++; depth > maxDepth || f == nil {
		return typ{}
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return v.basic(f, map[token.Token]string{token.INT: "int", token.FLOAT: "float64", token.IMAG: "complex128", token.CHAR: "rune", token.STRING: "string"}[e.Kind])
	case *ast.CompositeLit:
		return v.literalType(f, e)
	case *ast.FuncLit:
		return typ{e.Type, f}
	case *ast.Ident:
		return v.typeOfName(f, e, depth)
	case *ast.SelectorExpr:
		if path, name := v.qualified(f, e); path != "" {
			return v.typeOfDecl(path, name, depth)
		}
		t, _ := v.field(v.typeAt(f, e.X, depth), e.Sel.Name)
		return t
	case *ast.CallExpr:
		return v.resultOf(f, e, 0, depth)
	case *ast.UnaryExpr:
		return v.typeOfUnary(f, e, depth)
	case *ast.BinaryExpr:
		return v.typeOfBinary(f, e, depth)
	case *ast.IndexExpr:
		_, elem := v.elements(v.typeAt(f, e.X, depth))
		return elem
	case *ast.SliceExpr:
		t := v.typeAt(f, e.X, depth)
		if u := v.under(t); u.expr != nil {
			if a, ok := u.expr.(*ast.ArrayType); ok && a.Len != nil {
				return typ{&ast.ArrayType{Elt: a.Elt}, u.file}
			}
		}
		return t
	case *ast.StarExpr:
		u := v.under(v.typeAt(f, e.X, depth))
		if star, ok := u.expr.(*ast.StarExpr); ok {
			return typ{star.X, u.file}
		}
	case *ast.TypeAssertExpr:
		return typ{e.Type, f}
	}
	return typ{}
}

// typeOfName returns the type of a variable or constant.
func (v env) typeOfName(f *File, id *ast.Ident, depth int) typ {
	if d := scope.Of(id); d != nil {
		if guard := typeSwitch(f, d); guard != nil {
			return v.typeInClause(f, guard, id, depth)
		}
		return v.typeOfDef(f, d, depth)
	}
	if v.isPredeclared(f, id, "true", "false") {
		return v.basic(f, "bool")
	}
	return v.typeOfDecl(v.pathOf(f, id), id.Name, depth)
}

// pathOf returns the path of the package that declares a name which no function
// binds: that of the file, or that of its only dot import that has the name.
func (v env) pathOf(f *File, id *ast.Ident) string {
	if !id.IsExported() || f.Path != "" || v.pkg.Kind(id.Name) != Undeclared {
		return f.Path
	}
	found := ""
	for _, imp := range f.Syntax.Imports {
		path, err := strconv.Unquote(imp.Path.Value)
		if err != nil || imp.Name == nil || imp.Name.Name != "." {
			continue
		}
		if n, _ := v.pkg.Decl(path, id.Name); n != nil {
			if found != "" {
				return f.Path
			}
			found = path
		}
	}
	return found
}

// typeSwitch returns the type switch that defines a variable by x := y.(type),
// nil if none does.
func typeSwitch(f *File, d *scope.Def) *ast.TypeSwitchStmt {
	assign, ok := d.Node.(*ast.AssignStmt)
	if !ok {
		return nil
	}
	s, _ := f.Parent(assign).(*ast.TypeSwitchStmt)
	return s
}

// typeInClause returns the type that the variable of a type switch has where it
// is mentioned: that of the clause, if it has one type only.
func (v env) typeInClause(f *File, s *ast.TypeSwitchStmt, id *ast.Ident, depth int) typ {
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		if within(id.Pos(), c) && len(c.List) == 1 && !v.isNil(f, c.List[0]) {
			return typ{c.List[0], f}
		}
	}
	assert, ok := s.Assign.(*ast.AssignStmt).Rhs[0].(*ast.TypeAssertExpr)
	if !ok {
		return typ{}
	}
	return v.typeAt(f, assert.X, depth)
}

func (v env) isNil(f *File, e ast.Expr) bool { return v.isPredeclared(f, e, "nil") }

func (v env) typeOfDecl(path, name string, depth int) typ {
	n, in := v.pkg.Decl(path, name)
	switch n := n.(type) {
	case *ast.FuncDecl:
		return typ{n.Type, in}
	case *ast.ValueSpec:
		return v.typeOfSpec(in, n, slices.IndexFunc(n.Names, func(id *ast.Ident) bool { return id.Name == name }), depth)
	}
	return typ{}
}

func (v env) typeOfSpec(f *File, spec *ast.ValueSpec, i, depth int) typ {
	switch {
	case spec.Type != nil:
		return typ{spec.Type, f}
	case i >= 0 && len(spec.Values) == len(spec.Names):
		return v.typeAt(f, spec.Values[i], depth)
	case i >= 0 && len(spec.Values) == 1:
		return v.typeOfOne(f, spec.Values[0], i, depth)
	}
	return typ{}
}

// typeOfDef returns the type of a local name.
func (v env) typeOfDef(f *File, d *scope.Def, depth int) typ {
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
		return v.typeOfSpec(f, n, slices.Index(n.Names, d.Ident), depth)
	case *ast.RangeStmt:
		key, elem := v.elements(v.typeAt(f, n.X, depth))
		if n.Key == ast.Expr(d.Ident) {
			return key
		}
		return elem
	case *ast.AssignStmt:
		i := slices.Index(n.Lhs, ast.Expr(d.Ident))
		if _, guard := f.Parent(n).(*ast.TypeSwitchStmt); guard || i < 0 {
			return typ{}
		}
		if len(n.Lhs) == len(n.Rhs) {
			return v.typeAt(f, n.Rhs[i], depth)
		}
		return v.typeOfOne(f, n.Rhs[0], i, depth)
	}
	return typ{}
}

// typeOfOne returns the type of the i-th of several values of one expression.
func (v env) typeOfOne(f *File, e ast.Expr, i, depth int) typ {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		return v.resultOf(f, e, i, depth)
	case *ast.IndexExpr, *ast.TypeAssertExpr, *ast.UnaryExpr:
		if i == 0 {
			return v.typeAt(f, e, depth)
		}
		return v.basic(f, "bool")
	}
	return typ{}
}

func (v env) typeOfUnary(f *File, e *ast.UnaryExpr, depth int) typ {
	t := v.typeAt(f, e.X, depth)
	switch e.Op {
	case token.NOT:
		return v.basic(f, "bool")
	case token.AND:
		if t.expr != nil {
			return typ{&ast.StarExpr{X: t.expr}, t.file}
		}
		return typ{}
	case token.ARROW:
		elem, _ := v.elements(t)
		return elem
	}
	return t
}

// typeOfBinary: where one operand has no type of its own it takes that of the
// other.
func (v env) typeOfBinary(f *File, e *ast.BinaryExpr, depth int) typ {
	switch e.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ, token.LAND, token.LOR:
		return v.basic(f, "bool")
	case token.SHL, token.SHR:
		return v.typeAt(f, e.X, depth)
	}
	x, y := v.typeAt(f, e.X, depth), v.typeAt(f, e.Y, depth)
	switch {
	case !v.untyped(f, e.X):
		return x
	case !v.untyped(f, e.Y):
		return y
	case spelled(x) != "" && spelled(x) == spelled(y):
		return x
	}
	return typ{} // of two constants of different kinds, the wider
}

// untyped reports whether an expression may be a constant without a type.
func (v env) untyped(f *File, e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		if d := scope.Of(e); d != nil {
			spec, ok := d.Node.(*ast.ValueSpec)
			return d.Kind == scope.Const && ok && spec.Type == nil
		}
		return v.untypedDecl(v.pathOf(f, e), e.Name)
	case *ast.SelectorExpr:
		path, name := v.qualified(f, e)
		return path != "" && v.untypedDecl(path, name)
	case *ast.BinaryExpr:
		return v.untyped(f, e.X) && v.untyped(f, e.Y)
	case *ast.UnaryExpr:
		return v.untyped(f, e.X)
	}
	return false
}

func (v env) untypedDecl(path, name string) bool {
	switch n, _ := v.pkg.Decl(path, name); n := n.(type) {
	case *ast.ValueSpec:
		return n.Type == nil
	case *ast.FuncDecl:
		return false
	}
	return true
}

// resultOf returns the type of the i-th result of a call or conversion.
func (v env) resultOf(f *File, call *ast.CallExpr, i, depth int) typ {
	fun := ast.Unparen(call.Fun)
	if v.isType(f, fun) {
		return typ{fun, f}
	}
	if id, ok := fun.(*ast.Ident); ok && v.predeclared(f, id) {
		switch {
		case id.Name == "len" || id.Name == "cap" || id.Name == "copy":
			return v.basic(f, "int")
		case len(call.Args) == 0:
			return typ{}
		case id.Name == "complex":
			return v.complexOf(f, call.Args, depth)
		case id.Name == "real" || id.Name == "imag":
			return v.partOf(f, call.Args[0], depth)
		case id.Name == "append" || id.Name == "min" || id.Name == "max":
			return v.typeAt(f, call.Args[0], depth)
		case id.Name == "make":
			return typ{call.Args[0], f}
		case id.Name == "new" && v.isType(f, call.Args[0]):
			return typ{&ast.StarExpr{X: call.Args[0]}, f}
		}
		return typ{}
	}
	if sel, ok := fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Name" && v.isHandle(f, sel.X) {
		return v.basic(f, "string")
	}
	if v.makesText(f, fun) {
		return v.basic(f, "string")
	}
	t := v.under(v.typeAt(f, fun, depth))
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

// complexOf returns the type of a complex number made of two parts, of which one
// may be a constant without a type.
func (v env) complexOf(f *File, parts []ast.Expr, depth int) typ {
	for _, part := range parts {
		switch t := v.typeAt(f, part, depth); {
		case v.untyped(f, part):
		case v.isBasic(t, "float32"):
			return v.basic(f, "complex64")
		case v.isBasic(t, "float64"):
			return v.basic(f, "complex128")
		default:
			return typ{}
		}
	}
	return v.basic(f, "complex128")
}

// partOf returns the type of a part of a complex number.
func (v env) partOf(f *File, e ast.Expr, depth int) typ {
	switch t := v.typeAt(f, e, depth); {
	case v.isBasic(t, "complex64"):
		return v.basic(f, "float32")
	case v.isBasic(t, "complex128"):
		return v.basic(f, "float64")
	}
	return typ{}
}

// makesText reports whether a function is one of those of the standard library
// that keys are made by, which return a string.
func (v env) makesText(f *File, fun ast.Expr) bool {
	switch path, name := v.qualified(f, fun); path {
	case "fmt":
		return strings.HasPrefix(name, "Sprint")
	case "strconv":
		return name == "Itoa" || name == "Quote" || name == "FormatBool"
	case "strings":
		return name == "Join"
	}
	return false
}

// literalType returns the type of a composite literal, that of the one around
// it where it is left out.
func (v env) literalType(f *File, lit *ast.CompositeLit) typ {
	if lit.Type != nil {
		return typ{lit.Type, f}
	}
	n := f.Parent(lit)
	pair, isPair := n.(*ast.KeyValueExpr)
	if isPair {
		n = f.Parent(pair)
	}
	around, ok := n.(*ast.CompositeLit)
	if !ok {
		return typ{}
	}
	key, elem := v.elements(v.literalType(f, around))
	if isPair && pair.Key == ast.Expr(lit) {
		return key
	}
	return elem
}

// isFieldKey reports whether an identifier is surely the name of a field in a
// composite literal.
func (v env) isFieldKey(f *File, id *ast.Ident) bool {
	pair, ok := f.Parent(id).(*ast.KeyValueExpr)
	if !ok || pair.Key != ast.Expr(id) {
		return false
	}
	lit, ok := f.Parent(pair).(*ast.CompositeLit)
	if !ok {
		return false
	}
	u := v.under(v.literalType(f, lit))
	if star, ok := u.expr.(*ast.StarExpr); ok {
		u = v.under(typ{star.X, u.file})
	}
	_, isStruct := u.expr.(*ast.StructType)
	return isStruct
}
