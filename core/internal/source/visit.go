package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"strings"
)

// What ast.Inspect does, as far as facts need it: each node before its parts,
// in the order of the source, and no names of fields, parameters and labels,
// which are local to what declares them. A test holds it against ast.Inspect.

func (w *walker) exprs(list []ast.Expr) {
	for _, e := range list {
		w.expr(e)
	}
}

func (w *walker) expr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		w.keep(e)
		w.ident(e)
	case *ast.SelectorExpr:
		w.selector(e)
	case *ast.CallExpr:
		w.call(e)
		w.expr(e.Fun)
		w.args(e)
	case *ast.BasicLit:
		if e.Kind == token.STRING && strings.Contains(e.Value, "testdata/") {
			if p, ok := w.constant(e); ok && isTestdata(p) {
				w.path(e, false)
			}
		}
	case *ast.BinaryExpr:
		if e.Op == token.EQL || e.Op == token.NEQ {
			w.look(e.X)
			w.look(e.Y)
		}
		w.expr(e.X)
		w.expr(e.Y)
	case *ast.UnaryExpr:
		switch e.Op {
		case token.AND:
			w.written(e.X, opAddr, w.around())
		case token.ARROW:
			w.passing(e.X)
		}
		w.expr(e.X)
	case *ast.StarExpr:
		w.expr(e.X)
	case *ast.ParenExpr:
		w.expr(e.X)
	case *ast.IndexExpr:
		w.look(e.X)
		w.expr(e.X)
		w.expr(e.Index)
	case *ast.IndexListExpr:
		w.expr(e.X)
		w.exprs(e.Indices)
	case *ast.SliceExpr:
		w.expr(e.X)
		w.expr(e.Low)
		w.expr(e.High)
		w.expr(e.Max)
	case *ast.TypeAssertExpr:
		w.expr(e.X)
		w.expr(e.Type)
	case *ast.CompositeLit:
		w.expr(e.Type)
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			w.alias(elt, mention{}, 0, w.around())
		}
		w.exprs(e.Elts)
	case *ast.KeyValueExpr:
		w.expr(e.Key)
		w.expr(e.Value)
	case *ast.FuncLit:
		if w.x.without != nil && w.x.without(e) {
			return
		}
		w.expr(e.Type)
		for i := range w.calls {
			w.given(&w.calls[i]) // as things stand before it
		}
		w.calls = append(w.calls, never)
		w.literal++
		w.stmts(e.Body.List)
		w.literal--
		w.calls = w.calls[:len(w.calls)-1]
	default:
		w.typeExpr(e)
	}
}

func (w *walker) typeExpr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.ArrayType:
		w.expr(e.Len)
		w.expr(e.Elt)
	case *ast.MapType:
		w.expr(e.Key)
		w.expr(e.Value)
	case *ast.ChanType:
		w.expr(e.Value)
	case *ast.Ellipsis:
		w.expr(e.Elt)
	case *ast.StructType:
		w.handleFields(e)
		w.fields(e.Fields)
	case *ast.InterfaceType:
		w.fields(e.Methods)
	case *ast.FuncType:
		w.fields(e.TypeParams)
		w.fields(e.Params)
		w.fields(e.Results)
	}
}

func (w *walker) fields(list *ast.FieldList) {
	if list == nil {
		return
	}
	for _, f := range list.List {
		w.expr(f.Type)
	}
}

func (w *walker) stmts(list []ast.Stmt) {
	for _, s := range list {
		w.stmt(s)
	}
}

func (w *walker) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		w.expr(s.X)
	case *ast.AssignStmt:
		w.assign(s)
		w.exprs(s.Lhs)
		w.exprs(s.Rhs)
	case *ast.ReturnStmt:
		for _, e := range s.Results {
			w.returned(e)
		}
		w.exprs(s.Results)
	case *ast.BlockStmt:
		w.stmts(s.List)
	case *ast.IncDecStmt:
		w.written(s.X, opSet, w.unlessOnce())
		w.counted(s.X)
		w.expr(s.X)
	case *ast.GoStmt:
		w.expr(s.Call)
	case *ast.DeferStmt:
		w.expr(s.Call)
	case *ast.SendStmt:
		w.passing(s.Chan)
		w.alias(s.Value, mention{}, 0, w.around())
		w.expr(s.Chan)
		w.expr(s.Value)
	case *ast.LabeledStmt:
		w.stmt(s.Stmt)
	case *ast.DeclStmt:
		w.genDecl(s.Decl.(*ast.GenDecl))
	default:
		w.control(s)
	}
}

func (w *walker) control(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.IfStmt:
		w.stmt(s.Init)
		w.expr(s.Cond)
		outer := w.within
		w.within |= w.tested(s)
		w.stmts(s.Body.List)
		w.stmt(s.Else)
		w.within = outer
	case *ast.ForStmt:
		w.stmt(s.Init)
		w.expr(s.Cond)
		w.stmt(s.Post)
		w.stmts(s.Body.List)
	case *ast.RangeStmt:
		w.look(s.X)
		if s.Tok == token.ASSIGN {
			w.written(s.Key, opSet, &always)
			w.written(s.Value, opSet, &always)
		}
		if s.Value != nil { // as good as an element
			w.hold(s.Value, &ast.IndexExpr{X: s.X})
		}
		from := w.dependsOn(s.X, everything)
		w.derive(s.Key, from)
		w.derive(s.Value, from)
		w.expr(s.Key)
		w.expr(s.Value)
		w.expr(s.X)
		w.stmts(s.Body.List)
	case *ast.SwitchStmt:
		w.stmt(s.Init)
		w.expr(s.Tag)
		w.stmts(s.Body.List)
	case *ast.TypeSwitchStmt:
		w.stmt(s.Init)
		w.stmt(s.Assign)
		w.stmts(s.Body.List)
	case *ast.SelectStmt:
		w.stmts(s.Body.List)
	case *ast.CaseClause:
		w.exprs(s.List)
		w.stmts(s.Body)
	case *ast.CommClause:
		w.stmt(s.Comm)
		w.stmts(s.Body)
	}
}

func (w *walker) genDecl(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		w.spec(spec)
	}
}

func (w *walker) spec(s ast.Spec) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for i, name := range s.Names {
			w.expr(name)
			if len(s.Values) == len(s.Names) {
				w.hold(name, s.Values[i])
			} else if len(s.Values) == 1 {
				w.hold(name, s.Values[0])
			}
		}
		w.expr(s.Type)
		w.exprs(s.Values)
	case *ast.TypeSpec:
		w.expr(s.Name)
		w.fields(s.TypeParams)
		w.expr(s.Type)
	}
}

// args visits what a call is given.
func (w *walker) args(c *ast.CallExpr) {
	if len(c.Args) == 0 {
		return
	}
	why := cause{kind: byCall, call: c}
	if builtin, ok := c.Fun.(*ast.Ident); w.once > 0 || ok && predeclared.has(builtin.Name) {
		why = never
	} else if w.counts(c) {
		why = always
	}
	once := 0
	if len(c.Args) == 1 && w.isOnce(c.Fun) {
		w.given(&why)
		once = 1
	}
	w.calls = append(w.calls, why)
	w.once += once
	w.exprs(c.Args)
	w.once -= once
	w.calls = w.calls[:len(w.calls)-1]
}

// counts reports whether a call changes in place what it is given the address
// of.
func (w *walker) counts(c *ast.CallExpr) bool {
	path, name := w.qualified(c.Fun)
	return path == "sync/atomic" && !strings.HasPrefix(name, "Load")
}

// passing notes that something goes through a channel.
func (w *walker) passing(e ast.Expr) {
	w.written(e, opSet, &never) // as a rule it comes back, or nobody minds
}
