package std

import (
	"go/types"
)

// unknownCall is one of code that is not known.
func (r *run) unknownCall(of *loc, args []ref, argTypes []types.Type, results []*loc) {
	switch of.place {
	case top, deep:
		r.called[of] = true
	default:
		r.impure[callsUnknown] = true
	}
	for i, a := range args {
		r.edge(r.load(a, argTypes[i]), r.nowhere.self)
	}
	for _, l := range results {
		r.edge(r.nowhere.value, l.self)
	}
}

// escape is done with all that code which is not known gets hold of: it can
// use the exported fields, and call the exported methods.
func (r *run) escape(l *loc) {
	if r.escaped[l] {
		return
	}
	r.escaped[l] = true
	switch l.place {
	case top, deep, unknown:
	case code:
		r.openCall(l.fn, l.recv)
	case boxed:
		r.expose(l, l.typ)
		r.openMethods(l, l.typ)
	default:
		if l.root.place == global {
			r.reads[l.root.v] = true
			if !r.lib.fixed(r.level, l.root.v) {
				r.writes[l.root.v] = true
			}
		}
		r.expose(l, l.typ)
		if l.typ != nil {
			p := r.made(l, "pointer", boxed, types.NewPointer(l.typ), 0)
			r.add(p.self, l)
			r.openMethods(p, types.NewPointer(l.typ))
		}
	}
}

func (r *run) expose(l *loc, t types.Type) {
	if r.pointerFree(l) {
		return
	}
	if t != nil && !l.root.collapsed {
		if _, ok := types.Unalias(t).(*types.TypeParam); !ok {
			if u, ok := t.Underlying().(*types.Struct); ok {
				r.edge(l.up, r.nowhere.self)
				for f := range u.Fields() {
					if (f.Exported() || f.Embedded()) && !r.lib.inert(f.Type()) {
						r.expose(r.sub(l, f.Origin(), f.Type()), f.Type())
					}
				}
				return
			}
		}
	}
	r.edge(l.value, r.nowhere.self)
	if l.place != boxed {
		r.edge(r.nowhere.value, l.self)
	}
}

// pointerFree reports whether a location can hold no pointers: the garbage
// collector would not know of them.
func (r *run) pointerFree(l *loc) bool {
	if l.place != local || l.typ == nil {
		return false
	}
	if l.array {
		return r.lib.inert(core(l.typ).(*types.Slice).Elem())
	}
	return r.lib.inert(l.typ)
}

// openMethods calls all exported methods of a type, with arguments that are
// not known.
func (r *run) openMethods(l *loc, t types.Type) {
	if types.IsInterface(t) || r.lib.isTypeData(t) {
		return
	}
	set := types.NewMethodSet(t)
	for sel := range set.Methods() {
		fn := sel.Obj().(*types.Func)
		if !fn.Exported() {
			continue
		}
		n := fn.Type().(*types.Signature)
		var results []*loc
		for i, v := range seq(n.Results()) {
			results = append(results, r.made(l, "open "+fn.Name(), local, v.Type(), i))
		}
		e := &env{run: r, lib: r.lib}
		args, argTypes := r.unknownArgs(n)
		e.method(l, ref{l: l}, t, sel.Index(), fn, args, argTypes, results)
		r.giveOut(results)
	}
}

func (r *run) unknownArgs(sig *types.Signature) (args []ref, argTypes []types.Type) {
	for v := range sig.Params().Variables() {
		args, argTypes = append(args, ref{val: r.nowhere.value}), append(argTypes, v.Type())
	}
	return args, argTypes
}

func (r *run) openCall(f *function, recv *node) {
	if f == nil {
		return
	}
	args, argTypes := r.unknownArgs(f.sig)
	r.bind(f, recv, args, argTypes, nil)
	r.giveOut(f.results)
}

func (r *run) giveOut(results []*loc) {
	for _, l := range results {
		if !r.lib.inert(l.typ) {
			r.edge(l.value, r.nowhere.self)
		}
	}
}

// bind hands arguments to a function and its results to locations.
func (r *run) bind(f *function, recv *node, args []ref, argTypes []types.Type, results []*loc) {
	if f.yield != nil {
		f.yield(args)
		return
	}
	if f.recv != nil && recv != nil {
		r.edge(recv, f.recv.self)
	}
	if f.recv != nil && recv == nil && len(args) > 0 && len(args) == len(f.params)+1 { // a method expression
		r.copy(ref{l: f.recv}, args[0], argTypes[0])
		args, argTypes = args[1:], argTypes[1:]
	}
	for i, p := range f.params {
		if i < len(args) {
			r.copy(ref{l: p}, args[i], argTypes[i])
		}
	}
	for i, l := range results {
		if i < len(f.results) {
			r.copy(ref{l: l}, ref{l: f.results[i]}, f.results[i].typ)
		}
	}
}
