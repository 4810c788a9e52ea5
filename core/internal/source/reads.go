package source

import (
	"go/ast"
	"slices"
	"strings"
)

// pure reports whether an access only reads a value of a type. own says that
// the value is a copy: what is done to the copy itself is nothing to others.
func (s *state) pure(t typed, m mentioned, plain, own bool) bool {
	for step := range steps(m.path) {
		if step == stepCopy {
			if s.immutable(t, plain, 0) {
				return true
			}
			own = true
			continue
		}
		next, apart, ok := s.step(t, step)
		if !ok {
			return m.kind < accessFill && step[0] == '.' && s.method(t, step[1:], 0)
		}
		t, own = next, own && !apart
	}
	switch m.kind {
	case accessRead:
		return s.immutable(t, plain, 0)
	case accessRange:
		t, _ = s.pointee(t)
		switch t.e.(type) {
		case *ast.Ident, *ast.ArrayType, *ast.MapType:
			return true
		}
		return s.immutable(t, plain, 0)
	case accessCall:
		return s.calls(t, plain)
	case accessArgument:
		return s.immutable(t, plain, 0) || s.argument(t, m)
	case accessFormat:
		return s.immutable(t, plain, 0) || s.quiet(t, 0)
	case accessAddress:
		return m.callee != mention{} && s.argument(t, m)
	case accessFill, accessWrite:
		return own
	}
	return false
}

// step returns the type of a part, and whether it lies elsewhere than the value
// itself. It fails for a method, and a field of what is not known.
func (s *state) step(t typed, step string) (_ typed, apart, ok bool) {
	key, elem, apart := typed{}, typed{}, true
	switch step {
	case stepStar:
		t, _ = s.pointee(t)
		return t, true, true
	case stepRef:
		return typed{&ast.StarExpr{X: t.e}, t.at}, false, true
	case stepElem, stepKey, stepSlice:
		key, elem, apart = s.elements(t)
	default:
		return s.field(t, step[1:], 0)
	}
	switch id, isName := s.under(t).e.(*ast.Ident); {
	case step == stepKey:
		return key, apart, true
	case step == stepSlice && !(isName && id.Name == "string"):
		return typed{&ast.ArrayType{Elt: elem.e}, elem.at}, apart, true
	case step == stepSlice:
		return t, apart, true
	}
	return elem, apart, true
}

// part returns the type of a part.
func (s *state) part(t typed, path string) typed {
	for step := range steps(path) {
		if step != stepCopy {
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
				if end = strings.IndexAny(path[1:], stepEnds) + 1; end == 0 {
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
func (s *state) calls(t typed, plain bool) bool {
	t = s.under(t)
	switch e := t.e.(type) {
	case *ast.FuncLit:
		return true
	case *ast.FuncType:
		return plain
	case *ast.CallExpr: // sync.OnceValue: all callers get the same
		_, path := s.namedBy(e.Fun, t.at)
		sel, ok := e.Fun.(*ast.SelectorExpr)
		if !ok || path != "sync" || !strings.HasPrefix(sel.Sel.Name, "Once") || len(e.Args) != 1 {
			return false
		}
		f, ok := e.Args[0].(*ast.FuncType)
		return ok && (f.Results == nil || !slices.ContainsFunc(f.Results.List, func(r *ast.Field) bool { return !s.immutable(typed{r.Type, t.at}, false, 0) }))
	}
	return false
}

// method reports whether a method of a type only reads its receiver.
func (s *state) method(t typed, name string, depth int) bool {
	if star, ok := t.e.(*ast.StarExpr); ok {
		t.e = star.X
	}
	for range 8 {
		found, std := s.namedBy(t.e, t.at)
		if std != "" {
			sel := t.e.(*ast.SelectorExpr)
			return stdMethod(std, sel.Sel.Name, name)
		}
		if len(found) != 1 || found[0].fact.kind != kindType {
			break
		}
		for _, m := range s.g.methodsOf(found[0]) {
			if m.fact.name == name {
				return s.onlyReads(m, 1)
			}
		}
		t = typed{s.parse(found[0].fact.form), found[0]}
	}
	st, ok := t.e.(*ast.StructType)
	if call, isCall := t.e.(*ast.CallExpr); isCall {
		sel, _ := call.Fun.(*ast.SelectorExpr)
		_, std := s.namedBy(call.Fun, t.at)
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
		if !s.method(typed{f.Type, t.at}, name, depth+1) {
			return false
		}
		found = true
	}
	return found
}

// onlyReads reports whether a function only reads what it is given as one of
// its parameters. One that calls itself adds nothing to what the rest says.
func (s *state) onlyReads(f *node, param int) bool {
	key := given{f, param}
	if ok, known := s.reads[key]; known {
		return ok
	}
	s.reads[key] = true
	s.reads[key] = s.readsOnly(f, param)
	return s.reads[key]
}

func (s *state) readsOnly(f *node, param int) bool {
	if f.fact.flags&declNoBody != 0 || s.opaque(f.pkg) {
		return false
	}
	sig, ok := s.parse(f.fact.form).(*ast.FuncType)
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
	t := typed{types[param-1].Type, f}
	for _, a := range f.fact.does().accesses {
		if a.param == param && !s.pure(t, mentioned{f, a}, false, true) {
			return false
		}
	}
	return true
}

// argument reports whether the function that a value is handed to only reads it.
func (s *state) argument(t typed, m mentioned) bool {
	found, std := s.decls(m.by, m.callee.x, m.callee.sel)
	switch {
	case isOurs(std):
		return m.callee.sel != "Call" // which hands it to fn
	case std != "":
		reads, calls := s.stdArgument(t, std, m.callee.sel, m.arg)
		return reads || calls && s.quiet(t, 0)
	case len(found) == 0 && m.callee.x == "":
		return s.builtin(t, m.callee.sel)
	case len(found) != 1 || found[0].fact.kind != kindFunc:
		return false
	}
	return s.onlyReads(found[0], m.arg+2)
}

func (s *state) builtin(t typed, name string) bool {
	switch name {
	case "cap", "min", "max", "real", "imag", "complex", "print", "println":
		return true
	case "copy":
		_, elem, _ := s.elements(t)
		return s.immutable(elem, false, 0)
	}
	return isBasicType(name)
}

// quiet reports whether no method that a value has, or a part of it, changes
// it: who prints it calls some.
func (s *state) quiet(t typed, depth int) bool {
	if depth > 8 {
		return false
	}
	found, std := s.namedBy(t.e, t.at)
	if std != "" {
		return stdImmutable(s.stdName(t))
	}
	if len(found) == 1 && found[0].fact.kind == kindType {
		return s.quietType(found[0], depth)
	}
	parts := func(list ...ast.Expr) bool {
		return !slices.ContainsFunc(list, func(e ast.Expr) bool { return !s.quiet(typed{e, t.at}, depth+1) })
	}
	switch e := t.e.(type) {
	case *ast.Ident:
		return isBasicType(e.Name)
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

func (s *state) quietType(n *node, depth int) bool {
	if ok, known := s.quiets[n]; known {
		return ok
	}
	s.quiets[n] = true // what it is made of adds the rest
	s.quiets[n] = !slices.ContainsFunc(s.g.methodsOf(n), func(m *node) bool { return !s.onlyReads(m, 1) }) && s.quiet(typed{s.parse(n.fact.form), n}, depth+1)
	return s.quiets[n]
}
