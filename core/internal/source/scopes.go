package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
)

// scopes proves identifiers local: it sets Obj of each that is declared inside
// the declaration that mentions it, and of no other. The parser can do so too,
// at a quarter of its time; this is held against it by a test over GOROOT.
//
// It differs from the parser in what neither may prove: labels and the names of
// fields, which nothing else can be mentioned by, get no object of their own,
// and a type parameter is known in its own spec alone, not in those that follow
// in a group.
type scopes struct {
	bound  []binding
	heads  [1024]int32 // by hash of the name: the last binding, counted from 1
	block  int         // where in bound the innermost block begins
	memory [][]ast.Object
	used   int // objects of the file that is being resolved
}

// A binding is a name in scope. Without an object it hides what is outside.
type binding struct {
	name string
	obj  *ast.Object
	hash uint32
	next int32 // the one before it of the same hash
}

// aField stands for all fields of struct types: who asks wants to know that it
// is one.
var aField = &ast.Object{Kind: ast.Var, Decl: &ast.Field{}}

func hashName(s string) (h uint32) {
	for i := 0; i < len(s); i++ {
		h = h*31 + uint32(s[i])
	}
	return h % 1024
}

// open begins a block and returns what close needs to end it.
func (s *scopes) open() (outer int) {
	outer, s.block = s.block, len(s.bound)
	return outer
}

func (s *scopes) close(outer int) {
	for i := len(s.bound) - 1; i >= s.block; i-- {
		s.heads[s.bound[i].hash] = s.bound[i].next
	}
	s.bound = s.bound[:s.block]
	s.block = outer
}

func (s *scopes) bind(name string, obj *ast.Object) {
	h := hashName(name)
	s.bound = append(s.bound, binding{name, obj, h, s.heads[h]})
	s.heads[h] = int32(len(s.bound))
}

// lookup returns the binding of a name, counted from 1, or 0.
func (s *scopes) lookup(name string) int32 {
	i := s.heads[hashName(name)]
	for i > 0 && s.bound[i-1].name != name {
		i = s.bound[i-1].next
	}
	return i
}

func (s *scopes) object(kind ast.ObjKind, name string, decl any) *ast.Object {
	const chunk = 256
	if s.used == chunk*len(s.memory) {
		s.memory = append(s.memory, make([]ast.Object, chunk))
	}
	obj := &s.memory[s.used/chunk][s.used%chunk]
	s.used++
	*obj = ast.Object{Kind: kind, Name: name, Decl: decl}
	return obj
}

// reset lets the objects of one file be used for the next, but for those of a
// large one.
func (s *scopes) reset() {
	const most = 32
	if len(s.memory) > most {
		clear(s.memory[most:])
		s.memory = s.memory[:most]
	}
	s.used = 0
}

func (s *scopes) declare(kind ast.ObjKind, decl any, names ...*ast.Ident) {
	for _, id := range names {
		id.Obj = s.object(kind, id.Name, decl)
		if id.Name == "_" {
			continue
		}
		if i := s.lookup(id.Name); int(i) <= s.block { // else declared twice: the first holds
			s.bind(id.Name, id.Obj)
		}
	}
}

// define declares what is new on the left of :=.
func (s *scopes) define(decl ast.Stmt, list ...ast.Expr) {
	for _, e := range list {
		id, ok := e.(*ast.Ident)
		if !ok {
			continue
		}
		if i := s.lookup(id.Name); int(i) > s.block && id.Name != "_" {
			id.Obj = s.bound[i-1].obj
			continue
		}
		s.declare(ast.Var, decl, id)
	}
}

func (s *scopes) ident(id *ast.Ident) {
	if i := s.lookup(id.Name); i > 0 && id.Name != "_" {
		id.Obj = s.bound[i-1].obj
	}
}

func (s *scopes) funcDecl(d *ast.FuncDecl) {
	outer := s.open()
	if d.Recv != nil {
		s.receiver(d.Recv)
	}
	s.typeParams(d.Type.TypeParams)
	s.fieldTypes(d.Type.Params)
	s.fieldTypes(d.Type.Results)
	if d.Recv != nil {
		s.fieldNames(d.Recv)
	}
	s.fieldNames(d.Type.Params)
	s.fieldNames(d.Type.Results)
	if d.Body != nil {
		s.stmts(d.Body.List)
	}
	s.close(outer)
}

// receiver binds the type parameters of a receiver, without objects: they are
// taken for mentions of what is outside, which errs on the safe side.
func (s *scopes) receiver(recv *ast.FieldList) {
	for _, f := range recv.List {
		typ := f.Type
		if star, ok := typ.(*ast.StarExpr); ok {
			typ = star.X
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
				s.bind(id.Name, nil)
			}
		}
	}
}

func (s *scopes) typeParams(list *ast.FieldList) {
	s.declareFields(list, ast.Typ)
	s.fieldTypes(list)
}

func (s *scopes) fieldNames(list *ast.FieldList) { s.declareFields(list, ast.Var) }

func (s *scopes) declareFields(list *ast.FieldList, kind ast.ObjKind) {
	if list == nil {
		return
	}
	for _, f := range list.List {
		s.declare(kind, f, f.Names...)
	}
}

func (s *scopes) fieldTypes(list *ast.FieldList) {
	if list == nil {
		return
	}
	for _, f := range list.List {
		s.expr(f.Type)
	}
}

// funcType declares the parameters of a function in the block that is open.
func (s *scopes) funcType(t *ast.FuncType) {
	s.fieldTypes(t.Params)
	s.fieldTypes(t.Results)
	s.fieldNames(t.Params)
	s.fieldNames(t.Results)
}

func (s *scopes) exprs(list []ast.Expr) {
	for _, e := range list {
		s.expr(e)
	}
}

func (s *scopes) expr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		s.ident(e)
	case *ast.SelectorExpr:
		s.expr(e.X)
	case *ast.CallExpr:
		s.expr(e.Fun)
		s.exprs(e.Args)
	case *ast.BinaryExpr:
		s.expr(e.X)
		s.expr(e.Y)
	case *ast.UnaryExpr:
		s.expr(e.X)
	case *ast.StarExpr:
		s.expr(e.X)
	case *ast.ParenExpr:
		s.expr(e.X)
	case *ast.IndexExpr:
		s.expr(e.X)
		s.expr(e.Index)
	case *ast.IndexListExpr:
		s.expr(e.X)
		s.exprs(e.Indices)
	case *ast.SliceExpr:
		s.expr(e.X)
		s.expr(e.Low)
		s.expr(e.High)
		s.expr(e.Max)
	case *ast.TypeAssertExpr:
		s.expr(e.X)
		s.expr(e.Type)
	case *ast.CompositeLit:
		s.expr(e.Type)
		s.exprs(e.Elts)
	case *ast.KeyValueExpr:
		s.expr(e.Key)
		s.expr(e.Value)
	case *ast.FuncLit:
		outer := s.open()
		s.funcType(e.Type)
		s.stmts(e.Body.List)
		s.close(outer)
	default:
		s.typeExpr(e)
	}
}

func (s *scopes) typeExpr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.ArrayType:
		s.expr(e.Len)
		s.expr(e.Elt)
	case *ast.MapType:
		s.expr(e.Key)
		s.expr(e.Value)
	case *ast.ChanType:
		s.expr(e.Value)
	case *ast.Ellipsis:
		s.expr(e.Elt)
	case *ast.StructType:
		s.fieldTypes(e.Fields)
		for _, f := range e.Fields.List {
			for _, name := range f.Names {
				name.Obj = aField
			}
		}
	case *ast.InterfaceType:
		s.fieldTypes(e.Methods)
	case *ast.FuncType:
		outer := s.open()
		s.funcType(e)
		s.close(outer)
	}
}

func (s *scopes) inBlock(list []ast.Stmt) {
	outer := s.open()
	s.stmts(list)
	s.close(outer)
}

func (s *scopes) stmts(list []ast.Stmt) {
	for _, st := range list {
		s.stmt(st)
	}
}

func (s *scopes) stmt(st ast.Stmt) {
	switch st := st.(type) {
	case *ast.ExprStmt:
		s.expr(st.X)
	case *ast.AssignStmt:
		s.exprs(st.Rhs)
		if st.Tok == token.DEFINE {
			s.define(st, st.Lhs...)
		} else {
			s.exprs(st.Lhs)
		}
	case *ast.ReturnStmt:
		s.exprs(st.Results)
	case *ast.BlockStmt:
		s.inBlock(st.List)
	case *ast.IncDecStmt:
		s.expr(st.X)
	case *ast.GoStmt:
		s.expr(st.Call)
	case *ast.DeferStmt:
		s.expr(st.Call)
	case *ast.SendStmt:
		s.expr(st.Chan)
		s.expr(st.Value)
	case *ast.LabeledStmt:
		s.stmt(st.Stmt)
	case *ast.CaseClause:
		s.exprs(st.List)
		s.inBlock(st.Body)
	case *ast.CommClause:
		outer := s.open()
		s.stmt(st.Comm)
		s.stmts(st.Body)
		s.close(outer)
	case *ast.SelectStmt:
		s.stmts(st.Body.List)
	case *ast.DeclStmt:
		s.localDecl(st.Decl.(*ast.GenDecl))
	case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
		outer := s.open()
		s.control(st)
		s.close(outer)
	}
}

// control resolves a statement that has a block of its own around its header.
func (s *scopes) control(st ast.Stmt) {
	switch st := st.(type) {
	case *ast.IfStmt:
		s.stmt(st.Init)
		s.expr(st.Cond)
		s.inBlock(st.Body.List)
		s.stmt(st.Else)
	case *ast.ForStmt:
		s.stmt(st.Init)
		s.expr(st.Cond)
		s.stmt(st.Post)
		s.inBlock(st.Body.List)
	case *ast.RangeStmt:
		s.expr(st.X)
		if st.Tok == token.DEFINE {
			s.define(st, st.Key, st.Value)
		} else {
			s.expr(st.Key)
			s.expr(st.Value)
		}
		s.inBlock(st.Body.List)
	case *ast.SwitchStmt:
		s.stmt(st.Init)
		s.expr(st.Tag)
		s.stmts(st.Body.List)
	case *ast.TypeSwitchStmt:
		s.stmt(st.Init)
		outer := s.open() // y := y.(type) may stand after y := f()
		s.stmt(st.Assign)
		s.stmts(st.Body.List)
		s.close(outer)
	}
}

func (s *scopes) localDecl(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			s.exprs(spec.Values)
			s.expr(spec.Type)
			kind := ast.Con
			if d.Tok == token.VAR {
				kind = ast.Var
			}
			s.declare(kind, spec, spec.Names...)
		case *ast.TypeSpec:
			s.declare(ast.Typ, spec, spec.Name)
			s.typeSpec(spec)
		}
	}
}

// typeSpec resolves what a type is made of.
func (s *scopes) typeSpec(spec *ast.TypeSpec) {
	outer := s.open()
	s.typeParams(spec.TypeParams)
	s.expr(spec.Type)
	s.close(outer)
}
