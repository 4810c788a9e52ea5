package facts

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A walker collects what the declarations of one file mention and do, one after
// another. It walks each node before its parts, in the order of the source.
type walker struct {
	*File
	*syntax.Source
	imports syntax.Imports
	specs   map[string]ast.Spec // of constants and types of the file, by name
	embeds  []embed             // those that no variable has taken yet
	buf     []byte              // memory for tokens
	depth   int                 // of constants that are set to others

	f     *Decl                   // the declaration
	bound map[*scope.Def][]Access // the parts for which local variables stand
	late  int                     // how many literals and go statements are around

	without  func(*ast.FuncLit) bool                   // reports whether a literal is left out; see Without
	use      func(u Access, id *ast.Ident, looks bool) // takes the accesses, and mentions that leave none; see Uses
	declares func(name string) bool                    // whether the package declares a name; see Uses

	noted    ast.Expr   // the function that is called, where all is known of the call
	dropped  ast.Expr   // a call that is a statement
	followed *ast.Ident // a testing handle that is an argument: see handArg
}

func newWalker(f *File, p *syntax.Source) *walker {
	w := &walker{File: f, Source: p, imports: syntax.ImportsOf(p.Syntax), specs: map[string]ast.Spec{},
		f: &Decl{}, bound: map[*scope.Def][]Access{}}
	for _, d := range p.Syntax.Decls {
		d, ok := d.(*ast.GenDecl)
		if !ok || d.Tok != token.CONST && d.Tok != token.TYPE {
			continue
		}
		for _, spec := range d.Specs {
			if t, ok := spec.(*ast.TypeSpec); ok {
				w.specs[t.Name.Name] = t
				continue
			}
			for _, id := range spec.(*ast.ValueSpec).Names {
				w.specs[id.Name] = spec
			}
		}
	}
	return w
}

// qualify notes a qualified name, once for a declaration.
func (w *walker) qualify(x, sel string, pos token.Pos) {
	if m := (Mention{x, sel}); !slices.ContainsFunc(w.f.Quals, func(q Qual) bool { return q.Mention == m }) {
		w.f.Quals = append(w.f.Quals, Qual{m, w.Line(pos)})
	}
}

// once appends a value that a list does not hold.
func once[T comparable](list *[]T, what T) {
	if !slices.Contains(*list, what) {
		*list = append(*list, what)
	}
}

// bindParams numbers parameters from n on, those without a name too.
func (w *walker) bindParams(list *ast.FieldList, n int) {
	for _, field := range list.List {
		for _, name := range field.Names {
			d := scope.Of(name)
			w.bound[d] = []Access{{Param: n}}
			if n >= 2 && w.isHandle(d) {
				w.f.HandleParams |= 1 << (n - 2)
			}
			n++
		}
		if len(field.Names) == 0 {
			n++
		}
	}
}

// walk walks a node of any kind, which may be missing.
func (w *walker) walk(n ast.Node) { ast.Walk(w, n) }

// parts walks the parts of a node.
func (w *walker) parts(n ast.Node) {
	ast.Inspect(n, func(part ast.Node) bool { return part == n || w.Visit(part) != nil })
}

// Visit walks a node whose value, if it has one, is not used, and returns nil unless it does
// nothing but what its parts do. A form that this code does not know may do anything.
func (w *walker) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case ast.Expr:
		w.expr(n, operand)
	case *ast.Field: // its names are local
		w.walk(n.Type)
	case *ast.ValueSpec:
		w.valueSpec(n)
	case *ast.TypeSpec:
		if w.f.Kind != KindType && !n.Assign.IsValid() {
			w.f.Types++
		}
		return w
	case *ast.AssignStmt:
		w.assign(n)
	case *ast.ReturnStmt:
		w.exprs(n.Results, value)
	case *ast.IncDecStmt:
		w.writes(n.X, context{kind: AccessWrite, arg: Advances})
	case *ast.SendStmt:
		w.expr(n.Chan, content)
		w.expr(n.Value, value)
	case *ast.ExprStmt:
		w.dropped = n.X
		return w
	case *ast.GoStmt:
		w.late++
		w.expr(n.Call, operand)
		w.late--
	case *ast.LabeledStmt:
		w.walk(n.Stmt)
	case *ast.RangeStmt:
		w.ranges(n)
	case nil, *ast.BranchStmt, *ast.EmptyStmt:
	case *ast.FieldList, *ast.GenDecl, *ast.DeclStmt, *ast.DeferStmt, *ast.BlockStmt, *ast.IfStmt, *ast.CaseClause, *ast.CommClause, *ast.ForStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		return w
	default:
		w.unknown(n)
	}
	return nil
}

// unknown walks a form that this code does not know: anything may happen.
func (w *walker) unknown(n ast.Node) {
	for n := range ast.Preorder(n) {
		if id, ok := n.(*ast.Ident); ok {
			w.ident(id, written)
			once(&w.f.Selected, id.Name)
		}
	}
}

func (w *walker) exprs(list []ast.Expr, c context) {
	for _, e := range list {
		w.expr(e, c)
	}
}

// expr walks an expression whose value is used as c says. A type is one whose
// value is not used.
func (w *walker) expr(e ast.Expr, c context) {
	switch e := e.(type) {
	case nil:
	case *ast.Ident:
		w.ident(e, c)
	case *ast.SelectorExpr:
		w.selector(e, c)
	case *ast.CallExpr:
		w.call(e, c)
	case *ast.BasicLit:
		if e.Kind == token.STRING && strings.Contains(e.Value, "testdata/") {
			w.testdata(e)
		}
	case *ast.BinaryExpr:
		if c, ok := e.X.(*ast.CallExpr); ok && e.Op == token.GTR && len(c.Args) == 1 && (MentionOf(c.Fun) == Mention{Sel: "len"}) {
			w.first(c.Args[0], e.Y) // there is one
		}
		w.expr(e.X, operand)
		w.expr(e.Y, operand)
	case *ast.UnaryExpr:
		w.unary(e, c)
	case *ast.ParenExpr:
		w.expr(e.X, c)
	case *ast.StarExpr:
		w.expr(e.X, c.through(StepStar))
	case *ast.IndexExpr:
		w.first(e.X, e.Index)
		w.expr(e.X, c.through(StepElem))
		w.expr(e.Index, value)
	case *ast.IndexListExpr: // types
		w.expr(e.X, c)
		w.exprs(e.Indices, operand)
	case *ast.SliceExpr:
		w.expr(e.X, c.through(StepSlice))
		w.exprs([]ast.Expr{e.Low, e.High, e.Max}, operand)
	case *ast.TypeAssertExpr:
		if e.Type != nil { // the value is one of that type from here on
			c = value
		} else if id, ok := ast.Unparen(e.X).(*ast.Ident); ok { // the type tells a test from a benchmark
			w.handed(id)
		}
		w.expr(e.X, c)
		w.expr(e.Type, operand)
	case *ast.CompositeLit:
		w.composite(e, c)
	case *ast.FuncLit:
		w.literal(e, c.kind == AccessCall)
	case *ast.StructType, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.Ellipsis, *ast.InterfaceType, *ast.FuncType:
		w.parts(e)
	default:
		w.unknown(e)
	}
}

// composite walks a composite literal. A function that is given a list is given its elements.
// A key where its own type is a struct of this file is a field, which may have the name of
// something else.
func (w *walker) composite(lit *ast.CompositeLit, c context) {
	if _, isList := lit.Type.(*ast.ArrayType); !isList || c.kind != AccessArgument || c.path != "" {
		c = value
	}
	w.expr(lit.Type, operand)
	_, isStruct := w.underlying(lit.Type).(*ast.StructType)
	for _, e := range lit.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if e = pair.Value; !isStruct {
				w.expr(pair.Key, value)
			}
		}
		w.expr(e, c)
	}
}

// underlying returns how the file declares a type, or the type that it points to.
func (w *walker) underlying(t ast.Expr) ast.Expr {
	name := syntax.Pointee(t)
	id, _ := syntax.Plain(name).(*ast.Ident)
	if id == nil {
		return name
	}
	spec, _ := w.specs[id.Name].(*ast.TypeSpec)
	if d := scope.Of(id); d != nil {
		spec, _ = d.Node.(*ast.TypeSpec)
	}
	if spec == nil {
		return nil
	}
	return spec.Type
}

func (w *walker) ident(id *ast.Ident, c context) {
	if scope.Of(id) == nil {
		once(&w.f.Refs, id.Name)
	}
	w.accessed(id, c)
	if !c.operand {
		w.handed(id)
	}
}

// selector walks x.Sel. If x is not local, this file alone does not tell whether it is a
// package or a name of this one.
func (w *walker) selector(s *ast.SelectorExpr, c context) {
	x, ok := s.X.(*ast.Ident)
	outer := ok && scope.Of(x) == nil
	if !(outer && w.imports.Sure[x.Name]) {
		once(&w.f.Selected, s.Sel.Name)
		if !outer && std.IsWorldMethod(s.Sel.Name) {
			w.qualify("", s.Sel.Name, s.Sel.Pos()) // of any type
		}
	}
	w.asked(s, c == context{kind: AccessCall})
	c = c.through(StepField(s.Sel.Name))
	switch {
	case !ok:
		w.expr(s.X, c)
		return
	case outer:
		w.imported(s, x)
		w.qualify(x.Name, s.Sel.Name, x.Pos())
	}
	w.accessed(x, c)
}

// literal walks a function literal, whose body may be run at any time, if it is not
// called where it stands.
func (w *walker) literal(e *ast.FuncLit, called bool) {
	if w.without != nil && w.without(e) {
		return
	}
	w.walk(e.Type)
	if !called {
		w.late++
		defer func() { w.late-- }()
	}
	w.walk(e.Body)
}
