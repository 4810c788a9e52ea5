package state

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// pure reports whether an access only reads a value of a type. own says that
// the value is a copy: what is done to the copy itself is nothing to others.
func (s *Analysis) pure(t typed, m mentioned, plain, own bool) bool {
	for step := range steps(m.Path) {
		if step == facts.StepCopy {
			if s.immutable(t, plain, 0) {
				return true
			}
			own = true
			continue
		}
		next, apart, ok := s.step(t, step)
		if !ok {
			return m.Kind < facts.AccessFill && step[0] == '.' && s.method(t, step[1:], 0)
		}
		t, own = next, own && !apart
	}
	switch m.Kind {
	case facts.AccessRead:
		return s.immutable(t, plain, 0)
	case facts.AccessRange:
		t, _ = t.Pointee()
		switch t.Expr.(type) {
		case *ast.Ident, *ast.ArrayType, *ast.MapType:
			return true
		}
		return s.immutable(t, plain, 0)
	case facts.AccessCall:
		return s.calls(t, plain)
	case facts.AccessArgument:
		return s.immutable(t, plain, 0) || s.argument(t, m)
	case facts.AccessFormat:
		return s.immutable(t, plain, 0) || s.quiet(t, 0)
	case facts.AccessAddress:
		return m.Callee != facts.Mention{} && s.argument(t, m)
	case facts.AccessFill, facts.AccessWrite:
		return own
	}
	return false
}

// step returns the type of a part, and whether it lies elsewhere than the value
// itself. It fails for a method, and a field of what is not known.
func (s *Analysis) step(t typed, step string) (_ typed, apart, ok bool) {
	key, elem, apart := typed{}, typed{}, true
	switch step {
	case facts.StepStar:
		t, _ = t.Pointee()
		return t, true, true
	case facts.StepRef:
		return t.Part(&ast.StarExpr{X: t.Expr}), false, true
	case facts.StepElem, facts.StepKey, facts.StepSlice:
		key, elem, apart = s.elements(t)
	default:
		t, apart = t.Field(step[1:])
		return t, apart, t.Expr != nil
	}
	switch id, isName := t.Under().Expr.(*ast.Ident); {
	case step == facts.StepKey:
		return key, apart, true
	case step == facts.StepSlice && !(isName && id.Name == "string"):
		return elem.Part(&ast.ArrayType{Elt: elem.Expr}), apart, true
	case step == facts.StepSlice:
		return t, apart, true
	}
	return elem, apart, true
}

// part returns the type of a part.
func (s *Analysis) part(t typed, path string) typed {
	for step := range steps(path) {
		if step != facts.StepCopy {
			t, _, _ = s.step(t, step)
		}
	}
	return t
}

// steps yields the steps of a path.
func steps(path string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for path != "" {
			end := 1
			switch {
			case path[0] == '.':
				if end = strings.IndexAny(path[1:], facts.StepEnds) + 1; end == 0 {
					end = len(path)
				}
			case path[0] == '[':
				end = strings.IndexByte(path, ']') + 1
			}
			if !yield(path[:end]) {
				return
			}
			path = path[end:]
		}
	}
}

// calls reports whether a call of a function value leaves nothing behind but
// what its code does, which is part of the closure.
func (s *Analysis) calls(t typed, plain bool) bool {
	t = t.Under()
	switch e := t.Expr.(type) {
	case *ast.FuncLit:
		return true
	case *ast.FuncType:
		return plain
	case *ast.CallExpr: // sync.OnceValue: all callers get the same
		_, path := s.namedBy(e.Fun, at(t))
		sel, ok := e.Fun.(*ast.SelectorExpr)
		if !ok || path != "sync" || !strings.HasPrefix(sel.Sel.Name, "Once") || len(e.Args) != 1 {
			return false
		}
		f, ok := e.Args[0].(*ast.FuncType)
		return ok && (f.Results == nil || !slices.ContainsFunc(f.Results.List, func(r *ast.Field) bool { return !s.immutable(t.Part(r.Type), false, 0) }))
	}
	return false
}

// method reports whether a method of a type only reads its receiver.
func (s *Analysis) method(t typed, name string, depth int) bool {
	if star, ok := t.Expr.(*ast.StarExpr); ok {
		t.Expr = star.X
	}
	for range 8 {
		found, std := s.namedBy(t.Expr, at(t))
		if std != "" {
			sel := t.Expr.(*ast.SelectorExpr)
			return stdMethod(std, sel.Sel.Name, name)
		}
		if len(found) != 1 || found[0].Fact.Kind != facts.KindType {
			break
		}
		for _, m := range s.g.MethodsOf(found[0]) {
			if m.Fact.Name == name {
				return s.onlyReads(m, 1)
			}
		}
		t = s.form(found[0])
	}
	st, ok := t.Expr.(*ast.StructType)
	if call, isCall := t.Expr.(*ast.CallExpr); isCall {
		sel, _ := call.Fun.(*ast.SelectorExpr)
		_, std := s.namedBy(call.Fun, at(t))
		if std == "" || sel == nil {
			return false
		}
		typ := resultOf(std, sel.Sel.Name)
		return stdMethod(std, typ, name) || typ == "" && stdResult(std, sel.Sel.Name)
	}
	if !ok || depth > 4 {
		return false
	}
	found := false
	for _, f := range st.Fields.List { // promoted
		if len(f.Names) > 0 {
			continue
		}
		if !s.method(t.Part(f.Type), name, depth+1) {
			return false
		}
		found = true
	}
	return found
}

// onlyReads reports whether a function only reads what it is given as one of
// its parameters. One that calls itself adds nothing to what the rest says.
func (s *Analysis) onlyReads(f *graph.Node, param int) bool {
	key := given{f, param}
	if ok, known := s.reads[key]; known {
		return ok
	}
	s.reads[key] = true
	s.reads[key] = s.readsOnly(f, param)
	return s.reads[key]
}

func (s *Analysis) readsOnly(f *graph.Node, param int) bool {
	if f.Fact.Flags&facts.DeclNoBody != 0 || s.opaque(f.Package) {
		return false
	}
	sig, ok := s.parse(f.Fact.Form).(*ast.FuncType)
	if !ok {
		return false
	}
	types := sig.Params.List // the receiver first
	if param > len(types) {
		param = len(types)
	}
	if param < 1 {
		return false
	}
	t := s.typed(types[param-1].Type, f)
	for _, a := range f.Fact.Acts().Accesses {
		if a.Param == param && !s.pure(t, mentioned{f, a}, false, true) {
			return false
		}
	}
	return true
}

// argument reports whether the function that a value is handed to only reads it.
func (s *Analysis) argument(t typed, m mentioned) bool {
	found, std := s.decls(m.by, m.Callee.X, m.Callee.Sel)
	switch {
	case syntax.IsAPI(std):
		return m.Callee.Sel != "Call" // which hands it to fn
	case std != "":
		reads, calls := s.stdArgument(t, std, m.Callee.Sel, m.Arg)
		return reads || calls && s.quiet(t, 0)
	case len(found) == 0 && m.Callee.X == "":
		return s.builtin(t, m.Callee.Sel)
	case len(found) != 1 || found[0].Fact.Kind != facts.KindFunc:
		return false
	}
	return s.onlyReads(found[0], m.Arg+2)
}

func (s *Analysis) builtin(t typed, name string) bool {
	switch name {
	case "cap", "min", "max", "real", "imag", "complex", "print", "println":
		return true
	case "copy":
		_, elem, _ := s.elements(t)
		return s.immutable(elem, false, 0)
	}
	return syntax.IsBasicType(name)
}

// quiet reports whether no method that a value has, or a part of it, changes
// it: who prints it calls some.
func (s *Analysis) quiet(t typed, depth int) bool {
	if depth > 8 {
		return false
	}
	found, std := s.namedBy(t.Expr, at(t))
	if std != "" {
		return stdImmutable(s.stdName(t))
	}
	if len(found) == 1 && found[0].Fact.Kind == facts.KindType {
		return s.quietType(found[0], depth)
	}
	parts := func(list ...ast.Expr) bool {
		return !slices.ContainsFunc(list, func(e ast.Expr) bool { return !s.quiet(t.Part(e), depth+1) })
	}
	switch e := t.Expr.(type) {
	case *ast.Ident:
		return syntax.IsBasicType(e.Name)
	case *ast.StarExpr:
		return stdImmutable(s.stdName(t)) || parts(e.X)
	case *ast.ArrayType:
		return parts(e.Elt)
	case *ast.MapType:
		return parts(e.Key, e.Value)
	case *ast.StructType:
		return !slices.ContainsFunc(e.Fields.List, func(f *ast.Field) bool { return !parts(f.Type) })
	case *ast.FuncType, *ast.FuncLit, *ast.ChanType:
		return true
	case *ast.CallExpr:
		return s.immutable(t, false, 0)
	}
	return false
}

func (s *Analysis) quietType(n *graph.Node, depth int) bool {
	if ok, known := s.quiets[n]; known {
		return ok
	}
	s.quiets[n] = true // what it is made of adds the rest
	s.quiets[n] = !slices.ContainsFunc(s.g.MethodsOf(n), func(m *graph.Node) bool { return !s.onlyReads(m, 1) }) && s.quiet(s.form(n), depth+1)
	return s.quiets[n]
}
