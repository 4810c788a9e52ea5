package std

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// An env is a function whose syntax is walked; none for the value of a package
// variable.
type env struct {
	*run
	lib *library
	f   *function

	has   map[*types.Var]bool // that have versions
	cur   map[*types.Var]*loc
	joins []*join
	head  map[*types.Var]*loc // at the innermost statement whose parts come in any order
}

// core returns the type that all types of a type parameter's constraint have
// below them, else what is below a type.
func core(t types.Type) types.Type {
	p, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return t.Underlying()
	}
	var found types.Type
	var visit func(t types.Type) bool
	visit = func(t types.Type) bool {
		switch t := types.Unalias(t).(type) {
		case *types.Union:
			for term := range t.Terms() {
				if !visit(term.Type()) {
					return false
				}
			}
			return true
		}
		if i, ok := t.Underlying().(*types.Interface); ok {
			for n := range i.NumEmbeddeds() {
				if !visit(i.EmbeddedType(n)) {
					return false
				}
			}
			return true
		}
		if found != nil && !types.Identical(found, t.Underlying()) {
			return false
		}
		found = t.Underlying()
		return true
	}
	if !visit(p.Constraint()) || found == nil {
		return t.Underlying()
	}
	return found
}

func isTypeParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

func isInterface(t types.Type) bool { return t != nil && types.IsInterface(t) && !isTypeParam(t) }

func (e *env) typeOf(x ast.Expr) types.Type {
	if tv, ok := e.lib.info.Types[x]; ok {
		return tv.Type
	}
	if id, ok := x.(*ast.Ident); ok {
		if obj := e.lib.info.ObjectOf(id); obj != nil {
			return obj.Type()
		}
	}
	return nil
}

// value evaluates an expression.
func (e *env) value(x ast.Expr) *node {
	at := e.ref(x)
	if t := e.typeOf(x); t != nil {
		return e.load(at, t)
	}
	return at.val
}

// ref evaluates an expression to where its value lies, if it lies somewhere.
func (e *env) ref(x ast.Expr) ref {
	if tv, ok := e.lib.info.Types[x]; ok && (tv.Value != nil || tv.IsNil()) {
		return ref{}
	}
	switch x := x.(type) {
	case *ast.ParenExpr:
		return e.ref(x.X)
	case *ast.BasicLit:
		return ref{}
	case *ast.Ident:
		return e.ident(x)
	case *ast.SelectorExpr:
		return e.selector(x)
	case *ast.StarExpr:
		return ref{n: e.pointer(x.X)}
	case *ast.IndexExpr:
		return e.index(x)
	case *ast.IndexListExpr:
		return e.ref(x.X)
	case *ast.SliceExpr:
		return e.slice(x)
	case *ast.UnaryExpr:
		return e.unary(x)
	case *ast.BinaryExpr:
		a, b := e.value(x.X), e.value(x.Y)
		if e.lib.inert(e.typeOf(x)) {
			return ref{}
		}
		n := &node{}
		e.edge(a, n)
		e.edge(b, n)
		return ref{val: n}
	case *ast.CompositeLit:
		l := e.made(x, "literal", local, e.typeOf(x), 0)
		e.composite(ref{l: l}, x)
		switch core(e.typeOf(x)).(type) {
		case *types.Slice, *types.Map:
			return ref{val: e.only(l)}
		}
		return ref{l: l}
	case *ast.FuncLit:
		return ref{val: e.only(e.closure(x))}
	case *ast.TypeAssertExpr:
		return ref{val: e.assert(e.value(x.X), e.typeOf(x.Type))}
	case *ast.CallExpr:
		if results := e.call(x); len(results) > 0 {
			return results[0]
		}
		return ref{}
	}
	if tv, ok := e.lib.info.Types[x]; ok && tv.IsType() {
		return ref{}
	}
	panic(fmt.Sprintf("%s: expression %T", e.lib.fset.Position(x.Pos()), x))
}

// pointer evaluates a pointer; its load is never left out.
func (e *env) pointer(x ast.Expr) *node {
	n := e.value(x)
	if n == nil {
		n = &node{}
	}
	return n
}

func (e *env) ident(x *ast.Ident) ref {
	switch obj := e.lib.info.ObjectOf(x).(type) {
	case *types.Var:
		return ref{l: e.current(obj)}
	case *types.Func:
		return ref{val: e.only(e.funcValue(obj, x))}
	}
	return ref{}
}

// funcValue returns a declared function as a value.
func (e *env) funcValue(fn *types.Func, at any) *loc {
	l := e.made(fn.Origin(), "function", code, fn.Type(), 0)
	if l.fn == nil {
		l.fn = e.source(fn)
		if l.fn == nil { // without a body: calls of it are not known
			l.place = unknown
		}
	}
	return l
}

// closure returns a literal as a value, which holds the variables around it.
func (e *env) closure(x *ast.FuncLit) *loc {
	l := e.made(x, "literal", code, e.typeOf(x), 0)
	if l.fn != nil {
		return l
	}
	l.fn = e.literal(x)
	ast.Inspect(x, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := e.lib.info.Uses[id].(*types.Var); ok && !v.IsField() && (v.Pos() < x.Pos() || v.Pos() >= x.End()) && v.Parent() != nil && (v.Pkg() == nil || v.Parent() != v.Pkg().Scope()) {
				e.add(l.self, e.variable(v))
			}
		}
		return true
	})
	return l
}

func (e *env) selector(x *ast.SelectorExpr) ref {
	sel := e.lib.info.Selections[x]
	if sel == nil {
		return e.ident(x.Sel) // of a package
	}
	switch sel.Kind() {
	case types.FieldVal:
		at, _ := e.walk(e.ref(x.X), sel.Recv(), sel.Index(), x)
		return at
	case types.MethodExpr:
		fn := sel.Obj().(*types.Func)
		if isInterface(sel.Recv()) || isTypeParam(sel.Recv()) {
			return ref{val: e.only(e.nowhere)}
		}
		return ref{val: e.only(e.funcValue(fn, x))}
	}
	// A method value.
	fn := sel.Obj().(*types.Func)
	base, t := e.walk(e.ref(x.X), sel.Recv(), sel.Index()[:len(sel.Index())-1], x)
	l := e.made(x, "method", code, e.typeOf(x), 0)
	if isInterface(t) || isTypeParam(t) {
		// Bound to what is in an interface: as if handed to code that is not known.
		n := e.load(base, t)
		e.edge(n, e.nowhere.self)
		e.on(n, func(l *loc) {
			if l.place == top || l.place == deep {
				e.called[l] = true
			}
		})
		return ref{val: e.only(e.nowhere)}
	}
	if l.fn == nil {
		l.fn = e.source(fn)
		l.recv = &node{}
		e.edge(l.recv, l.self)
		if l.fn == nil {
			l.place = unknown
		}
	}
	e.edge(e.receiver(base, t, fn, x), l.recv)
	return ref{val: e.only(l)}
}

// walk follows fields from a value, through pointers that are embedded.
func (e *env) walk(at ref, t types.Type, index []int, by ast.Node) (ref, types.Type) {
	for _, i := range index {
		if p, ok := core(t).(*types.Pointer); ok {
			n := e.load(at, t)
			if n == nil {
				n = &node{}
			}
			at, t = ref{n: n}, p.Elem()
		}
		s, ok := core(t).(*types.Struct)
		if !ok {
			panic(fmt.Sprintf("%s: field of %v", e.lib.fset.Position(by.Pos()), t))
		}
		f := s.Field(i)
		at, t = e.field(at, f.Origin(), f.Type()), f.Type()
	}
	return at, t
}

// receiver returns what the receiver of a method is set to.
func (e *env) receiver(base ref, t types.Type, fn *types.Func, by any) *node {
	want := fn.Type().(*types.Signature).Recv().Type()
	_, isPtr := types.Unalias(t).(*types.Pointer)
	_, wantPtr := types.Unalias(want).(*types.Pointer)
	switch {
	case wantPtr && !isPtr:
		return e.address(base, site{by, "receiver", nil, 0}, t)
	case !wantPtr && isPtr:
		return e.load(ref{n: e.load(base, t)}, want)
	}
	return e.load(base, t)
}

func (e *env) index(x *ast.IndexExpr) ref {
	if tv := e.lib.info.Types[x.Index]; tv.IsType() {
		return e.ref(x.X) // an instance
	}
	t := e.typeOf(x.X)
	e.value(x.Index)
	switch u := core(t).(type) {
	case *types.Slice:
		return e.field(ref{n: e.pointer(x.X)}, element, u.Elem())
	case *types.Map:
		if isInterface(u.Key()) {
			e.converted(x.Index, u.Key())
		}
		return e.field(ref{n: e.pointer(x.X)}, element, u.Elem())
	case *types.Pointer:
		return e.field(ref{n: e.pointer(x.X)}, element, u.Elem().Underlying().(*types.Array).Elem())
	case *types.Array:
		return e.field(e.ref(x.X), element, u.Elem())
	case *types.Basic:
		e.value(x.X)
		return ref{}
	}
	e.value(x.X)
	if isTypeParam(t) { // strings and byte slices
		return e.field(ref{n: e.pointer(x.X)}, element, e.typeOf(x))
	}
	panic(fmt.Sprintf("%s: index of %v", e.lib.fset.Position(x.Pos()), t))
}

func (e *env) slice(x *ast.SliceExpr) ref {
	for _, i := range []ast.Expr{x.Low, x.High, x.Max} {
		if i != nil {
			e.value(i)
		}
	}
	if x.Max != nil && isZero(e.lib.info.Types[x.Max]) {
		e.value(x.X)
		return ref{} // no memory
	}
	if a, ok := core(e.typeOf(x.X)).(*types.Array); ok {
		return ref{val: e.address(e.ref(x.X), x, a)}
	}
	return ref{val: e.value(x.X)}
}

func isZero(tv types.TypeAndValue) bool {
	return tv.Value != nil && tv.Value.Kind() == constant.Int && constant.Sign(tv.Value) == 0
}

func (e *env) unary(x *ast.UnaryExpr) ref {
	switch x.Op {
	case token.AND:
		if lit, ok := ast.Unparen(x.X).(*ast.CompositeLit); ok {
			l := e.made(lit, "new", local, e.typeOf(lit), 0)
			switch core(e.typeOf(lit)).(type) {
			case *types.Slice, *types.Map:
				e.edge(e.value(lit), l.self)
			default:
				e.composite(ref{l: l}, lit)
			}
			return ref{val: e.only(l)}
		}
		return ref{val: e.address(e.ref(x.X), x, e.typeOf(x.X))}
	case token.ARROW:
		e.impure["channels"] = true
		n := e.pointer(x.X)
		e.on(n, func(l *loc) { e.wasWritten(l) })
		return e.field(ref{n: n}, element, e.typeOf(x))
	}
	return ref{val: e.value(x.X)}
}

// values evaluates what may have several values.
func (e *env) values(x ast.Expr) []ref {
	switch x := ast.Unparen(x).(type) {
	case *ast.CallExpr:
		return e.call(x)
	case *ast.UnaryExpr:
		return []ref{e.ref(x), {}}
	case *ast.IndexExpr, *ast.TypeAssertExpr:
		return []ref{e.ref(x), {}}
	}
	return []ref{e.ref(x)}
}

// valueTypes returns the types of values.
func (e *env) valueTypes(x ast.Expr) (list []types.Type) {
	if t, ok := e.typeOf(x).(*types.Tuple); ok {
		for v := range t.Variables() {
			list = append(list, v.Type())
		}
		return list
	}
	return []types.Type{e.typeOf(x)}
}
