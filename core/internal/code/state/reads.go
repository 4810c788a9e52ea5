package state

import (
	"go/ast"
	"maps"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// An effect is what an access does to a value, or a function to what it is given.
// The greater is the worse.
type effect uint8

const (
	reads    effect = iota // nobody can change anything by it
	unknown                // anything may be done
	advances               // it surely writes to the value, and what comes of what was there
)

// does tells what an access does to a value of a type. own says that the value is
// a copy: what is done to the copy itself is nothing to others.
func (s *Analysis) does(t typed, m mention, own bool) effect {
	for step := range strings.SplitAfterSeq(m.Path, " ") {
		switch step {
		case "": // after the last
			continue
		case facts.StepCopy:
			if m.Kind < facts.AccessAddress && s.immutable(t, 0) {
				return reads
			}
			own = true
			continue
		}
		next, apart, ok := s.step(t, step)
		switch {
		case !ok && m.Kind >= facts.AccessAddress:
			return unknown
		case !ok:
			return s.method(t, fieldName(step))
		}
		t, own = next, own && !apart
	}
	e := unknown // of the call of a function, for one, which may have a memory
	switch key, elem := t.Elements(); {
	case m.Kind == facts.AccessWrite && own, m.Kind < facts.AccessAddress && s.immutable(t, 0):
		e = reads
	case m.Kind == facts.AccessRange && elem.Expr != nil && s.immutable(key, 0):
		e = reads // the loop alone does nothing
	case m.Kind == facts.AccessWrite && m.Arg == facts.Advances:
		e = advances
	case m.Kind != facts.AccessWrite && m.Kind != facts.AccessCall && m.Kind != facts.AccessRange:
		e = s.argument(t, m)
	}
	if own {
		e = min(e, unknown)
	}
	return e
}

// step returns the type of a part, and whether it lies elsewhere than the value
// itself. It fails for a method, and a field of what is not known.
func (s *Analysis) step(t typed, step string) (_ typed, apart, ok bool) {
	whole, isPointer := t.Pointee()
	array, isArray := whole.Expr.(*ast.ArrayType)
	apart = isPointer || !isArray || array.Len == nil
	_, elem := t.Elements()
	switch step {
	case facts.StepStar:
		return whole, true, true
	case facts.StepElem:
		return elem, apart, true
	case facts.StepSlice:
		if t.IsBasic("string") {
			return t, apart, true
		}
		return elem.Part(&ast.ArrayType{Elt: elem.Expr}), apart, true
	}
	t, apart = t.Field(fieldName(step))
	return t, apart, t.Expr != nil
}

func fieldName(step string) string { return strings.Trim(step, ". ") }

// method tells what a method of a type does to its receiver.
func (s *Analysis) method(t typed, name string) effect {
	if star, ok := t.Expr.(*ast.StarExpr); ok {
		t.Expr = star.X
	}
	for range 8 {
		found, path := s.named(t)
		if path != "" {
			_, typ := t.Name()
			return stdEffect(path, typ, name)
		}
		if len(found) != 1 || found[0].Fact.Kind != facts.KindType {
			break
		}
		for _, m := range found[0].Package.Methods(found[0].Fact.Name) {
			if m.Fact.Name == name {
				return s.effectOf(m, 1)
			}
		}
		t = s.form(found[0])
	}
	if _, literal := t.Expr.(*ast.FuncLit); literal { // see stdResult
		return reads
	}
	return unknown
}

// effectOf tells what a function does to what it is given as one of its
// parameters. Where functions call one another, what one does is not known in full to
// those that it calls: all are looked at again, until nothing more is found.
func (s *Analysis) effectOf(f *graph.Node, param int) effect {
	key := given{f, param}
	e, known := s.effects[key]
	switch {
	case known:
		return e
	case s.looking == nil:
		s.looking, s.rises = map[given]effect{}, true
		for s.rises {
			s.rises, s.looked = false, map[given]bool{}
			s.effectOf(f, param)
		}
		maps.Copy(s.effects, s.looking)
		s.looking = nil
		return s.effects[key]
	case !s.looked[key]:
		s.looked[key] = true
		e = s.effectByAccesses(f, param)
		s.rises = s.rises || e > s.looking[key]
		s.looking[key] = max(e, s.looking[key])
	}
	return s.looking[key]
}

func (s *Analysis) effectByAccesses(f *graph.Node, param int) effect {
	sig, ok := s.parse(f.Fact.Form).(*ast.FuncType)
	if !ok || param < 1 || f.Fact.Flags&facts.DeclNoBody != 0 || s.opaque(f.Package) {
		return unknown
	}
	var recv ast.Expr = ast.NewIdent(f.Fact.Recv)
	if f.Fact.Flags&facts.DeclPointer != 0 {
		recv = &ast.StarExpr{X: recv}
	}
	params := []ast.Expr{recv} // the first, though there be none
	for _, field := range sig.Params.List {
		typ := field.Type
		if rest, ok := typ.(*ast.Ellipsis); ok {
			typ = &ast.ArrayType{Elt: rest.Elt}
		}
		params = append(params, slices.Repeat([]ast.Expr{typ}, max(1, len(field.Names)))...)
	}
	last := min(param, len(params))
	t := s.typed(params[last-1], f)
	e := reads
	for _, a := range f.Fact.Accesses {
		if a.Param == last {
			e = max(e, s.does(t, mention{"", f, a}, true))
		}
	}
	return e
}

// argument tells what the function that a value is handed to does to it, if it is
// known.
func (s *Analysis) argument(t typed, m mention) effect {
	found, path := s.decls(m.by, m.Callee)
	switch {
	case m.Callee == (facts.Mention{}):
	case syntax.IsAPI(path):
		if m.Callee.Sel != "Call" { // which hands it to fn
			return reads
		}
	case path != "" && std.Argument(path, m.Callee.Sel, m.Arg) == std.Reads:
		return reads
	case path != "" && std.Advances(path, m.Callee.Sel, m.Arg):
		return advances
	case len(found) == 1 && found[0].Fact.Kind == facts.KindFunc:
		return s.effectOf(found[0], m.Arg+2)
	}
	return unknown
}
