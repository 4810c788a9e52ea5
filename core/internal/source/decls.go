package source

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
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
		f.kind = kindMethod
		recv = baseName(d.Recv.List[0].Type)
		if _, ok := ast.Unparen(d.Recv.List[0].Type).(*ast.StarExpr); ok {
			f.flags |= declPointer
		}
	case d.Name.Name == "init":
		f.kind, f.flags = kindInit, declUnit
	}
	if d.Body == nil {
		f.flags |= declNoBody
	}
	if d.Type.TypeParams != nil {
		f.flags |= declGenerics
	}
	w := x.walker(f)
	w.recv = recv
	w.function(d)
	f.form = signature(d)
	w.done()
	x.add(f)
}

// newDecl begins the declaration that stands from one position to another.
func (x *extractor) newDecl(from, to token.Pos) *declFact {
	x.buf = appendTokens(x.buf[:0], x.text(from, to))
	line := x.line(from)
	return &declFact{line: line, lines: x.line(to) - line + 1, digest: sum(x.buf)}
}

func (x *extractor) add(f *declFact) { x.decls = append(x.decls, *f) }

// constGroup takes a group with iota or implicit values: what a constant is
// worth depends on those before it, so each has the tokens of all. What the
// group mentions, its own names too, stands with its first name that can be
// mentioned, and the others lead to that one: a list of thousands of constants
// has as many edges, not their square.
func (x *extractor) constGroup(d *ast.GenDecl) {
	all := *x.newDecl(d.Pos(), d.End())
	all.kind = kindConst
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
				rest.refs = []string{names[named].Name}
			}
		}
		x.setName(&f, names...)
		f.line = x.line(spec.Pos())
		f.lines = x.line(spec.End()) - f.line + 1
		x.add(&f)
	}
}

func (x *extractor) setName(f *declFact, list ...*ast.Ident) {
	f.name, f.nameLine = list[0].Name, int32(x.line(list[0].Pos()))
	if len(list) == 1 {
		return
	}
	var names []nameFact
	for _, n := range list[1:] {
		names = append(names, nameFact{n.Name, x.line(n.Pos())})
	}
	f.more().names = names
}

func (x *extractor) spec(d *ast.GenDecl, spec ast.Spec) {
	f := x.newDecl(spec.Pos(), spec.End())
	w := x.walker(f)
	switch s := spec.(type) {
	case *ast.TypeSpec:
		f.kind = kindType
		x.setName(f, s.Name)
		if s.TypeParams != nil || holdsCode(s.Type) {
			f.flags |= declCode
		}
		if s.Assign.IsValid() {
			f.flags |= declAlias
		}
		w.spec(s)
		f.form = typeForm(s.Type)
	case *ast.ValueSpec:
		f.kind = kindConst
		x.setName(f, s.Names...)
		w.spec(s)
		if d.Tok == token.VAR {
			f.kind = kindVar
			x.embedded(f, s)
			if slices.ContainsFunc(s.Values, runsCode) {
				f.flags |= declUnit
			}
			if x.isLazy(s) {
				f.flags |= declLazy
			}
			f.form = variables(s)
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
	path, name := x.names.qualified(call.Fun)
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
func (x *extractor) embedded(f *declFact, s *ast.ValueSpec) {
	for line, list := range x.embeds {
		if line < f.line {
			f.more().embeds = append(f.more().embeds, list...)
			delete(x.embeds, line)
		}
	}
	if embeds := f.rare().embeds; len(embeds) > 0 {
		slices.Sort(embeds)
		x.buf = appendTokens(x.buf[:0], x.text(s.Pos(), s.End()))
		f.digest = sum(x.buf, []byte(strings.Join(embeds, "\x00")))
	}
}
