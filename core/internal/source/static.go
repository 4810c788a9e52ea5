package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"slices"
)

// A static is a type as source spells it, and the file that does. Without an
// expression it is not known.
type static struct {
	ast.Expr
	in *resolver
}

// typeOf returns the type of an expression, as far as this package's source
// tells it.
func (r *resolver) typeOf(e ast.Expr) static { return r.typeIn(e, 0) }

func (r *resolver) typeIn(e ast.Expr, depth int) static {
	if depth++; depth > 24 {
		return static{}
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.typeIn(e.X, depth)
	case *ast.BasicLit:
		return r.basic(map[token.Token]string{token.INT: "int", token.FLOAT: "float64", token.IMAG: "complex128", token.CHAR: "rune", token.STRING: "string"}[e.Kind])
	case *ast.CompositeLit:
		return r.literalType(e)
	case *ast.FuncLit:
		return static{e.Type, r}
	case *ast.Ident:
		return r.typeOfIdent(e, depth)
	case *ast.SelectorExpr:
		if path, name := r.qualified(e); path != "" {
			if path == "time" && slices.Contains([]string{"Nanosecond", "Microsecond", "Millisecond", "Second", "Minute", "Hour"}, name) {
				return static{&ast.SelectorExpr{X: e.X, Sel: ast.NewIdent("Duration")}, r}
			}
			return static{}
		}
		return r.fieldOf(r.typeIn(e.X, depth), e.Sel.Name, depth)
	case *ast.CallExpr:
		return r.resultOf(e, 0, depth)
	case *ast.UnaryExpr:
		return r.typeOfUnary(e, depth)
	case *ast.BinaryExpr:
		return r.typeOfBinary(e, depth)
	case *ast.IndexExpr:
		_, elem := r.elements(r.typeIn(e.X, depth))
		return elem
	case *ast.SliceExpr:
		return r.typeIn(e.X, depth)
	case *ast.StarExpr:
		if star, ok := r.under(r.typeIn(e.X, depth)).Expr.(*ast.StarExpr); ok {
			return static{star.X, r.under(r.typeIn(e.X, depth)).in}
		}
	case *ast.TypeAssertExpr:
		return static{e.Type, r}.known()
	}
	return static{}
}

// declaration returns what an identifier of a file stands for, and the file of
// its declaration.
func (r *resolver) declaration(id *ast.Ident, in *resolver) (*ast.Object, *resolver) {
	if id.Obj != nil {
		return id.Obj, in
	}
	return r.lookup(id.Name)
}

// known makes one of "no type" out of a nil expression.
func (s static) known() static {
	if s.Expr == nil {
		return static{}
	}
	return s
}

func (r *resolver) basic(name string) static { return static{ast.NewIdent(name), r} }

func (r *resolver) typeOfIdent(id *ast.Ident, depth int) static {
	if id.Obj == nil && (id.Name == "true" || id.Name == "false") && r.builtin(id.Name) {
		return r.basic("bool")
	}
	obj, in := r.declaration(id, r)
	if obj == nil {
		return static{}
	}
	return in.typeOfObject(obj, depth)
}

// typeOfObject returns the type of a variable or constant of this file.
func (r *resolver) typeOfObject(obj *ast.Object, depth int) static {
	if obj.Kind != ast.Var && obj.Kind != ast.Con {
		return static{}
	}
	switch d := obj.Decl.(type) {
	case *ast.Field:
		if e, ok := d.Type.(*ast.Ellipsis); ok {
			return static{&ast.ArrayType{Elt: e.Elt}, r}
		}
		return static{d.Type, r}
	case *ast.ValueSpec:
		if d.Type != nil {
			return static{d.Type, r}
		}
	}
	if stmt, value := r.rangeOver(obj); stmt != nil {
		key, elem := r.elements(r.typeIn(stmt.X, depth))
		if value {
			return elem
		}
		return key
	}
	if def, _ := r.definition(obj); def != nil {
		return r.typeIn(def, depth)
	}
	if d, ok := obj.Decl.(*ast.AssignStmt); ok && len(d.Rhs) == 1 {
		i := slices.IndexFunc(d.Lhs, func(l ast.Expr) bool { return l.Pos() == obj.Pos() })
		return r.typeOfOne(d, max(i, 0), depth)
	}
	return static{}
}

// typeOfOne returns the type of the i-th variable that is set at once with
// others: v, err := f().
func (r *resolver) typeOfOne(s *ast.AssignStmt, i, depth int) static {
	if _, ok := r.parent[s].(*ast.TypeSwitchStmt); ok || len(s.Lhs) < 2 {
		return static{}
	}
	switch v := s.Rhs[0].(type) {
	case *ast.CallExpr:
		return r.resultOf(v, i, depth)
	case *ast.IndexExpr, *ast.TypeAssertExpr:
		if i == 0 {
			return r.typeIn(v, depth)
		}
		return r.basic("bool")
	}
	return static{}
}

func (r *resolver) typeOfUnary(e *ast.UnaryExpr, depth int) static {
	t := r.typeIn(e.X, depth)
	switch e.Op {
	case token.NOT:
		return r.basic("bool")
	case token.AND:
		if t.Expr == nil {
			return static{}
		}
		return static{&ast.StarExpr{X: t.Expr}, t.in}
	case token.ARROW:
		if ch, ok := r.under(t).Expr.(*ast.ChanType); ok {
			return static{ch.Value, r.under(t).in}
		}
		return static{}
	}
	return t
}

// typeOfBinary: a literal takes the type of the other side.
func (r *resolver) typeOfBinary(e *ast.BinaryExpr, depth int) static {
	switch e.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ, token.LAND, token.LOR:
		return r.basic("bool")
	}
	if untyped(e.X) && e.Op != token.SHL && e.Op != token.SHR {
		return r.typeIn(e.Y, depth)
	}
	return r.typeIn(e.X, depth)
}

// untyped reports whether an expression is a literal, or a constant that may
// have no type of its own.
func untyped(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return e.Obj == nil || e.Obj.Kind == ast.Con
	case *ast.BinaryExpr:
		return untyped(e.X) && untyped(e.Y)
	case *ast.UnaryExpr:
		return untyped(e.X)
	}
	return false
}

// texts are functions of other packages that names of things are often made by:
// they return a string.
var texts = nameTable{text: `
	fmt Sprint Sprintf Sprintln
	os Getenv
	path Join Base Dir Ext Clean
	path/filepath Join Base Dir Ext Clean FromSlash ToSlash
	strconv Itoa Quote FormatInt FormatUint FormatBool FormatFloat
	strings Join Repeat ToUpper ToLower TrimSpace TrimPrefix TrimSuffix Trim ReplaceAll Title
`}

// resultOf returns the type of one result of a call, or of a conversion.
func (r *resolver) resultOf(call *ast.CallExpr, i, depth int) static {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.ArrayType, *ast.MapType, *ast.StarExpr:
		return static{fun, r}
	case *ast.FuncLit:
		return resultAt(static{fun.Type, r}, i)
	case *ast.Ident:
		return r.resultOfIdent(call, fun, i, depth)
	case *ast.SelectorExpr:
		path, name := r.qualified(fun)
		switch {
		case path == "time" && (name == "Duration" || name == "Month" || name == "Weekday"):
			return static{fun, r}
		case path == "time" && (name == "Date" || name == "Unix" || name == "Now"):
			return static{&ast.SelectorExpr{X: fun.X, Sel: ast.NewIdent("Time")}, r}
		case texts.has(extRef{path: path, name: name}):
			return r.basic("string")
		case path == "" && len(call.Args) == 0 && (fun.Sel.Name == "Name" && r.isHandleExpr(fun.X) || fun.Sel.Name == "String" || fun.Sel.Name == "Error"):
			return r.basic("string")
		case path == "":
			return resultAt(r.fieldOf(r.typeIn(fun.X, depth), fun.Sel.Name, depth), i)
		}
	}
	return static{}
}

func (r *resolver) resultOfIdent(call *ast.CallExpr, fun *ast.Ident, i, depth int) static {
	if fun.Obj == nil && r.builtin(fun.Name) {
		switch {
		case basicTypes.has(fun.Name):
			return static{fun, r}
		case fun.Name == "len" || fun.Name == "cap" || fun.Name == "copy":
			return r.basic("int")
		case (fun.Name == "append" || fun.Name == "min" || fun.Name == "max") && len(call.Args) > 0:
			return r.typeIn(call.Args[0], depth)
		case fun.Name == "make" && len(call.Args) > 0:
			return static{call.Args[0], r}
		case fun.Name == "new" && len(call.Args) > 0:
			return static{&ast.StarExpr{X: call.Args[0]}, r}
		}
	}
	obj, in := r.declaration(fun, r)
	if obj == nil {
		return static{}
	}
	switch obj.Kind {
	case ast.Typ:
		return static{fun, r}
	case ast.Var:
		return resultAt(r.under(in.typeOfIdent(fun, depth)), i)
	}
	if d, ok := obj.Decl.(*ast.FuncDecl); ok {
		return resultAt(static{d.Type, in}, i)
	}
	return static{}
}

// resultAt returns the type of a function type's result.
func resultAt(t static, i int) static {
	fn, ok := t.Expr.(*ast.FuncType)
	if !ok || fn.Results == nil {
		return static{}
	}
	for _, f := range fn.Results.List {
		n := max(len(f.Names), 1)
		if i < n {
			return static{f.Type, t.in}
		}
		i -= n
	}
	return static{}
}
