package facts

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

func (x *extractor) decl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		x.funcDecl(d)
	case *ast.GenDecl:
		switch {
		case d.Tok == token.IMPORT:
		case d.Tok == token.CONST && implicit(d):
			x.constGroup(d)
		default:
			for _, spec := range d.Specs {
				x.spec(d, spec)
			}
		}
	}
}

// newDecl begins a declaration of some names.
func (x *extractor) newDecl(n ast.Node, kind Kind, names ...*ast.Ident) *Decl {
	x.buf = syntax.AppendTokens(x.buf[:0], x.Text(n.Pos(), n.End()))
	line := x.Line(n.Pos())
	f := &Decl{Kind: kind, Line: line, Lines: x.Line(n.End()) - line + 1, Digest: codec.Sum(x.buf)}
	for i, name := range names {
		if line := x.Line(name.Pos()); i == 0 {
			f.Name, f.NameLine = name.Name, int32(line)
		} else {
			f.Names = append(f.Names, Name{name.Name, line})
		}
	}
	return f
}

// add ends a declaration.
//
//go:noinline
func (x *extractor) add(w *walker) {
	w.accesses, w.names, w.qualified = w.f.Accesses, w.f.Refs, w.f.Quals
	w.f.Accesses, w.f.Refs, w.f.Quals = append([]Access(nil), w.accesses...), append([]string(nil), w.names...), append([]Qual(nil), w.qualified...)
	x.Decls = append(x.Decls, *w.f)
}

func (x *extractor) funcDecl(d *ast.FuncDecl) {
	f := x.newDecl(d, KindFunc, d.Name)
	f.Form = "func" + x.form(d.Type, d.Type.Params.Pos())
	if d.Body == nil {
		f.Flags |= DeclNoBody
	}
	w := x.walker(f)
	switch {
	case d.Recv != nil && len(d.Recv.List) > 0:
		f.Kind, f.Recv = KindMethod, syntax.BaseName(d.Recv.List[0].Type)
		if _, ok := ast.Unparen(d.Recv.List[0].Type).(*ast.StarExpr); ok {
			f.Flags |= DeclPointer
		}
	case d.Name.Name == "init":
		f.Kind, f.Flags = KindInit, f.Flags|DeclInit
	}
	w.function(d)
	x.add(w)
}

// constGroup takes a group with iota or implicit values as one declaration: what
// a constant is worth depends on those before it.
func (x *extractor) constGroup(d *ast.GenDecl) {
	var names []*ast.Ident
	for _, spec := range d.Specs {
		names = append(names, spec.(*ast.ValueSpec).Names...)
	}
	if named := slices.DeleteFunc(slices.Clone(names), func(id *ast.Ident) bool { return id.Name == "_" }); len(named) > 0 {
		names = named
	}
	w := x.walker(x.newDecl(d, KindConst, names...))
	w.walk(d)
	x.add(w)
}

func (x *extractor) spec(d *ast.GenDecl, spec ast.Spec) {
	var f *Decl
	switch s := spec.(type) {
	case *ast.TypeSpec:
		f = x.newDecl(s, KindType, s.Name)
		f.Form = x.form(s.Type, s.Type.Pos())
		if s.Assign.IsValid() {
			f.Flags |= DeclAlias
		}
	case *ast.ValueSpec:
		f = x.newDecl(s, KindConst, s.Names...)
		f.Values = x.valueForms(s.Values)
		if s.Type != nil {
			f.Form = x.form(s.Type, s.Type.Pos())
		}
		if d.Tok == token.VAR {
			x.variable(f, s)
		}
	}
	w := x.walker(f)
	w.walk(spec)
	x.add(w)
}

func (x *extractor) variable(f *Decl, s *ast.ValueSpec) {
	f.Kind = KindVar
	if slices.ContainsFunc(s.Values, runsCode) {
		f.Flags |= DeclInit
	}
	if x.isLazy(s) {
		f.Flags |= DeclLazy
	}
	// Blank lines and other comments may stand between a directive and its variable.
	for len(x.embeds) > 0 && x.embeds[0].line < f.Line {
		f.Embeds = append(f.Embeds, x.embeds[0].patterns...)
		x.embeds = x.embeds[1:]
	}
}

// implicit reports whether constants of a group are worth what others make of
// them.
func implicit(d *ast.GenDecl) bool {
	return syntax.Contains(d, func(n ast.Node) bool {
		spec, isSpec := n.(*ast.ValueSpec)
		return isSpec && len(spec.Values) == 0 || syntax.IsName(n, "iota")
	})
}

// runsCode reports whether an initialiser calls or receives, function literals
// apart: those run when somebody calls them.
func runsCode(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// isLazy reports whether a variable is set to sync.OnceFunc, OnceValue or
// OnceValues of a function that is there without a call.
func (x *extractor) isLazy(s *ast.ValueSpec) bool {
	if len(s.Values) != 1 {
		return false
	}
	call, ok := s.Values[0].(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	path, name := x.imports.Qualified(call.Fun)
	return path == "sync" && strings.HasPrefix(name, "Once") && !runsCode(call.Args[0])
}

// Literal returns the facts of a function literal. The nodes of its file
// that determine what it captures, in the order of the source, count as part of it, and
// so does the text of those that tell it.
func Literal(p *syntax.Source, lit *ast.FuncLit, name string, determined, told []ast.Node) *Decl {
	x := newExtractor(&File{}, p)
	f := x.newDecl(lit, KindFunc, &ast.Ident{Name: name, NamePos: lit.Pos()})
	w := x.walker(f)
	w.literal(lit)
	var end token.Pos
	for _, n := range determined {
		if n.End() > end { // else it is part of the one before
			x.buf = syntax.AppendTokens(append(x.buf, 0), x.Text(n.Pos(), n.End()))
			w.walk(n)
			end = n.End()
		}
	}
	for _, n := range told {
		x.buf = syntax.AppendTokens(append(x.buf, 1), x.Text(n.Pos(), n.End()))
	}
	f.Digest = codec.Sum(x.buf)
	x.add(w)
	return &x.Decls[0]
}

// Without returns the facts of a function without the literals in it that
// begin in some lines.
func Without(p *syntax.Source, fn *ast.FuncDecl, lines []int) *Decl {
	x := newExtractor(&File{}, p)
	x.without = func(lit *ast.FuncLit) bool { return slices.Contains(lines, p.Line(lit.Pos())) }
	x.funcDecl(fn)
	return &x.Decls[0]
}
