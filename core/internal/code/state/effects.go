package state

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/effect"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// does returns the effect of an access on a value of a type.
func (s *Analysis) does(t types.Type, m mention, in effect.Place) effect.Effect {
	judge := effect.Judge{Method: s.method, Argument: func(a facts.Access) effect.Effect { return s.argument(m.by, a) }}
	e, _ := judge.Of(t, *m.Access, in)
	return e
}

// method returns the effect of a method of a type on its receiver.
func (s *Analysis) method(t types.Type, name string) effect.Effect {
	if star, ok := t.Expr.(*ast.StarExpr); ok {
		t.Expr = star.X
	}
	of, typ := t.Name()
	found, path := s.declared(of, typ)
	switch {
	case path == "sync" && typ == "Pool": // what it holds is not followed: see the package documentation
		return effect.Reads
	case path == "sync" && s.minds:
		return effect.Changes
	case path != "":
		return effect.StdMethod(path, typ, name)
	}
	for _, f := range found {
		for _, m := range f.Package.Methods[typ] {
			if len(found) == 1 && m.Fact.Name == name {
				return s.effectOf(m, 1)
			}
		}
	}
	under := t.Under()
	switch e := under.Expr.(type) {
	case *ast.FuncLit: // see result
		return effect.Reads
	case *ast.InterfaceType: // the method of a value that is not known
		return effect.HandsOn
	case *ast.StructType:
		return s.promoted(under, e.Fields.List, name)
	}
	return effect.Changes
}

// promoted returns the effect of a method that one of the embedded fields has, the worst
// of all: a field of that name hides a method that is farther down.
func (s *Analysis) promoted(t types.Type, fields []*ast.Field, name string) effect.Effect {
	if field, _ := t.Field(name); field.Expr != nil {
		return effect.Changes
	}
	e, embeds := effect.Reads, false
	for _, f := range fields {
		if len(f.Names) == 0 {
			e, embeds = max(e, s.method(t.Part(f.Type), name)), true
		}
	}
	if !embeds {
		return effect.Changes
	}
	return e
}

// effectOf returns the effect of a function on one of its parameters. Where functions call
// one another, all of them are judged until none is found to do more.
func (s *Analysis) effectOf(f *graph.Node, param int) effect.Effect {
	key := parameter{f, param}
	if e, known := s.effects[key]; known {
		return e
	}
	isAsked := len(s.looked) == 0
	s.looked = append(s.looked, key)
	s.effects[key] = effect.Reads // while it is in work
	s.effects[key] = s.effectByAccesses(f, param)
	for i := 0; isAsked && i < len(s.looked); i++ { // looked may get longer meanwhile
		at := s.looked[i]
		if e := max(s.effects[at], s.effectByAccesses(at.f, at.param)); e != s.effects[at] {
			s.effects[at], i = e, -1
		}
	}
	if isAsked {
		s.looked = nil
	}
	return s.effects[key]
}

func (s *Analysis) effectByAccesses(f *graph.Node, param int) effect.Effect {
	sig, ok := s.outline.Parse(f.Fact.Form).(*ast.FuncType)
	if !ok || param < 1 || f.Fact.NoBody || s.opaque(f.Package) {
		return effect.Changes
	}
	var recv ast.Expr = ast.NewIdent(f.Fact.Recv)
	if f.Fact.Pointer {
		recv = &ast.StarExpr{X: recv}
	}
	params := []ast.Expr{recv} // the first, even of a function without a receiver
	for _, field := range sig.Params.List {
		typ := field.Type
		if rest, ok := typ.(*ast.Ellipsis); ok {
			typ = &ast.ArrayType{Elt: rest.Elt}
		}
		params = append(params, slices.Repeat([]ast.Expr{typ}, max(1, len(field.Names)))...)
	}
	last := min(param, len(params))
	t := types.Type{Expr: params[last-1], In: s.file(f)}
	e := effect.Reads
	for i, a := range f.Fact.Accesses {
		if a.Param == last {
			e = max(e, s.does(t, mention{by: f, Access: &f.Fact.Accesses[i]}, effect.Copied))
		}
	}
	return e
}

// callsNothing lists the functions of the API that call no code of their arguments.
var callsNothing = []string{"Env", "Files", "GoFlags", "GoPackages", "IgnoreCapture", "IgnoreEnv", "IgnoreFiles", "RegisterGlobal", "Tool", "With"}

// argument returns the effect of the function on a value that it is handed, if that is known.
func (s *Analysis) argument(by *graph.Node, a facts.Access) effect.Effect {
	switch found, path := s.decls(s.file(by), a.Callee); {
	case syntax.IsAPI(path) && slices.Contains(callsNothing, a.Callee.Sel):
		return effect.Reads
	case len(found) == 1 && found[0].Fact.Kind == facts.KindFunc:
		return s.effectOf(found[0], a.Arg+2)
	default:
		return effect.StdArgument(path, a.Callee.Sel, a.Arg)
	}
}

// A hit does not run the function: package variables that it would have changed stay as
// they are. Where the new value is computed from the old one (a counter, a list that grows, a
// generator of numbers), other code would get another value after a hit than after a build.
// Values that are only set, of which most are caches, are not looked at; nor is anything
// where the running test is part of the closure: its own effects happen after a hit too.

// advanced returns the first change of each variable by functions in reach that a hit would
// not repeat, as far as a message holds them, but of those that the caller ignores.
func (s *Search) advanced(ignored Covered) (list []graph.Use) {
	if s.running() != "" {
		return nil
	}
	for _, n := range s.r.Order {
		if s.opaque(n.Package) || n.Fact.Kind != facts.KindVar && s.initial(n) {
			continue
		}
		for _, a := range s.accesses(n) {
			kept := a.Late || a.Kind == facts.AccessRead // a literal, or the value of a method
			if (a.Kind >= facts.AccessArgument || a.Path != "") && s.advances(a, ignored) && (kept || !s.initialAmong(s.r, n, 0)) {
				list = addNew(list, []graph.Use{n.Use(a.name, a.Line)}, MaxCauses)
			}
		}
	}
	return list
}

// advances reports whether an access surely advances a local variable.
func (s *Search) advances(m mention, ignored Covered) bool {
	if s.g.Packages[m.path] == nil || strings.Contains(m.Path, facts.StepSet) {
		return false
	}
	list, _ := s.declared(m.path, m.bare)
	return slices.ContainsFunc(list, func(d *graph.Node) bool {
		v := variable{d, d.Fact.Index(m.bare)}
		return d.Fact.Kind == facts.KindVar && !ignored.has(d.Package, m.bare) &&
			(s.does(s.typeOf(v), m, effect.Itself) == effect.Advances || s.does(s.initialType(v), m, effect.Itself) == effect.Advances)
	})
}

// initialType returns the type of the value that a variable of any type has from the
// beginning, if that is one of the variable alone.
func (s *Analysis) initialType(v variable) types.Type {
	if spec := s.outline.Spec(v.n); v.i >= 0 && len(spec.Values) == len(spec.Names) {
		return s.file(v.n).TypeOf(spec.Values[v.i])
	}
	return types.Type{}
}
