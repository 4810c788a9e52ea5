package source

import (
	"go/ast"
	"slices"
	"strings"
)

// A variable is a package variable. A declaration may hold several.
type variable struct {
	n *node
	i int
}

func (v variable) name() string { return v.n.nameOf(v.i) }

// state judges the package variables of a graph: one is fixed if it holds, while
// tests run, what initialisation left in it, as every mention of it in the
// binary shows. All others are state.
type state struct {
	g        *graph
	parsed   map[string]ast.Expr    // by form
	mentions map[string][]mentioned // by path.Name of what is mentioned
	scanned  map[*pkg]bool
	verdicts map[variable]*verdict
	reads    map[given]bool // whether a function only reads what it is given
	quiets   map[*node]bool // whether methods of a type only read it
	reached  map[extRef][]*node
	named    map[*node][]namedAccess
	depth    int
}

// A mentioned is an access, and where it stands.
type mentioned struct {
	by *node
	access
}

// A verdict says why a variable is not fixed.
type verdict struct {
	impure []mentioned // mentions that are no pure reads
	filled *node       // which fills it by what it finds out itself, if that is all that is done to it
}

type given struct {
	f     *node
	param int
}

func (g *graph) stateOf() *state {
	if g.judged == nil {
		g.judged = &state{g: g, parsed: map[string]ast.Expr{}, mentions: map[string][]mentioned{}, scanned: map[*pkg]bool{},
			verdicts: map[variable]*verdict{}, reads: map[given]bool{}, quiets: map[*node]bool{}, reached: map[extRef][]*node{}, named: map[*node][]namedAccess{}}
		for _, p := range g.order {
			g.judged.scan(p)
		}
	}
	return g.judged
}

// scan notes what a package mentions.
func (s *state) scan(p *pkg) {
	if s.scanned[p] {
		return
	}
	s.scanned[p] = true
	for _, n := range p.nodes {
		for _, a := range s.accesses(n) {
			s.mentions[a.name] = append(s.mentions[a.name], mentioned{n, a.access})
		}
	}
}

// A namedAccess is an access, and what is mentioned, in full: "m/conf.Mode".
type namedAccess struct {
	name string
	access
}

// accesses returns those of a declaration. An x.sel that may be two things is
// both.
func (s *state) accesses(n *node) []namedAccess {
	list, ok := s.named[n]
	if ok {
		return list
	}
	found := func(path, name string, a access) { list = append(list, namedAccess{path + "." + name, a}) }
	for _, a := range n.fact.does().accesses {
		switch path, imported := n.file.names[a.x]; {
		case a.param != 0:
		case a.x == "":
			if len(n.pkg.decls[a.sel]) > 0 {
				found(n.pkg.path, a.sel, a)
			}
			for _, dot := range n.file.dots {
				found(dot, a.sel, a)
			}
		default:
			if imported {
				found(path, a.sel, a)
			} else {
				for _, vague := range n.file.vague {
					found(vague, a.sel, a)
				}
			}
			if !imported || len(n.pkg.decls[a.x]) > 0 {
				b := a
				b.path = "." + a.sel + a.path
				found(n.pkg.path, a.x, b)
				for _, dot := range n.file.dots {
					found(dot, a.x, b)
				}
			}
		}
	}
	s.named[n] = list
	return list
}

// assigned reports whether something gives a variable another value than its
// initialiser, be it when the program starts.
func (s *state) assigned(v variable) bool {
	return slices.ContainsFunc(s.mentions[v.name()], func(m mentioned) bool { return m.kind >= accessFill })
}

// judge finds out whether a variable is fixed.
func (s *state) judge(v variable) *verdict {
	if d, ok := s.verdicts[v]; ok {
		return d
	}
	d := &verdict{}
	s.verdicts[v] = d
	t := s.typeOf(v)
	if path, name := s.stdName(s.under(t)); path == "sync" && stdLocks.has(name) {
		return d
	}
	var fills []mentioned
	for _, m := range s.mentions[v.name()] {
		switch {
		case !s.opaque(m.by.pkg) && s.fills(t, m):
			fills = append(fills, m)
		case s.touchesOf(v, m):
			d.impure = append(d.impure, m)
		}
	}
	if (s.opaque(v.n.pkg) || s.g.linked(v.n)) && d.impure == nil {
		d.impure = []mentioned{{by: v.n}}
	}
	if len(fills) > 0 {
		d.filled = fills[0].by // with what calls it, as it is in reach
		if slices.ContainsFunc(fills, func(m mentioned) bool { return m.by != d.filled }) || d.impure != nil {
			d.filled = nil
			d.impure = append(d.impure, fills...)
		}
	}
	return d
}

// touchesOf reports whether a mention of a variable is no pure read, nor part of
// its initialisation.
func (s *state) touchesOf(v variable, m mentioned) bool {
	if s.opaque(m.by.pkg) {
		return true
	}
	plain := v.n.fact.flags&declUnit == 0 && !s.assigned(v)
	return !(m.kind == accessWrite && !m.late && s.initial(m.by, 0)) && !s.pure(s.typeOf(v), m, plain, false)
}

// opaque reports whether code in a package cannot be told by its facts, which
// take predeclared names for what the language makes of them.
func (s *state) opaque(p *pkg) bool { return p.whole != "" || p.shadows != 0 }

// initial reports whether a declaration is run when the program starts, and
// never again: an initialiser, or a function that only such call.
func (s *state) initial(n *node, depth int) bool {
	switch n.fact.kind {
	case kindInit, kindVar:
		return true
	case kindFunc:
		calls := s.mentions[n.name()]
		return depth < 4 && len(calls) > 0 && !isTestFunc(n) && !s.g.linked(n) && !(n.pkg.external && ast.IsExported(n.fact.name)) && !slices.ContainsFunc(calls, func(m mentioned) bool {
			return m.kind != accessCall || m.path != "" || m.late || !s.initial(m.by, depth+1)
		})
	}
	return false
}

// fills reports whether an access fills a variable of a type, by code that is
// given nothing, once. Of a value that was made of local variables somebody else
// may hold a part.
func (s *state) fills(t typed, m mentioned) bool {
	switch {
	case m.kind == accessWrite && !m.late:
		return s.calledOnce(m.by) && s.immutable(s.part(t, m.path), false, 0)
	case m.kind != accessFill || !m.fresh && !s.immutable(s.part(t, m.path), false, 0):
		return false
	case m.arg >= 2: // the key
		sig, ok := s.parse(m.by.fact.form).(*ast.FuncType)
		return ok && m.arg <= len(sig.Params.List) && s.immutable(typed{sig.Params.List[m.arg-1].Type, m.by}, false, 0)
	case m.arg == fillFlag:
		found, _ := s.decls(m.by, m.callee.x, m.callee.sel)
		return len(found) == 1 && slices.ContainsFunc(s.mentions[found[0].pkg.path+"."+m.callee.sel], func(o mentioned) bool {
			return o.by == m.by && o.kind >= accessFill
		})
	case m.arg == fillOnce:
		return s.isOnce(m)
	}
	return true
}

// calledOnce reports whether a function that is given nothing is called once
// only: by a sync.Once, or where what it fills is empty.
func (s *state) calledOnce(f *node) bool {
	sig, ok := s.parse(f.fact.form).(*ast.FuncType)
	if f.fact.kind != kindFunc || !ok || len(sig.Params.List) != 1 {
		return false
	}
	calls := s.mentions[f.name()]
	return len(calls) > 0 && !s.g.linked(f) && !slices.ContainsFunc(calls, func(m mentioned) bool {
		if m.kind != accessFill || m.path != "" {
			return true
		}
		if m.arg == fillOnce {
			return !s.isOnce(m)
		}
		return !slices.ContainsFunc(f.fact.does().accesses, func(a access) bool { return a.mention == m.callee && a.kind >= accessFill })
	})
}

// isOnce reports whether a function is called, or a fill done, by a sync.Once.
func (s *state) isOnce(m mentioned) bool {
	name, path := m.callee.sel, ""
	if m.callee.x != "" {
		name, path = m.callee.x, "."+m.callee.sel
	}
	found, _ := s.decls(m.by, "", name)
	if len(found) != 1 || found[0].fact.kind != kindVar {
		return false
	}
	t := s.typeOf(variable{found[0], found[0].fact.index(name)})
	if path != "" {
		t, _, _ = s.field(t, path[1:], 0)
	}
	t, _ = s.pointee(t)
	std, typ := s.stdName(t)
	return std == "sync" && typ == "Once"
}

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
				if end = strings.IndexAny(path[1:], ".[*=") + 1; end == 0 {
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
		typ := stdResultType(std, sel.Sel.Name)
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
	return basicTypes.has(name)
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
		return basicTypes.has(e.Name)
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
