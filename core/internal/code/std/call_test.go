package std

import (
	"go/ast"
	"go/types"
	"strings"
)

// call evaluates a call, a conversion or a built-in function.
func (e *env) call(c *ast.CallExpr) []ref {
	fun := ast.Unparen(c.Fun)
	tv := e.lib.info.Types[fun]
	switch {
	case tv.IsType():
		return []ref{e.conversion(c, tv.Type)}
	case tv.IsBuiltin():
		return []ref{e.builtin(c, fun)}
	}
	sig := core(e.typeOf(fun)).(*types.Signature)
	if fn, ok := e.callee(fun); ok {
		sel, _ := fun.(*ast.SelectorExpr)
		selection := e.lib.info.Selections[sel]
		if selection != nil && selection.Kind() == types.MethodVal {
			at := e.ref(sel.X)
			args, argTypes := e.arguments(c, sig)
			results := e.resultsOf(c, sig)
			e.method(c, at, selection.Recv(), selection.Index(), fn, args, argTypes, results)
			return refs(results)
		}
		args, argTypes := e.arguments(c, sig)
		if selection != nil { // a method expression
			if len(args) > 0 && !isInterface(argTypes[0]) && !isTypeParam(argTypes[0]) {
				results := e.resultsOf(c, sig)
				e.static(c, fn, e.load(args[0], argTypes[0]), args[1:], argTypes[1:], results)
				return refs(results)
			}
			results := e.resultsOf(c, sig)
			e.unknownCall(e.nowhere, args, argTypes, results)
			return refs(results)
		}
		if f, known := e.plain(fn); known {
			e.bind(f, nil, args, argTypes, nil)
			return refs(f.results)
		}
		results := e.resultsOf(c, sig)
		e.static(c, fn, nil, args, argTypes, results)
		return refs(results)
	}
	f := e.value(fun)
	args, argTypes := e.arguments(c, sig)
	results := e.resultsOf(c, sig)
	e.dynamic(f, args, argTypes, results)
	return refs(results)
}

// plain returns a function with a body that no intrinsic stands for.
func (e *env) plain(fn *types.Func) (*function, bool) {
	if intrinsics[fn.Origin().FullName()] != nil || allOf[pathOf(fn)] != nil {
		return nil, false
	}
	f := e.source(fn)
	return f, f != nil
}

// isRuntime reports whether a package is of the run-time system, which is not
// looked into.
func isRuntime(path string) bool {
	switch path {
	case "internal/poll", "syscall", "internal/godebug":
		return true
	}
	return path == "runtime" || strings.HasPrefix(path, "internal/syscall/") || strings.HasPrefix(path, "internal/runtime/") && path != "internal/runtime/maps" || path == "internal/runtime/sys"
}

func pathOf(fn *types.Func) string {
	if fn.Pkg() == nil {
		return ""
	}
	return fn.Pkg().Path()
}

// callee returns the declared function that a call names.
func (e *env) callee(fun ast.Expr) (*types.Func, bool) {
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = ast.Unparen(x.X)
	case *ast.IndexListExpr:
		fun = ast.Unparen(x.X)
	}
	switch x := fun.(type) {
	case *ast.Ident:
		return e.lib.functionOf(x)
	case *ast.SelectorExpr:
		return e.lib.functionOf(x.Sel)
	}
	return nil, false
}

// functionOf returns the function that a name stands for.
func (l *library) functionOf(id *ast.Ident) (*types.Func, bool) {
	fn, ok := l.info.Uses[id].(*types.Func)
	if ok {
		fn = l.linked(fn)
	}
	return fn, ok
}

func refs(locs []*loc) (list []ref) {
	for _, l := range locs {
		list = append(list, ref{l: l})
	}
	return list
}

// resultsOf makes the locations of what a call returns.
func (e *env) resultsOf(c any, sig *types.Signature) (list []*loc) {
	for i, v := range seq(sig.Results()) {
		list = append(list, e.made(c, "result", local, v.Type(), i))
	}
	return list
}

// arguments evaluates those of a call, as its parameters take them.
func (e *env) arguments(c *ast.CallExpr, sig *types.Signature) (args []ref, argTypes []types.Type) {
	var values []ref
	var from []types.Type
	if len(c.Args) == 1 {
		if t, ok := e.typeOf(c.Args[0]).(*types.Tuple); ok {
			values = e.values(c.Args[0])
			for v := range t.Variables() {
				from = append(from, v.Type())
			}
		}
	}
	if values == nil {
		for _, x := range c.Args {
			values, from = append(values, e.ref(x)), append(from, e.typeOf(x))
		}
	}
	n := sig.Params().Len()
	for i := range n {
		t := sig.Params().At(i).Type()
		if sig.Variadic() && i == n-1 && !c.Ellipsis.IsValid() {
			args, argTypes = append(args, e.rest(c, values[min(i, len(values)):], from[min(i, len(values)):], t)), append(argTypes, t)
			continue
		}
		if i < len(values) {
			args, argTypes = append(args, e.passed(c, values[i], from[i], t, i)), append(argTypes, t)
		}
	}
	return args, argTypes
}

func (e *env) passed(c *ast.CallExpr, v ref, from, to types.Type, i int) ref {
	if isInterface(to) && from != nil && !isInterface(from) {
		if b, ok := from.(*types.Basic); ok && b.Kind() == types.UntypedNil {
			return v
		}
		return e.boxNumbered(v, from, c, i)
	}
	return v
}

// rest makes the slice of a variadic parameter.
func (e *env) rest(c *ast.CallExpr, values []ref, from []types.Type, t types.Type) ref {
	s, ok := core(t).(*types.Slice)
	if !ok || len(values) == 0 {
		return ref{}
	}
	l := e.made(c, "rest", local, t, 0)
	at := e.field(ref{l: l}, element, s.Elem())
	for i, v := range values {
		e.copy(at, e.passed(c, v, from[i], s.Elem(), 1000+i), s.Elem())
	}
	return ref{val: e.only(l)}
}

// method calls a method of a value, which may be promoted, or dynamic.
func (e *env) method(by any, at ref, t types.Type, index []int, fn *types.Func, args []ref, argTypes []types.Type, results []*loc) {
	node, _ := by.(ast.Node)
	if node == nil {
		node = ast.NewIdent("method")
	}
	base, bt := e.walk(at, t, index[:len(index)-1], node)
	if isInterface(bt) || isTypeParam(bt) {
		e.dispatch(by, e.load(base, bt), bt, fn, args, argTypes, results)
		return
	}
	if p, ok := types.Unalias(bt).(*types.Pointer); ok && (isTypeParam(p.Elem())) {
		e.dispatch(by, e.load(base, bt), p.Elem(), fn, args, argTypes, results)
		return
	}
	e.static(by, fn, e.receiver(base, bt, fn, by), args, argTypes, results)
}

// dispatch calls a method of what is in an interface.
func (e *env) dispatch(by any, n *node, t types.Type, fn *types.Func, args []ref, argTypes []types.Type, results []*loc) {
	if isTypeParam(t) {
		e.impure["method of a type parameter"] = true
		u := &loc{place: unknown}
		e.unknownCall(u, args, argTypes, results)
		e.edge(n, e.nowhere.self)
		e.on(n, func(l *loc) {
			if l.place == top || l.place == deep {
				e.called[l] = true
			}
		})
		return
	}
	e.on(n, func(l *loc) {
		if l.place != boxed {
			if l.place == local || l.place == global {
				if e.unboxed(l, site{by, "unboxed", nil, 0}, fn, args, argTypes, results) {
					return
				}
				e.edge(e.only(l), e.nowhere.self)
			}
			e.unknownCall(l, args, argTypes, results)
			return
		}
		if isTypeParam(l.typ) || nested(by) > 4 { // an interface that embeds itself
			e.edge(l.value, e.nowhere.self)
			e.unknownCall(l, args, argTypes, results)
			return
		}
		obj, index, _ := types.LookupFieldOrMethod(l.typ, true, fn.Pkg(), fn.Name())
		if m, ok := obj.(*types.Func); ok {
			e.method(site{by, "dispatch", l.typ, 0}, ref{l: l}, l.typ, index, m, args, argTypes, results)
		}
	})
}

// nested counts through how many embedded interfaces a call has gone.
func nested(by any) int {
	s, ok := by.(site)
	if !ok {
		return 0
	}
	return 1 + nested(s.at)
}

// unboxed calls a method of what reflection has put into an interface. It is of
// the type of what lies there; that is not known where reflection has made the
// memory too, as a copy of something that its user gave it.
func (e *env) unboxed(l *loc, by site, fn *types.Func, args []ref, argTypes []types.Type, results []*loc) bool {
	if l.typ == nil {
		e.called[l] = true
		for i, a := range args {
			e.edge(e.load(a, argTypes[i]), e.nowhere.self)
		}
		for _, r := range results {
			e.edge(e.nowhere.value, r.self)
		}
		return true
	}
	if s, ok := l.typ.(*types.Slice); ok && e.lib.inert(s.Elem()) {
		return true // has no methods
	}
	if !e.lib.inert(l.typ) {
		return false
	}
	obj, index, _ := types.LookupFieldOrMethod(l.typ, true, fn.Pkg(), fn.Name())
	if m, ok := obj.(*types.Func); ok {
		by.typ = l.typ
		e.method(by, ref{l: l}, l.typ, index, m, args, argTypes, results)
	}
	return true
}

// static calls a declared function.
func (e *env) static(by any, fn *types.Func, recv *node, args []ref, argTypes []types.Type, results []*loc) {
	name := fn.Origin().FullName()
	if f := intrinsics[name]; f != nil {
		f(&primitive{e, by, fn, recv, args, argTypes, results})
		return
	}
	if f := allOf[pathOf(fn)]; f != nil {
		f(&primitive{e, by, fn, recv, args, argTypes, results})
		return
	}
	if f := e.source(fn); f != nil {
		if recv == nil && f.recv != nil {
			recv = &node{}
		}
		e.bind(f, recv, args, argTypes, results)
		return
	}
	e.bodiless(name, recv, args, argTypes, results)
}

// source returns a function to look into.
func (e *env) source(fn *types.Func) *function {
	if isRuntime(pathOf(fn)) || strings.HasPrefix(fn.FullName(), "(*os.File).") {
		return nil
	}
	return e.function(fn)
}

// bodiless calls a function without a body: assembly, or one of the run-time
// system. It may do anything.
func (e *env) bodiless(name string, recv *node, args []ref, argTypes []types.Type, results []*loc) {
	e.impure["calls "+name] = true
	worst := func(n *node) {
		n = e.reachable(n)
		e.on(n, e.wasWritten)
		e.edge(n, e.nowhere.self)
		e.edge(e.nowhere.value, n)
		for _, l := range results {
			e.edge(n, l.self)
		}
	}
	worst(recv)
	for i, a := range args {
		worst(e.load(a, argTypes[i]))
	}
	for _, l := range results {
		e.edge(e.nowhere.value, l.self)
	}
}

// dynamic calls function values.
func (e *env) dynamic(f *node, args []ref, argTypes []types.Type, results []*loc) {
	e.on(f, func(l *loc) {
		switch l.place {
		case code:
			if l.fn.fn != nil && (intrinsics[l.fn.fn.FullName()] != nil || allOf[pathOf(l.fn.fn)] != nil) {
				e.static(l, l.fn.fn, l.recv, args, argTypes, results)
				return
			}
			e.bind(l.fn, l.recv, args, argTypes, results)
		case boxed:
		case local, global: // through unsafe
			if l == e.typeData {
				return // compares or hashes
			}
			e.edge(e.only(l), e.nowhere.self)
			e.unknownCall(l, args, argTypes, results)
		default:
			e.unknownCall(l, args, argTypes, results)
		}
	})
}
