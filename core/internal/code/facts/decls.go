package facts

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

func (w *walker) decl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		w.funcDecl(d)
	case *ast.GenDecl:
		switch {
		case d.Tok == token.IMPORT:
		case d.Tok == token.CONST && implicit(d):
			w.constGroup(d)
		default:
			for _, spec := range d.Specs {
				w.spec(d, spec)
			}
		}
	}
}

// begin begins a declaration of some names.
func (w *walker) begin(n ast.Node, kind Kind, names ...*ast.Ident) *Decl {
	w.buf = syntax.AppendTokens(w.buf[:0], w.Text(n.Pos(), n.End()))
	line := w.Line(n.Pos())
	f := &Decl{Kind: kind, Line: line, Lines: w.Line(n.End()) - line + 1, Digest: codec.Sum(w.buf)}
	for _, name := range names {
		f.Names = append(f.Names, Name{name.Name, w.Line(name.Pos())})
	}
	f.Name = f.Names[0].Name
	clear(w.bound)
	w.f, w.noted, w.dropped, w.followed = f, nil, nil, nil
	return f
}

// funcDecl walks a function, beginning with its parameters. Its name is not walked:
// that of a method says nothing of functions named alike.
func (w *walker) funcDecl(d *ast.FuncDecl) {
	f := w.begin(d, KindFunc, d.Name)
	f.Form = "func" + w.form(d.Type, d.Type.Params.Pos())
	switch {
	case d.Recv != nil && len(d.Recv.List) > 0:
		f.Kind, f.Recv = KindMethod, syntax.BaseName(d.Recv.List[0].Type)
		_, f.Pointer = ast.Unparen(d.Recv.List[0].Type).(*ast.StarExpr)
		w.walk(d.Recv)
		w.bindParams(d.Recv, 1)
	case d.Name.Name == "init":
		f.Kind, f.Calls = KindInit, []string{""}
	}
	w.walk(d.Type)
	w.bindParams(d.Type.Params, 2)
	if f.NoBody = d.Body == nil; !f.NoBody {
		w.aliases(d.Body)
		w.walk(d.Body)
	}
	w.Decls = append(w.Decls, *f)
}

// constGroup takes a group with iota or implicit values as one declaration: the value
// of a constant depends on those before it.
func (w *walker) constGroup(d *ast.GenDecl) {
	var names []*ast.Ident
	for _, spec := range d.Specs {
		names = append(names, spec.(*ast.ValueSpec).Names...)
	}
	if named := slices.DeleteFunc(slices.Clone(names), func(id *ast.Ident) bool { return id.Name == "_" }); len(named) > 0 {
		names = named
	}
	f := w.begin(d, KindConst, names...)
	w.walk(d)
	w.Decls = append(w.Decls, *f)
}

func (w *walker) spec(d *ast.GenDecl, spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		f := w.begin(s, KindType, s.Name)
		f.Form = w.form(s.Type, s.Type.Pos())
		f.Alias = s.Assign.IsValid()
	case *ast.ValueSpec:
		f := w.begin(s, KindConst, s.Names...)
		for _, v := range s.Values {
			f.Values = append(f.Values, w.form(v, v.Pos()))
		}
		if s.Type != nil {
			f.Form = w.form(s.Type, s.Type.Pos())
		}
		if d.Tok == token.VAR {
			w.variable(f, s)
		}
	}
	w.aliases(spec)
	w.walk(spec)
	w.Decls = append(w.Decls, *w.f)
}

func (w *walker) variable(f *Decl, s *ast.ValueSpec) {
	f.Kind, f.Lazy = KindVar, w.isLazy(s)
	for _, v := range s.Values {
		f.Calls = append(f.Calls, calls(v)...)
	}
	// Blank lines and other comments may stand between a directive and its variable.
	for len(w.embeds) > 0 && w.embeds[0].line < f.Line {
		f.Embeds = append(f.Embeds, w.embeds[0].patterns...)
		w.embeds = w.embeds[1:]
	}
}

// implicit reports whether the values of constants depend on others of their group.
func implicit(d *ast.GenDecl) bool {
	return syntax.Contains(d, func(n ast.Node) bool {
		spec, isSpec := n.(*ast.ValueSpec)
		return isSpec && len(spec.Values) == 0 || syntax.IsName(n, "iota")
	})
}

// calls returns the names of the functions that an initialiser calls, or the types that it
// converts to, "" for others and where it receives. Function literals in it do not count:
// they run when somebody calls them.
func calls(e ast.Expr) (names []string) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			names = append(names, syntax.BaseName(n.Fun))
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				names = append(names, "")
			}
		}
		return true
	})
	return names
}

// isLazy reports whether a variable is set to a value that runs code or reads files only
// when it is used: to sync.OnceFunc, OnceValue or OnceValues of a function that is there
// without a call, or to a file system at a constant path.
func (w *walker) isLazy(s *ast.ValueSpec) bool {
	if len(s.Values) != 1 {
		return false
	}
	call, ok := s.Values[0].(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	path, name := w.imports.Qualified(call.Fun)
	_, isConstant := w.constant(call.Args[0], false)
	return Waits.Has(path+"."+name) && isConstant || path == "sync" && strings.HasPrefix(name, "Once") && calls(call.Args[0]) == nil
}

// Literal returns the facts of a function literal. The nodes of its file
// that determine what it captures, in the order of the source, count as part of it, and
// so does the text of those that tell it.
func Literal(p *syntax.Source, lit *ast.FuncLit, name string, determined, told []ast.Node) *Decl {
	w := newWalker(&File{}, p)
	f := w.begin(lit, KindFunc, &ast.Ident{Name: name, NamePos: lit.Pos()})
	w.aliases(lit)
	w.literal(lit, false)
	var end token.Pos
	for _, n := range determined {
		if n.End() > end { // else it is part of the one before
			w.buf = syntax.AppendTokens(append(w.buf, 0), w.Text(n.Pos(), n.End()))
			w.walk(n)
			end = n.End()
		}
	}
	for _, n := range told {
		w.buf = syntax.AppendTokens(append(w.buf, 1), w.Text(n.Pos(), n.End()))
	}
	f.Digest = codec.Sum(w.buf)
	return f
}

// Without returns the facts of a function without the literals in it that
// begin in some lines.
func Without(p *syntax.Source, fn *ast.FuncDecl, lines []int) *Decl {
	w := newWalker(&File{}, p)
	w.without = func(lit *ast.FuncLit) bool { return slices.Contains(lines, p.Line(lit.Pos())) }
	w.funcDecl(fn)
	return w.f
}

// RunsOnce reports whether a block comes no more than once, each time it is run, to a
// place that some nodes are around: in no loop, and in no literal but those that t.Run or
// the API calls. A label may be that of a loop.
func RunsOnce(p *syntax.Source, block *ast.BlockStmt, around func(ast.Node) bool) bool {
	w := newWalker(&File{}, p)
	called, repeats := map[ast.Expr]bool{}, false
	for n := range ast.Preorder(block) {
		switch n := n.(type) {
		case *ast.LabeledStmt:
			repeats = true
		case *ast.ForStmt, *ast.RangeStmt:
			repeats = repeats || around(n)
		case *ast.CallExpr:
			for _, arg := range n.Args {
				called[arg] = w.callsOnce(n.Fun)
			}
		case *ast.FuncLit:
			repeats = repeats || around(n) && !called[n]
		}
	}
	return !repeats
}

// RunsLineOnce is RunsOnce for the body of a function and the code in a line, or the one
// literal that begins there.
func RunsLineOnce(p *syntax.Source, fn *ast.FuncDecl, line int, literal bool) bool {
	begin := 0
	return RunsOnce(p, fn.Body, func(n ast.Node) bool {
		from, to := p.Line(n.Pos()), p.Line(n.End())
		if _, isLit := n.(*ast.FuncLit); isLit && literal && from == line {
			begin++
			return true // a function that it is handed to may call it again
		}
		return from <= line && line <= to
	}) && begin <= 1
}

// callsOnce reports whether a function calls its argument once: t.Run, and the API.
func (w *walker) callsOnce(fun ast.Expr) bool {
	if path, _ := w.imports.Qualified(fun); syntax.IsAPI(path) {
		return true
	}
	if sel, ok := fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Run" {
		id, _ := sel.X.(*ast.Ident)
		if star, ok := paramType(scope.Of(id)).(*ast.StarExpr); ok {
			path, name := w.imports.Qualified(star.X)
			return path == "testing" && name == "T"
		}
	}
	return false
}

// form returns the source of a node from a position on, as far as it tells a type. It
// parses again, but has a mark in the place of the bodies of functions, the elements of
// composite literals, the characters of strings and the methods of interfaces, and _ for
// type parameters.
func (w *walker) form(n ast.Node, from token.Pos) string {
	var b []byte
	put := func(to, next token.Pos, as string) {
		if from <= to {
			b, from = append(append(b, w.Text(from, to)...), as...), next
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			put(n.Lbrace, n.End(), "{}")
			return false
		case *ast.CompositeLit:
			put(n.Lbrace, n.End(), "{}")
			return false
		case *ast.InterfaceType:
			put(n.Methods.Opening, n.End(), "{"+strings.Repeat("_()", min(1, len(n.Methods.List)))+"}")
			return false
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				put(n.Pos(), n.End(), `""`)
			}
		case *ast.Ident:
			if d := scope.Of(n); d != nil && d.Kind == scope.TypeParam {
				put(n.Pos(), n.End(), "_")
			}
		}
		return true
	})
	put(n.End(), n.End(), "")
	return string(b)
}
