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
		w.ident(e)
	case *ast.SelectorExpr:
		w.selector(e)
	case *ast.CallExpr:
		w.call(e)
		w.expr(e.Fun)
		w.exprs(e.Args)
	case *ast.BasicLit:
		if e.Kind == token.STRING && strings.Contains(e.Value, "testdata/") {
			if p, ok := w.constant(e); ok && isTestdata(p) {
				w.path(e, false)
			}
		}
	case *ast.BinaryExpr:
		w.expr(e.X)
		w.expr(e.Y)
	case *ast.UnaryExpr:
		w.expr(e.X)
	case *ast.StarExpr:
		w.expr(e.X)
	case *ast.ParenExpr:
		w.expr(e.X)
	case *ast.IndexExpr:
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
		w.exprs(e.Elts)
	case *ast.KeyValueExpr:
		w.expr(e.Key)
		w.expr(e.Value)
	case *ast.FuncLit:
		w.f.flags |= declLiteral
		if w.x.without != nil && w.x.without(e) {
			return
		}
		w.expr(e.Type)
		w.stmts(e.Body.List)
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
		if w.isCallForFile(s) {
			w.forFile++
		}
		w.exprs(s.Lhs)
		w.exprs(s.Rhs)
	case *ast.ReturnStmt:
		w.exprs(s.Results)
	case *ast.BlockStmt:
		w.stmts(s.List)
	case *ast.IncDecStmt:
		w.expr(s.X)
	case *ast.GoStmt:
		w.expr(s.Call)
	case *ast.DeferStmt:
		w.expr(s.Call)
	case *ast.SendStmt:
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
		w.stmts(s.Body.List)
		w.stmt(s.Else)
	case *ast.ForStmt:
		w.stmt(s.Init)
		w.expr(s.Cond)
		w.stmt(s.Post)
		w.stmts(s.Body.List)
	case *ast.RangeStmt:
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
		for _, name := range s.Names {
			w.expr(name)
		}
		w.expr(s.Type)
		w.exprs(s.Values)
	case *ast.TypeSpec:
		w.expr(s.Name)
		w.fields(s.TypeParams)
		w.expr(s.Type)
	}
}
