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

func (x *extractor) funcDecl(d *ast.FuncDecl) {
	f := x.newDecl(d.Pos(), d.End())
	x.setName(f, d.Name)
	var recv string
	switch {
	case d.Recv != nil && len(d.Recv.List) > 0:
		f.Kind = KindMethod
		recv = syntax.BaseName(d.Recv.List[0].Type)
		if _, ok := ast.Unparen(d.Recv.List[0].Type).(*ast.StarExpr); ok {
			f.Flags |= DeclPointer
		}
	case d.Name.Name == "init":
		f.Kind, f.Flags = KindInit, DeclInit
	}
	if d.Body == nil {
		f.Flags |= DeclNoBody
	}
	if d.Type.TypeParams != nil {
		f.Flags |= declGenerics
	}
	w := x.walker(f)
	w.recv = recv
	w.function(d)
	f.Form = syntax.Signature(d)
	w.done()
	x.add(f)
}

// newDecl begins the declaration that stands from one position to another.
func (x *extractor) newDecl(from, to token.Pos) *Decl {
	x.buf = syntax.AppendTokens(x.buf[:0], x.Text(from, to))
	line := x.Line(from)
	return &Decl{Line: line, Lines: x.Line(to) - line + 1, Digest: codec.Sum(x.buf)}
}

func (x *extractor) add(f *Decl) { x.Decls = append(x.Decls, *f) }

// constGroup takes a group with iota or implicit values: what a constant is
// worth depends on those before it, so each has the tokens of all. What the
// group mentions, its own names too, stands with its first name that can be
// mentioned, and the others lead to that one: a list of thousands of constants
// has as many edges, not their square.
func (x *extractor) constGroup(d *ast.GenDecl) {
	all := *x.newDecl(d.Pos(), d.End())
	all.Kind = KindConst
	rest := all
	w := x.walker(&all)
	w.genDecl(d)
	w.done()
	isNamed := func(n *ast.Ident) bool { return n.Name != "_" }
	first := slices.IndexFunc(d.Specs, func(s ast.Spec) bool { return slices.ContainsFunc(s.(*ast.ValueSpec).Names, isNamed) })
	for i, spec := range d.Specs {
		f := rest
		names := spec.(*ast.ValueSpec).Names
		if i == max(first, 0) {
			f = all
			if named := slices.IndexFunc(names, isNamed); named >= 0 {
				rest.Refs = []string{names[named].Name}
			}
		}
		x.setName(&f, names...)
		f.Line = x.Line(spec.Pos())
		f.Lines = x.Line(spec.End()) - f.Line + 1
		x.add(&f)
	}
}

func (x *extractor) setName(f *Decl, list ...*ast.Ident) {
	f.Name, f.NameLine = list[0].Name, int32(x.Line(list[0].Pos()))
	if len(list) == 1 {
		return
	}
	var names []Name
	for _, n := range list[1:] {
		names = append(names, Name{n.Name, x.Line(n.Pos())})
	}
	f.more().Names = names
}

func (x *extractor) spec(d *ast.GenDecl, spec ast.Spec) {
	f := x.newDecl(spec.Pos(), spec.End())
	w := x.walker(f)
	switch s := spec.(type) {
	case *ast.TypeSpec:
		f.Kind = KindType
		x.setName(f, s.Name)
		if s.TypeParams != nil || holdsCode(s.Type) {
			f.Flags |= declCode
		}
		if s.Assign.IsValid() {
			f.Flags |= DeclAlias
		}
		w.spec(s)
		f.Form = syntax.TypeForm(s.Type)
	case *ast.ValueSpec:
		f.Kind = KindConst
		x.setName(f, s.Names...)
		w.spec(s)
		if d.Tok == token.VAR {
			f.Kind = KindVar
			x.embedded(f, s)
			if slices.ContainsFunc(s.Values, runsCode) {
				f.Flags |= DeclInit
			}
			if x.isLazy(s) {
				f.Flags |= DeclLazy
			}
			f.Form = syntax.VariableForms(s)
		}
	}
	w.done()
	x.add(f)
}

func implicit(d *ast.GenDecl) bool {
	for _, spec := range d.Specs {
		s, ok := spec.(*ast.ValueSpec)
		if !ok || len(s.Values) == 0 {
			return true
		}
		for _, v := range s.Values {
			if mentionsIota(v) {
				return true
			}
		}
	}
	return false
}

func mentionsIota(e ast.Expr) bool {
	switch e := e.(type) { // nearly all
	case *ast.BasicLit:
		return false
	case *ast.Ident:
		return e.Name == "iota"
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == "iota" {
			found = true
		}
		return !found
	})
	return found
}

// runsCode reports whether an initialiser calls or receives, function literals
// apart: those run when somebody calls them.
func runsCode(e ast.Expr) bool {
	found := false
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
	path, name := x.names.Qualified(call.Fun)
	return path == "sync" && strings.HasPrefix(name, "Once") && !runsCode(call.Args[0])
}

// holdsCode reports whether a type expression has a part that can hold any
// code, names of other types apart.
func holdsCode(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.InterfaceType, *ast.FuncType, *ast.ChanType:
			found = true
		case *ast.Ident:
			found = found || n.Name == "any" || n.Name == "error"
		}
		return !found
	})
	return found
}

// embedded gives a var the patterns of the directives since the last
// declaration: blank lines and other comments may stand between.
func (x *extractor) embedded(f *Decl, s *ast.ValueSpec) {
	for line, list := range x.embeds {
		if line < f.Line {
			f.more().Embeds = append(f.more().Embeds, list...)
			delete(x.embeds, line)
		}
	}
	if embeds := f.Rare().Embeds; len(embeds) > 0 {
		slices.Sort(embeds)
		x.buf = syntax.AppendTokens(x.buf[:0], x.Text(s.Pos(), s.End()))
		f.Digest = codec.Sum(append(x.buf, strings.Join(embeds, "\x00")...))
	}
}
