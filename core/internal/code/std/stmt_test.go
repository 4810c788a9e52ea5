package std

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

func (e *env) stmts(list []ast.Stmt) {
	for _, s := range list {
		e.stmt(s)
	}
}

func (e *env) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case nil, *ast.EmptyStmt, *ast.BranchStmt:
	case *ast.BlockStmt:
		e.stmts(s.List)
	case *ast.ExprStmt:
		e.ref(s.X)
	case *ast.AssignStmt:
		e.assignment(s)
	case *ast.IncDecStmt:
		e.store(e.ref(s.X), nil)
	case *ast.DeclStmt:
		e.declaration(s.Decl.(*ast.GenDecl))
	case *ast.ReturnStmt:
		e.returns(s)
	case *ast.IfStmt:
		e.stmt(s.Init)
		e.value(s.Cond)
		e.conditional(s)
	case *ast.ForStmt:
		e.stmt(s.Init)
		e.inAnyOrder(s, func() {
			if s.Cond != nil {
				e.value(s.Cond)
			}
			e.stmt(s.Body)
			e.again()
			e.stmt(s.Post)
		})
	case *ast.RangeStmt:
		e.inAnyOrder(s, func() { e.ranges(s) })
	case *ast.SwitchStmt:
		e.stmt(s.Init)
		if s.Tag != nil {
			e.value(s.Tag)
		}
		e.inAnyOrder(s.Body, func() { e.stmt(s.Body) })
	case *ast.TypeSwitchStmt:
		e.stmt(s.Init)
		e.inAnyOrder(s.Body, func() { e.typeSwitch(s) })
	case *ast.CaseClause:
		e.again()
		for _, x := range s.List {
			e.value(x)
		}
		e.stmts(s.Body)
	case *ast.SelectStmt:
		e.impure["select"] = true
		e.inAnyOrder(s.Body, func() { e.stmt(s.Body) })
	case *ast.CommClause:
		e.again()
		e.stmt(s.Comm)
		e.stmts(s.Body)
	case *ast.SendStmt:
		e.impure["channels"] = true
		t := core(e.typeOf(s.Chan)).(*types.Chan)
		e.assign(e.field(ref{n: e.pointer(s.Chan)}, element, t.Elem()), s.Value, t.Elem())
		if e.lib.inert(t.Elem()) {
			e.on(e.pointer(s.Chan), e.wasWritten)
		}
	case *ast.LabeledStmt:
		e.inAnyOrder(s, func() { e.stmt(s.Stmt) })
	case *ast.DeferStmt:
		e.call(s.Call)
	case *ast.GoStmt:
		e.goroutine(s.Call)
	default:
		panic(fmt.Sprintf("%s: statement %T", e.lib.fset.Position(s.Pos()), s))
	}
}

// goroutine may outlive the call: it keeps what it is given.
func (e *env) goroutine(c *ast.CallExpr) {
	e.impure["goroutines"] = true
	e.call(c)
	for _, x := range append([]ast.Expr{c.Fun}, c.Args...) {
		if tv := e.lib.info.Types[x]; tv.IsBuiltin() || tv.IsType() {
			continue
		}
		if sel, ok := ast.Unparen(x).(*ast.SelectorExpr); ok && e.lib.info.Selections[sel] != nil {
			e.edge(e.address(e.ref(sel.X), sel, e.typeOf(sel.X)), e.running)
			e.edge(e.value(sel.X), e.running)
			continue
		}
		e.edge(e.value(x), e.running)
	}
}

func (e *env) assignment(s *ast.AssignStmt) {
	if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
		val := e.value(s.Rhs[0])
		e.store(e.ref(s.Lhs[0]), val) // of uintptr, that is of a pointer
		return
	}
	if len(s.Lhs) == len(s.Rhs) {
		e.setAll(s.Lhs, s.Rhs)
		return
	}
	values, of := e.values(s.Rhs[0]), e.valueTypes(s.Rhs[0])
	for i, x := range s.Lhs {
		if i < len(values) && i < len(of) {
			e.setTo(x, values[i], of[i], s.Rhs[0], i)
		}
	}
}

// setAll assigns several values: all are evaluated before the first is set.
func (e *env) setAll(list, values []ast.Expr) {
	if len(list) == 1 {
		e.set(list[0], values[0])
		return
	}
	var found []ref
	for i, x := range values {
		t := e.typeOf(x)
		if id, ok := list[i].(*ast.Ident); !ok || id.Name != "_" {
			t = e.typeOf(list[i])
		}
		at := e.converted(x, t)
		if at.val == nil && !isComposite(t) {
			at = ref{val: e.load(at, t)}
		}
		found = append(found, at)
	}
	for i, x := range list {
		if at, t, ok := e.place(x); ok {
			e.copy(at, found[i], t)
		}
	}
}

// conditional walks the ways of an if statement; one that a constant closes is
// left out.
func (e *env) conditional(s *ast.IfStmt) {
	then := func() bool { e.stmt(s.Body); return ends(e.lib, s.Body) }
	v := e.lib.info.Types[s.Cond].Value
	if v != nil {
		if constant.BoolVal(v) {
			e.stmt(s.Body)
		} else {
			e.stmt(s.Else)
		}
		return
	}
	if s.Else == nil {
		e.branches(false, then)
		return
	}
	e.branches(true, then, func() bool {
		e.stmt(s.Else)
		b, ok := s.Else.(*ast.BlockStmt)
		return ok && ends(e.lib, b)
	})
}

// place evaluates the left side of an assignment; none for the blank one.
func (e *env) place(x ast.Expr) (ref, types.Type, bool) {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		if id.Name == "_" {
			return ref{}, nil, false
		}
		v := e.lib.info.ObjectOf(id).(*types.Var)
		return ref{l: e.next(v)}, v.Type(), true
	}
	at := e.ref(x)
	e.mapKeys(x)
	return at, e.typeOf(x), true
}

// mapKeys stores the key of an element of a map that is assigned.
func (e *env) mapKeys(x ast.Expr) {
	if ix, ok := ast.Unparen(x).(*ast.IndexExpr); ok {
		if m, ok := core(e.typeOf(ix.X)).(*types.Map); ok {
			e.assign(e.field(ref{n: e.pointer(ix.X)}, mapKey, m.Key()), ix.Index, m.Key())
		}
	}
}

func (e *env) set(x, value ast.Expr) {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok && id.Name != "_" && !isComposite(e.lib.info.ObjectOf(id).Type()) {
		t := e.lib.info.ObjectOf(id).Type()
		v := e.converted(value, t) // before there is a new version
		n := e.load(v, t)
		at, _, _ := e.place(x)
		e.store(at, n)
		return
	}
	at, t, ok := e.place(x)
	if !ok {
		e.value(value)
		return
	}
	e.assign(at, value, t)
}

func (e *env) setTo(x ast.Expr, value ref, from types.Type, by ast.Node, i int) {
	at, t, ok := e.place(x)
	if !ok {
		return
	}
	if isInterface(t) && !isInterface(from) {
		value = e.boxNumbered(value, from, by, i)
	}
	e.copy(at, value, t)
}

func (e *env) boxNumbered(value ref, from types.Type, by ast.Node, i int) ref {
	l := e.made(by, "box of results", boxed, types.Default(from), i)
	e.copy(ref{l: l}, value, from)
	return ref{val: e.only(l)}
}

func (e *env) declaration(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || d.Tok == token.CONST {
			continue
		}
		switch {
		case len(v.Values) == len(v.Names):
			for i, name := range v.Names {
				e.set(name, v.Values[i])
			}
		case len(v.Values) == 1:
			values, of := e.values(v.Values[0]), e.valueTypes(v.Values[0])
			for i, name := range v.Names {
				if i < len(values) {
					e.setTo(name, values[i], of[i], v.Values[0], i)
				}
			}
		}
	}
}

func (e *env) returns(s *ast.ReturnStmt) {
	results := e.f.results
	if len(s.Results) == 0 {
		for v, l := range e.f.named() {
			if now := e.current(v); now != l {
				e.edge(now.value, l.self)
			}
		}
		return
	}
	if len(s.Results) == len(results) {
		for i, x := range s.Results {
			e.assign(ref{l: results[i]}, x, results[i].typ)
		}
		return
	}
	if len(s.Results) == 1 {
		values, of := e.values(s.Results[0]), e.valueTypes(s.Results[0])
		for i, l := range results {
			if i >= len(values) {
				continue
			}
			v := values[i]
			if isInterface(l.typ) && !isInterface(of[i]) {
				v = e.boxNumbered(v, of[i], s, i)
			}
			e.copy(ref{l: l}, v, l.typ)
		}
	}
}

// named returns the results of a function that have names.
func (f *function) named() map[*types.Var]*loc {
	found := map[*types.Var]*loc{}
	for i, v := range seq(f.sig.Results()) {
		if v.Name() != "" && v.Name() != "_" {
			found[v] = f.results[i]
		}
	}
	return found
}

func (e *env) typeSwitch(s *ast.TypeSwitchStmt) {
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		x = a.X
	case *ast.AssignStmt:
		x = a.Rhs[0]
	}
	n := e.value(ast.Unparen(x).(*ast.TypeAssertExpr).X)
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		e.again()
		if v, ok := e.lib.info.Implicits[c].(*types.Var); ok {
			t := v.Type()
			e.copy(ref{l: e.variable(v)}, ref{val: e.assert(n, t)}, t)
		}
		e.stmts(c.Body)
	}
}

func (e *env) ranges(s *ast.RangeStmt) {
	set := func(x ast.Expr, at ref, t types.Type, i int) {
		if x != nil {
			e.setTo(x, at, t, s, i)
		}
	}
	t := e.typeOf(s.X)
	switch u := core(t).(type) {
	case *types.Basic:
		e.value(s.X)
		set(s.Key, ref{}, types.Typ[types.Int], 0)
		set(s.Value, ref{}, types.Typ[types.Rune], 1)
	case *types.Slice:
		set(s.Key, ref{}, types.Typ[types.Int], 0)
		at := e.field(ref{n: e.pointer(s.X)}, element, u.Elem())
		e.load(at, u.Elem())
		set(s.Value, at, u.Elem(), 1)
	case *types.Array:
		set(s.Key, ref{}, types.Typ[types.Int], 0)
		set(s.Value, e.field(e.ref(s.X), element, u.Elem()), u.Elem(), 1)
	case *types.Pointer:
		elem := u.Elem().Underlying().(*types.Array).Elem()
		set(s.Key, ref{}, types.Typ[types.Int], 0)
		set(s.Value, e.field(ref{n: e.pointer(s.X)}, element, elem), elem, 1)
	case *types.Map:
		n := e.pointer(s.X)
		set(s.Key, e.field(ref{n: n}, mapKey, u.Key()), u.Key(), 0)
		set(s.Value, e.field(ref{n: n}, element, u.Elem()), u.Elem(), 1)
	case *types.Chan:
		e.impure["channels"] = true
		n := e.pointer(s.X)
		e.on(n, e.wasWritten)
		set(s.Key, e.field(ref{n: n}, element, u.Elem()), u.Elem(), 0)
	case *types.Signature:
		e.rangeFunc(s, u, set)
	default:
		panic(fmt.Sprintf("%s: range over %v", e.lib.fset.Position(s.Pos()), t))
	}
	e.stmt(s.Body)
}

// rangeFunc calls an iterator with the body of the statement.
func (e *env) rangeFunc(s *ast.RangeStmt, sig *types.Signature, set func(ast.Expr, ref, types.Type, int)) {
	yield := core(sig.Params().At(0).Type()).(*types.Signature)
	l := e.made(s, "yield", code, sig.Params().At(0).Type(), 0)
	if l.fn == nil {
		l.fn = &function{sig: yield, yield: func(args []ref) {
			for i, x := range []ast.Expr{s.Key, s.Value} {
				if x != nil && i < len(args) && i < yield.Params().Len() {
					set(x, args[i], yield.Params().At(i).Type(), i)
				}
			}
		}}
		// The body holds the variables around it.
		ast.Inspect(s, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if v, ok := e.lib.info.ObjectOf(id).(*types.Var); ok && !v.IsField() && v.Parent() != nil && (v.Pkg() == nil || v.Parent() != v.Pkg().Scope()) {
					e.add(l.self, e.variable(v))
				}
			}
			return true
		})
	}
	arg := ref{val: e.only(l)}
	e.dynamic(e.value(s.X), []ref{arg}, []types.Type{sig.Params().At(0).Type()}, nil)
}
