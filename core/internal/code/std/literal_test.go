package std

import (
	"fmt"
	"go/ast"
	"go/types"
)

// composite fills a location with the elements of a literal.
func (e *env) composite(at ref, x *ast.CompositeLit) {
	t := e.typeOf(x)
	if p, ok := core(t).(*types.Pointer); ok { // &T left out
		t = p.Elem()
	}
	switch u := core(t).(type) {
	case *types.Struct:
		for i, elt := range x.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				f := e.lib.info.Uses[kv.Key.(*ast.Ident)].(*types.Var)
				e.fill(e.field(at, f.Origin(), f.Type()), kv.Value, f.Type())
				continue
			}
			f := u.Field(i)
			e.fill(e.field(at, f.Origin(), f.Type()), elt, f.Type())
		}
	case *types.Array:
		e.elements(at, x, nil, u.Elem())
	case *types.Slice:
		e.elements(at, x, nil, u.Elem())
	case *types.Map:
		e.elements(at, x, u.Key(), u.Elem())
	default:
		panic(fmt.Sprintf("%s: literal of %v", e.lib.fset.Position(x.Pos()), t))
	}
}

func (e *env) elements(at ref, x *ast.CompositeLit, key, elem types.Type) {
	for _, elt := range x.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if key != nil {
				e.element(e.field(at, mapKey, key), kv.Key, key)
			}
			elt = kv.Value
		}
		e.element(e.field(at, element, elem), elt, elem)
	}
}

// element is an element of a literal: {…} may stand for &T{…}.
func (e *env) element(at ref, x ast.Expr, t types.Type) {
	lit, ok := x.(*ast.CompositeLit)
	if p, isPtr := core(t).(*types.Pointer); ok && isPtr && lit.Type == nil {
		l := e.made(lit, "new", local, p.Elem(), 0)
		e.composite(ref{l: l}, lit)
		e.filled(func() { e.store(at, e.only(l)) })
		return
	}
	e.fill(at, x, t)
}

// fill is assign of memory that nobody knows yet: that is no write.
func (e *env) fill(at ref, x ast.Expr, t types.Type) {
	if lit, ok := ast.Unparen(x).(*ast.CompositeLit); ok && isComposite(t) {
		e.composite(at, lit)
		return
	}
	v := e.converted(x, t)
	e.filled(func() { e.copy(at, v, t) })
}

func (e *env) filled(f func()) {
	was := e.filling
	e.filling = true
	f()
	e.filling = was
}

// isComposite reports whether values of a type have parts in place.
func isComposite(t types.Type) bool {
	if isInterface(t) {
		return false
	}
	switch core(t).(type) {
	case *types.Struct, *types.Array:
		return true
	}
	return false
}

// assign stores the value of an expression where a value of a type lies.
func (e *env) assign(at ref, x ast.Expr, t types.Type) {
	if lit, ok := ast.Unparen(x).(*ast.CompositeLit); ok && isComposite(t) {
		e.store(at, nil)
		e.composite(at, lit)
		return
	}
	e.copy(at, e.converted(x, t), t)
}

// converted evaluates an expression for a variable of a type: in an interface
// what is none is boxed.
func (e *env) converted(x ast.Expr, t types.Type) ref {
	return e.box(e.ref(x), e.typeOf(x), t, x)
}

func (e *env) box(at ref, from, to types.Type, by ast.Node) ref {
	if !isInterface(to) || from == nil || isInterface(from) {
		return at
	}
	if b, ok := from.(*types.Basic); ok {
		if b.Kind() == types.UntypedNil {
			return at
		}
		from = types.Default(from)
	}
	l := e.made(by, "box", boxed, from, 0)
	e.filled(func() { e.copy(ref{l: l}, at, from) })
	return ref{val: e.only(l)}
}

// assert returns what a type assertion yields.
func (e *env) assert(n *node, t types.Type) *node {
	if n == nil {
		return nil
	}
	if isInterface(t) {
		return n
	}
	if e.lib.inert(t) {
		return nil
	}
	found := &node{}
	e.on(n, func(l *loc) {
		switch {
		case l.place != boxed:
			e.add(found, l)
		case types.Identical(l.typ, t) || isTypeParam(l.typ) || isTypeParam(t) || mentionsTypeParam(l.typ) || mentionsTypeParam(t):
			e.edge(l.value, found)
		}
	})
	return found
}

func mentionsTypeParam(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Pointer:
		return mentionsTypeParam(t.Elem())
	case *types.Slice:
		return mentionsTypeParam(t.Elem())
	case *types.Array:
		return mentionsTypeParam(t.Elem())
	case *types.Chan:
		return mentionsTypeParam(t.Elem())
	case *types.Map:
		return mentionsTypeParam(t.Key()) || mentionsTypeParam(t.Elem())
	case *types.Named:
		return t.TypeArgs().Len() > 0
	}
	return false
}
