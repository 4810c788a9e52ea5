package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"slices"
)

// free reports whether the source determines a local variable: it is set once,
// from what is determined itself, and nothing can change it afterwards.
func (c *checker) free(obj *ast.Object) bool {
	if c.state == nil {
		c.state = map[*ast.Object]int{}
	}
	switch c.state[obj] {
	case 1, 3:
		return false // in work: set from itself
	case 2:
		return true
	}
	c.state[obj] = 1
	ok := c.setOnce(obj) || c.rowOfTable(obj)
	c.state[obj] = 3
	if ok {
		c.state[obj] = 2
	}
	return ok
}

func (c *checker) setOnce(obj *ast.Object) bool {
	def, stmt := c.definition(obj)
	if stmt == nil {
		return false
	}
	kind := solid
	if def == nil { // var x T
		kind = fluid
		if spec, ok := stmt.(*ast.ValueSpec); ok && isBasic(spec.Type) {
			kind = solid
		}
	} else if kind = c.determineAt(def, def); kind == unknown {
		return false
	}
	if c.changes(obj, kind) {
		return false
	}
	c.include(stmt)
	return true
}

// freeField reports whether a mention selects a field that the source
// determines, of a struct of which it does not determine all: n of
// s := &suite{t: t, n: 5}.
func (c *checker) freeField(id *ast.Ident) bool {
	sel, ok := c.parent[id].(*ast.SelectorExpr)
	def, stmt := c.definition(id.Obj)
	if u, isAddr := def.(*ast.UnaryExpr); isAddr && u.Op == token.AND {
		def = u.X
	}
	lit, isLit := def.(*ast.CompositeLit)
	if !ok || !isLit || c.useOf(id) == useCall || c.isMethodValue(id) {
		return false
	}
	value := fieldValue(lit, sel.Sel.Name)
	if value == nil || c.determineAt(value, value) == unknown || c.changes(id.Obj, fluid) {
		return false
	}
	c.include(stmt)
	return true
}

// determineAt is determine for what is read where a definition stands.
func (c *checker) determineAt(e ast.Expr, at ast.Node) firmness {
	was := c.at
	c.at = at
	defer func() { c.at = was }()
	return c.determine(e)
}

// rowOfTable: the row of a table whose name, or index, is told. The key is
// then as good as the row, for the table is part of the code.
func (c *checker) rowOfTable(obj *ast.Object) bool {
	row, ok := c.cover.rows[c.origin(ref{obj: obj}).obj]
	if !ok || c.changes(obj, fluid) {
		return false
	}
	c.cover.rely(row.by)
	c.include(row.table)
	return true
}

// A firmness says how far a determined value is out of reach of other code.
type firmness int

const (
	unknown firmness = iota // not determined
	fluid                   // determined, but whoever gets it can change its parts
	solid                   // a copy of it has nothing in common with it
)

// determine tells how firm the value of an expression is.
func (c *checker) determine(e ast.Expr) firmness {
	switch e := e.(type) {
	case *ast.BasicLit:
		return solid
	case *ast.ParenExpr:
		return c.determine(e.X)
	case *ast.Ident:
		return c.determineIdent(e)
	case *ast.UnaryExpr:
		if e.Op == token.ARROW {
			return unknown
		}
		if e.Op == token.AND {
			return min(c.determine(e.X), fluid)
		}
		return c.determine(e.X)
	case *ast.BinaryExpr:
		return min(c.determine(e.X), c.determine(e.Y))
	case *ast.CompositeLit:
		return c.determineComposite(e)
	case *ast.FuncLit:
		if !slices.Contains(c.lits, e) && !slices.ContainsFunc(c.lits, func(l *ast.FuncLit) bool { return within(e.Pos(), l) }) {
			c.lits = append(c.lits, e) // what it captures, fn captures
		}
		return solid
	case *ast.CallExpr:
		return c.determineCall(e)
	case *ast.SelectorExpr:
		return c.determineSelector(e)
	case *ast.IndexExpr:
		return min(c.determine(e.X), c.determine(e.Index))
	}
	return unknown
}

func (c *checker) determineIdent(id *ast.Ident) firmness {
	if id.Obj == nil {
		switch id.Name {
		case "true", "false", "nil", "iota":
			if c.builtin(id.Name) {
				return solid
			}
		}
		if c.isConstant(id.Name) {
			return solid // and in the closure, by its name
		}
		return unknown // a variable of another file, perhaps
	}
	switch id.Obj.Kind {
	case ast.Con, ast.Fun:
		if n, ok := id.Obj.Decl.(ast.Node); ok && !c.pkgLevel(id.Obj) {
			c.include(c.groupOf(n))
		}
		return solid
	case ast.Var:
		if c.pkgLevel(id.Obj) {
			return unknown
		}
		if c.free(id.Obj) || c.coveredWhole(ref{obj: id.Obj}) {
			return c.firmnessOf(id.Obj)
		}
	}
	return unknown
}

// firmnessOf looks again at how a determined variable was defined.
func (c *checker) firmnessOf(obj *ast.Object) firmness {
	if def, _ := c.definition(obj); def != nil {
		switch def.(type) {
		case *ast.BasicLit, *ast.BinaryExpr:
			return solid
		}
	}
	if f, ok := obj.Decl.(*ast.Field); ok && isBasic(f.Type) {
		return solid
	}
	return fluid
}

// coveredWhole: what the key tells is as good as a literal.
func (c *checker) coveredWhole(r ref) bool {
	_, isVar := r.obj.Decl.(ast.Node)
	return isVar && !c.reassigned(r.obj) && c.steadyAt(r) && c.cover.covers(c.origin(r))
}

// steadyAt reports whether a value that is told when the call is made was the
// same where the definition that is looked at read it.
func (c *checker) steadyAt(r ref) bool {
	return c.at == nil || c.cover.r.file != c.file || c.cover.steady(r, c.at, false)
}

var basicTypes = wordSet{text: `bool string int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr byte rune float32 float64 complex64 complex128`}

func isBasic(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Obj == nil && basicTypes.has(id.Name)
}

// pureFuncs return what their arguments determine. "*" stands for all of a
// package.
var pureFuncs = nameTable{text: `
	strings Join Repeat ToUpper ToLower TrimSpace TrimPrefix TrimSuffix ReplaceAll Split Fields
	strconv Itoa Quote FormatInt FormatUint FormatBool
	path Join Base Dir Ext Clean
	path/filepath Join Base Dir Ext Clean FromSlash ToSlash
	fmt Sprint Sprintf Sprintln
	context Background TODO
	time Duration Date
	errors New
	math *
`}

func (c *checker) determineCall(e *ast.CallExpr) firmness {
	firm := unknown
	switch fun := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		if fun.Obj != nil || !c.builtin(fun.Name) {
			break
		}
		if basicTypes.has(fun.Name) || fun.Name == "len" || fun.Name == "min" || fun.Name == "max" {
			firm = solid
		}
		if fun.Name == "make" || fun.Name == "new" {
			return c.determineArgs(e.Args[min(1, len(e.Args)):], fluid)
		}
	case *ast.ArrayType, *ast.MapType:
		firm = fluid
	case *ast.SelectorExpr:
		path, name := c.qualified(fun)
		if pureFuncs.has(extRef{path: path, name: name}) {
			firm = solid
			if name == "Split" || name == "Fields" {
				firm = fluid
			}
			if path == "fmt" && slices.ContainsFunc(e.Args, func(arg ast.Expr) bool { return !c.printsPlainly(c.typeOf(arg), 0) }) {
				return unknown
			}
		}
		if x, ok := fun.X.(*ast.Ident); ok && x.Obj != nil && x.Obj.Kind == ast.Var && c.isHandle(x.Obj) {
			if fun.Sel.Name == "Context" {
				return solid
			}
			if fun.Sel.Name == "Name" && c.cover.covers(ref{x.Obj, ".Name()"}) {
				return solid
			}
		}
	}
	return c.determineArgs(e.Args, firm)
}

// printsPlainly reports whether printing a value surely runs no method of this
// package's, which might ask the world.
func (r *resolver) printsPlainly(t static, depth int) bool {
	u := r.under(t)
	if depth > 8 || r.hasMethod(t, ownText...) {
		return false
	}
	switch e := u.Expr.(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return true
	case *ast.StarExpr:
		return r.printsPlainly(static{e.X, u.in}, depth+1)
	case *ast.ArrayType:
		return r.printsPlainly(static{e.Elt, u.in}, depth+1)
	case *ast.MapType:
		return r.printsPlainly(static{e.Key, u.in}, depth+1) && r.printsPlainly(static{e.Value, u.in}, depth+1)
	case *ast.StructType:
		return !slices.ContainsFunc(e.Fields.List, func(f *ast.Field) bool { return !r.printsPlainly(static{f.Type, u.in}, depth+1) })
	}
	return false
}

func (c *checker) determineArgs(args []ast.Expr, firm firmness) firmness {
	for _, arg := range args {
		if firm == unknown {
			return unknown
		}
		if c.determine(arg) == unknown {
			firm = unknown
		}
	}
	return firm
}

// determineSelector: a constant of a package that exports no variables of the
// kind, or a field of what is determined.
func (c *checker) determineSelector(e *ast.SelectorExpr) firmness {
	if path, name := c.qualified(e); path != "" {
		if path == "math" || path == "time" && name != "Local" {
			return solid
		}
		return unknown
	}
	r, ok := c.refOf(e)
	if !ok {
		return unknown
	}
	if c.free(r.obj) || c.coveredWhole(r) {
		return fluid
	}
	return unknown
}

// origin follows a variable that is but another name: tc := tc.
func (c *checker) origin(r ref) ref {
	for range 8 {
		def, _ := c.definition(r.obj)
		if def == nil || c.reassigned(r.obj) {
			return r
		}
		from, ok := c.refOf(def)
		if !ok || c.reassigned(from.obj) || c.cover.r.file == c.file && !c.cover.steady(from, def, false) {
			return r
		}
		r = ref{from.obj, from.path + r.path}
	}
	return r
}

// reassigned reports whether a variable, or a part of it, is set anywhere but
// where it is defined.
func (r *resolver) reassigned(obj *ast.Object) bool {
	return slices.ContainsFunc(r.uses[obj], func(id *ast.Ident) bool {
		u := r.useOf(id)
		return id.Pos() != obj.Pos() && (u == useWrite || u == useAlter)
	})
}
