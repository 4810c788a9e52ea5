package std

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// conversion converts a value.
func (e *env) conversion(c *ast.CallExpr, to types.Type) ref {
	x := c.Args[0]
	from := e.typeOf(x)
	if isInterface(to) && !isInterface(from) {
		return e.converted(x, to)
	}
	isPtr := func(t types.Type) bool {
		b, ok := core(t).(*types.Basic)
		return ok && b.Kind() == types.UnsafePointer
	}
	switch {
	case isPtr(to):
		return ref{val: e.reachable(e.value(x))}
	case isPtr(from):
		return ref{val: e.value(x)}
	}
	if s, ok := core(to).(*types.Slice); ok {
		if _, ok := core(from).(*types.Slice); !ok && e.lib.inert(s.Elem()) && e.lib.inert(from) {
			e.value(x)
			return ref{val: e.only(e.made(c, "bytes", local, to, 0))}
		}
	}
	if a, ok := core(to).(*types.Array); ok {
		if _, isSlice := core(from).(*types.Slice); isSlice { // copies
			at := ref{n: e.pointer(x)}
			n := e.load(e.field(at, element, a.Elem()), a.Elem())
			l := e.made(c, "array", local, to, 0)
			e.edge(n, l.self)
			return ref{l: l}
		}
	}
	at := e.ref(x)
	if _, ok := core(to).(*types.Struct); ok && !types.Identical(from, to) {
		return ref{val: e.load(at, from)} // other fields
	}
	if e.lib.inert(to) {
		e.load(at, from)
		return ref{}
	}
	return ref{val: e.load(at, from)}
}

// builtin evaluates a call of a built-in function.
func (e *env) builtin(c *ast.CallExpr, fun ast.Expr) ref {
	name := ""
	switch x := fun.(type) {
	case *ast.Ident:
		name = x.Name
	case *ast.SelectorExpr:
		name = "unsafe." + x.Sel.Name
	}
	switch name {
	case "len", "cap":
		n := e.value(c.Args[0])
		e.on(n, e.wasRead)
		return ref{}
	case "print", "println", "real", "imag", "complex":
		for _, x := range c.Args {
			e.value(x)
		}
		return ref{}
	case "min", "max":
		n := &node{}
		for _, x := range c.Args {
			e.edge(e.value(x), n)
		}
		return ref{val: n}
	case "make":
		for _, x := range c.Args[1:] {
			e.value(x)
		}
		return ref{val: e.only(e.made(c, "make", local, e.typeOf(c.Args[0]), 0))}
	case "new":
		l := e.made(c, "new", local, e.typeOf(c.Args[0]), 0)
		if !e.lib.info.Types[c.Args[0]].IsType() {
			e.assign(ref{l: l}, c.Args[0], l.typ)
		}
		return ref{val: e.only(l)}
	case "append":
		return e.appends(c)
	case "copy":
		e.copies(e.pointer(c.Args[0]), e.typeOf(c.Args[0]), c.Args[1])
		return ref{}
	case "clear", "delete", "close":
		e.on(e.pointer(c.Args[0]), e.wasWritten)
		for _, x := range c.Args[1:] {
			e.value(x)
		}
		return ref{}
	case "panic":
		t := types.NewInterfaceType(nil, nil)
		e.edge(e.load(e.converted(c.Args[0], t), t), e.panicked.self)
		return ref{}
	case "recover":
		return ref{val: e.panicked.value}
	}
	return e.unsafeBuiltin(c, name)
}

func (e *env) unsafeBuiltin(c *ast.CallExpr, name string) ref {
	switch strings.TrimPrefix(name, "unsafe.") {
	case "Sizeof", "Alignof", "Offsetof":
		return ref{}
	case "Add", "SliceData":
		for _, x := range c.Args[1:] {
			e.value(x)
		}
		return ref{val: e.value(c.Args[0])}
	case "Slice":
		e.value(c.Args[1])
		n := e.pointer(c.Args[0])
		e.on(n, e.collapse)
		return ref{val: n}
	case "String": // shares the bytes
		e.value(c.Args[1])
		e.edge(e.value(c.Args[0]), e.strung)
		return ref{}
	case "StringData":
		e.value(c.Args[0])
		return ref{val: e.only(e.bytesOfStrings)}
	}
	panic(fmt.Sprintf("%s: built-in function %s", e.lib.fset.Position(c.Pos()), name))
}

// appends may write behind the end of the slice, or copy it.
func (e *env) appends(c *ast.CallExpr) ref {
	slice, ok := core(e.typeOf(c.Args[0])).(*types.Slice)
	old := e.pointer(c.Args[0])
	if !ok { // untyped nil
		slice = core(e.typeOf(c)).(*types.Slice)
	}
	if len(c.Args) == 1 {
		return ref{val: old}
	}
	made := e.made(c, "append", local, e.typeOf(c), 0)
	n := &node{}
	e.edge(old, n)
	e.add(n, made)
	elem := slice.Elem()
	fresh := e.field(ref{l: made}, element, elem)
	e.copy(fresh, e.field(ref{n: old}, element, elem), elem)
	if c.Ellipsis.IsValid() {
		e.copies(n, e.typeOf(c), c.Args[1])
		return ref{val: n}
	}
	at := e.field(ref{n: n}, element, elem)
	for _, x := range c.Args[1:] {
		e.assign(at, x, elem)
	}
	return ref{val: n}
}

// copies copies the elements of one slice to another.
func (e *env) copies(dst *node, t types.Type, x ast.Expr) {
	elem := core(t).(*types.Slice).Elem()
	to := e.field(ref{n: dst}, element, elem)
	e.store(to, nil)
	if _, ok := core(e.typeOf(x)).(*types.Slice); !ok { // a string, or either
		e.value(x)
		return
	}
	e.copy(to, e.field(ref{n: e.pointer(x)}, element, elem), elem)
}
