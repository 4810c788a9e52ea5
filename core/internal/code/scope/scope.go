// Package scope tells what the identifiers of a Go file stand for that a
// function binds, by the language's rules of scope. It knows one file at a time:
// an identifier that no function around it binds is a name of the package, of an
// import or of the universe.
//
// It stands in for the resolution of package parser, which is deprecated, and
// which takes some names for local that are not. Tests hold it to go/types.
package scope

//lint:file-ignore SA1019 ast.Ident.Obj is where a definition is kept, which nobody else sets or reads

import (
	"go/ast"
	"go/token"
)

// A Def is a name that a function binds: a parameter, a local constant, type or
// variable, or a type parameter.
type Def struct {
	Ident *ast.Ident // where it is bound
	Kind  Kind
	Node  ast.Node // the *ast.Field, *ast.ValueSpec, *ast.TypeSpec, *ast.AssignStmt or *ast.RangeStmt that binds it

	From, End token.Pos // its scope

	object ast.Object
}

// A Kind is what a local name stands for.
type Kind uint8

const (
	Var Kind = iota
	Const
	Type
	TypeParam
)

// Of returns what an identifier of a resolved file stands for, nil if no function
// around it binds it, or if it is the name of a field, a method or a label. A key
// of a composite literal is resolved as an expression: that it is the name of a
// field only types can tell.
func Of(id *ast.Ident) *Def {
	if id.Obj == nil {
		return nil
	}
	d, _ := id.Obj.Decl.(*Def)
	return d
}

// Resolve binds the identifiers of a file that was parsed with
// parser.SkipObjectResolution.
func Resolve(file *ast.File) {
	for _, d := range file.Decls {
		(&binder{}).decl(d)
	}
}

// A binder walks a declaration with the definitions that are in scope.
type binder struct {
	defs  []*Def    // in scope, the innermost last
	block int       // where in defs the innermost block begins
	end   token.Pos // of the innermost block
}

// in runs a walk in a block of its own.
func (b *binder) in(end token.Pos, walk func()) {
	outer := *b
	b.block, b.end = len(b.defs), end
	walk()
	b.defs, b.block, b.end = b.defs[:b.block], outer.block, outer.end
}

func (b *binder) bind(kind Kind, node ast.Node, from token.Pos, names ...*ast.Ident) {
	for _, id := range names {
		d := &Def{Ident: id, Kind: kind, Node: node, From: from, End: b.end}
		d.object.Decl = d
		id.Obj = &d.object
		if id.Name != "_" {
			b.defs = append(b.defs, d)
		}
	}
}

// lookup returns the definition of a name that is in scope, not further out than
// those with index from.
func (b *binder) lookup(name string, from int) *Def {
	for i := len(b.defs) - 1; i >= from; i-- {
		if b.defs[i].Ident.Name == name {
			return b.defs[i]
		}
	}
	return nil
}

// define binds what is new on the left of :=.
func (b *binder) define(stmt ast.Stmt, from token.Pos, list ...ast.Expr) {
	for _, e := range list {
		id, ok := e.(*ast.Ident)
		if !ok {
			continue
		}
		if d := b.lookup(id.Name, b.block); d != nil {
			id.Obj = &d.object
			continue
		}
		b.bind(Var, stmt, from, id)
	}
}

// walk resolves the identifiers of any node: what has rules of its own in its
// own way, all else part by part.
func (b *binder) walk(n ast.Node) {
	if n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if d := b.lookup(n.Name, 0); d != nil {
				n.Obj = &d.object
			}
		case *ast.SelectorExpr:
			b.walk(n.X)
			return false
		case *ast.FuncLit:
			b.in(n.End(), func() { b.function(n.Type, n.Body) })
			return false
		case *ast.FuncType:
			b.in(n.End(), func() { b.function(n, nil) })
			return false
		case *ast.StructType:
			b.fieldTypes(n.Fields)
			return false
		case *ast.InterfaceType:
			b.fieldTypes(n.Methods)
			return false
		case ast.Stmt:
			return b.stmt(n)
		}
		return true
	})
}

// list resolves expressions or statements in order.
func list[N ast.Node](b *binder, nodes []N) {
	for _, n := range nodes {
		b.walk(n)
	}
}

// expr is walk for an expression that may be missing.
func (b *binder) expr(e ast.Expr) {
	if e != nil {
		b.walk(e)
	}
}

// optional is walk for a statement that may be missing.
func (b *binder) optional(s ast.Stmt) {
	if s != nil {
		b.walk(s)
	}
}

func (b *binder) fieldTypes(fields *ast.FieldList) {
	if fields != nil {
		for _, f := range fields.List {
			b.walk(f.Type)
		}
	}
}

func (b *binder) fieldNames(fields *ast.FieldList, kind Kind, from token.Pos) {
	if fields != nil {
		for _, f := range fields.List {
			b.bind(kind, f, from, f.Names...)
		}
	}
}

// decl resolves a declaration at package level, or the specs of a local one.
func (b *binder) decl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		b.in(d.End(), func() {
			if d.Recv != nil {
				b.receiver(d.Recv)
			}
			b.function(d.Type, d.Body, d.Recv)
		})
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				b.typeSpec(spec)
			case *ast.ValueSpec:
				b.expr(spec.Type)
				list(b, spec.Values)
			}
		}
	}
}

// receiver binds the type parameters of a method's receiver.
func (b *binder) receiver(recv *ast.FieldList) {
	for _, f := range recv.List {
		typ := ast.Unparen(f.Type)
		if star, ok := typ.(*ast.StarExpr); ok {
			typ = ast.Unparen(star.X)
		}
		var params []ast.Expr
		switch t := typ.(type) {
		case *ast.IndexExpr:
			params = []ast.Expr{t.Index}
		case *ast.IndexListExpr:
			params = t.Indices
		}
		for _, p := range params {
			if id, ok := p.(*ast.Ident); ok {
				b.bind(TypeParam, id, recv.Opening, id)
			}
		}
	}
}

// function resolves a function's type and body. Its parameters are bound in the
// block of the body, and their types outside of it.
func (b *binder) function(t *ast.FuncType, body *ast.BlockStmt, recv ...*ast.FieldList) {
	if t.TypeParams != nil {
		b.fieldNames(t.TypeParams, TypeParam, t.TypeParams.Opening)
		b.fieldTypes(t.TypeParams)
	}
	fields := append(recv, t.Params, t.Results)
	for _, f := range fields {
		b.fieldTypes(f)
	}
	from := t.End()
	if body != nil {
		from = body.Pos()
	}
	for _, f := range fields {
		b.fieldNames(f, Var, from)
	}
	if body != nil {
		list(b, body.List)
	}
}

func (b *binder) typeSpec(spec *ast.TypeSpec) {
	b.in(spec.End(), func() {
		if spec.TypeParams != nil {
			b.fieldNames(spec.TypeParams, TypeParam, spec.TypeParams.Opening)
			b.fieldTypes(spec.TypeParams)
		}
		b.walk(spec.Type)
	})
}

// local binds what a declaration in a function declares.
func (b *binder) local(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			b.expr(spec.Type)
			list(b, spec.Values)
			kind := Var
			if d.Tok == token.CONST {
				kind = Const
			}
			b.bind(kind, spec, spec.End(), spec.Names...)
		case *ast.TypeSpec:
			b.bind(Type, spec, spec.Name.Pos(), spec.Name)
			b.typeSpec(spec)
		}
	}
}

// stmt resolves a statement that binds names or has a block of its own, and
// reports whether it is one that has not and whose parts remain to be resolved.
func (b *binder) stmt(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.DeclStmt:
		b.local(s.Decl.(*ast.GenDecl))
	case *ast.AssignStmt:
		list(b, s.Rhs)
		if s.Tok == token.DEFINE {
			b.define(s, s.End(), s.Lhs...)
		} else {
			list(b, s.Lhs)
		}
	case *ast.LabeledStmt:
		b.walk(s.Stmt)
	case *ast.BranchStmt: // a label
	case *ast.BlockStmt:
		b.in(s.End(), func() { list(b, s.List) })
	case *ast.CaseClause:
		list(b, s.List)
		b.in(s.End(), func() { list(b, s.Body) })
	case *ast.CommClause:
		b.in(s.End(), func() {
			b.optional(s.Comm)
			list(b, s.Body)
		})
	case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
		b.in(s.End(), func() { b.control(s) })
	default:
		return true
	}
	return false
}

// control resolves a statement whose header is a block around its body.
func (b *binder) control(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.IfStmt:
		b.optional(s.Init)
		b.walk(s.Cond)
		b.walk(s.Body)
		b.optional(s.Else)
	case *ast.ForStmt:
		b.optional(s.Init)
		b.expr(s.Cond)
		b.optional(s.Post)
		b.walk(s.Body)
	case *ast.RangeStmt:
		b.walk(s.X)
		if s.Tok == token.DEFINE {
			b.define(s, s.Body.Pos(), s.Key, s.Value)
		} else {
			b.expr(s.Key)
			b.expr(s.Value)
		}
		b.walk(s.Body)
	case *ast.SwitchStmt:
		b.optional(s.Init)
		b.expr(s.Tag)
		list(b, s.Body.List)
	case *ast.TypeSwitchStmt:
		b.optional(s.Init)
		b.typeSwitch(s)
	}
}

// typeSwitch: the variable of x := y.(type) is in scope in the bodies of the
// clauses, and not in their lists of types.
func (b *binder) typeSwitch(s *ast.TypeSwitchStmt) {
	assign, _ := s.Assign.(*ast.AssignStmt)
	var guard *ast.Ident
	if assign != nil {
		guard, _ = assign.Lhs[0].(*ast.Ident)
	}
	if guard == nil { // x.(type), or what parses and does not compile
		b.walk(s.Assign)
		list(b, s.Body.List)
		return
	}
	list(b, assign.Rhs)
	b.in(s.End(), func() { b.bind(Var, assign, s.Body.Pos(), guard) })
	d := Of(guard)
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		list(b, c.List)
		b.in(c.End(), func() {
			if guard.Name != "_" {
				b.defs = append(b.defs, d)
			}
			list(b, c.Body)
		})
	}
}
