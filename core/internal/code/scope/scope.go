// Package scope tells what the identifiers of a Go file stand for that a function binds, by
// the language's rules of scope. It knows one file at a time: an identifier that no
// function around it binds is a name of the package, of an import or of the universe.
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
// around it binds it, if it is the name of a field, a method or a label, or if it is
// nil. A key of a composite literal is resolved as an expression: only types tell
// whether it is the name of a field.
func Of(id *ast.Ident) *Def {
	if id == nil || id.Obj == nil {
		return nil
	}
	d, _ := id.Obj.Decl.(*Def)
	return d
}

// Resolve binds the identifiers of a file that was parsed with parser.SkipObjectResolution.
func Resolve(file *ast.File) {
	for _, d := range file.Decls {
		(&binder{}).decl(d)
	}
}

// A binder walks a declaration with the definitions that are in scope.
type binder struct {
	defs  []*Def    // in scope, the innermost last
	block int       // where in defs the innermost block begins
	end   token.Pos // of the innermost block; at package level nothing is bound
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

// lookup returns the definition of a name that is in scope, not farther out than
// those with index from.
func (b *binder) lookup(name string, from int) *Def {
	for i := len(b.defs) - 1; i >= from; i-- {
		if b.defs[i].Ident.Name == name {
			return b.defs[i]
		}
	}
	return nil
}

// define binds the names that are new on the left of :=.
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

// walk resolves the identifiers of a node, which may be missing.
func (b *binder) walk(n ast.Node) { ast.Walk(b, n) }

// parts resolves the parts of a node, in order.
func (b *binder) parts(n ast.Node) {
	ast.Inspect(n, func(part ast.Node) bool { return part == n || b.Visit(part) != nil })
}

func list[N ast.Node](b *binder, nodes []N) {
	for _, n := range nodes {
		b.walk(n)
	}
}

// Visit resolves a node that binds names, has a block of its own or holds identifiers that
// are not resolved, and returns nil unless it is another, whose parts remain.
func (b *binder) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.Ident:
		if d := b.lookup(n.Name, 0); d != nil {
			n.Obj = &d.object
		}
	case *ast.SelectorExpr:
		b.walk(n.X)
	case *ast.Field:
		b.walk(n.Type)
	case *ast.LabeledStmt:
		b.walk(n.Stmt)
	case nil, *ast.BranchStmt: // a label
	case *ast.FuncLit:
		b.in(n.End(), func() { b.function(n.Type, n.Body, nil) })
	case *ast.FuncType:
		b.in(n.End(), func() { b.function(n, nil, nil) })
	case *ast.GenDecl:
		for _, spec := range n.Specs {
			b.spec(n.Tok, spec)
		}
	case *ast.AssignStmt:
		list(b, n.Rhs)
		if n.Tok == token.DEFINE {
			b.define(n, n.End(), n.Lhs...)
		} else {
			list(b, n.Lhs)
		}
	case *ast.RangeStmt:
		b.in(n.End(), func() { b.ranges(n) })
	case *ast.TypeSwitchStmt:
		b.in(n.End(), func() { b.typeSwitch(n) })
	case *ast.BlockStmt, *ast.IfStmt, *ast.ForStmt, *ast.SwitchStmt, *ast.CaseClause, *ast.CommClause:
		b.in(n.End(), func() { b.parts(n) })
	default:
		return b
	}
	return nil
}

// decl resolves a declaration at package level.
func (b *binder) decl(d ast.Decl) {
	f, ok := d.(*ast.FuncDecl)
	if !ok {
		b.walk(d)
		return
	}
	b.in(d.End(), func() {
		if f.Recv != nil {
			b.receiver(f.Recv)
		}
		b.function(f.Type, f.Body, f.Recv)
	})
}

// receiver binds the type parameters of a method's receiver: P of *T[P].
func (b *binder) receiver(recv *ast.FieldList) {
	ast.Inspect(recv, func(n ast.Node) bool {
		var params []ast.Expr
		switch n := n.(type) {
		case *ast.IndexExpr:
			params = []ast.Expr{n.Index}
		case *ast.IndexListExpr:
			params = n.Indices
		}
		for _, p := range params {
			if id, ok := p.(*ast.Ident); ok {
				b.bind(TypeParam, id, recv.Opening, id)
			}
		}
		return params == nil
	})
}

// function resolves a function's type and body. Its parameters are bound in the
// block of the body, and their types outside of it.
func (b *binder) function(t *ast.FuncType, body *ast.BlockStmt, recv *ast.FieldList) {
	b.typeParams(t.TypeParams)
	from := t.End()
	if body != nil {
		from = body.Pos()
	}
	var params []*ast.Field
	for _, fields := range []*ast.FieldList{recv, t.Params, t.Results} {
		if fields != nil {
			params = append(params, fields.List...)
		}
	}
	list(b, params)
	for _, f := range params {
		b.bind(Var, f, from, f.Names...)
	}
	if body != nil {
		list(b, body.List)
	}
}

func (b *binder) typeParams(params *ast.FieldList) {
	if params != nil {
		for _, f := range params.List {
			b.bind(TypeParam, f, params.Opening, f.Names...)
		}
		list(b, params.List)
	}
}

// spec resolves a declaration, and binds its names within a function.
func (b *binder) spec(tok token.Token, spec ast.Spec) {
	local := b.end.IsValid()
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		b.walk(spec.Type)
		list(b, spec.Values)
		kind := Var
		if tok == token.CONST {
			kind = Const
		}
		if local {
			b.bind(kind, spec, spec.End(), spec.Names...)
		}
	case *ast.TypeSpec:
		if local {
			b.bind(Type, spec, spec.Name.Pos(), spec.Name)
		}
		b.in(spec.End(), func() {
			b.typeParams(spec.TypeParams)
			b.walk(spec.Type)
		})
	}
}

func (b *binder) ranges(s *ast.RangeStmt) {
	b.walk(s.X)
	if s.Tok == token.DEFINE {
		b.define(s, s.Body.Pos(), s.Key, s.Value)
	} else {
		b.walk(s.Key)
		b.walk(s.Value)
	}
	b.walk(s.Body)
}

// typeSwitch resolves a type switch: the variable of x := y.(type) is in scope in the
// bodies of the clauses, and not in their lists of types.
func (b *binder) typeSwitch(s *ast.TypeSwitchStmt) {
	b.walk(s.Init)
	var guard *ast.Ident
	assign, ok := s.Assign.(*ast.AssignStmt)
	if ok {
		guard, _ = assign.Lhs[0].(*ast.Ident)
	}
	if guard == nil { // x.(type), or what parses and does not compile
		b.walk(s.Assign)
		b.walk(s.Body)
		return
	}
	list(b, assign.Rhs)
	b.in(s.End(), func() { b.bind(Var, assign, s.Body.Pos(), guard) })
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		list(b, c.List)
		b.in(c.End(), func() {
			if guard.Name != "_" {
				b.defs = append(b.defs, Of(guard))
			}
			list(b, c.Body)
		})
	}
}
