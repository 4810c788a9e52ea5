package std

import "go/types"

// A ref is a value, or where it lies.
type ref struct {
	l   *loc  // there
	n   *node // there, wherever these are
	val *node // it is that, and lies nowhere
}

func (r *run) only(l *loc) *node {
	n := &node{}
	r.add(n, l)
	return n
}

// field returns where a part lies.
func (r *run) field(at ref, key any, t types.Type) ref {
	switch {
	case at.l != nil:
		return ref{l: r.sub(at.l, key, t)}
	case at.n != nil:
		n := &node{}
		r.on(at.n, func(l *loc) { r.add(n, r.sub(l, key, t)) })
		return ref{n: n}
	}
	return at
}

func (r *run) wasRead(l *loc) {
	if l.root.place == global && !r.starting {
		r.reads[l.root.v] = true
	}
}

func (r *run) wasWritten(l *loc) {
	if r.filling {
		return
	}
	if !r.starting {
		r.wroteAny[l] = true
	}
	switch l.root.place {
	case global:
		if !r.starting {
			r.writes[l.root.v] = true
		}
	case top, deep:
		r.wrote[l] = true
	case unknown:
		if l == r.bytesOfStrings {
			r.failed = "writes a string"
		}
		r.impure[writesUnknown] = true
	}
}

// load returns what lies somewhere.
func (r *run) load(at ref, t types.Type) *node {
	inert := r.lib.inert(t)
	if r.lib.isTypeData(t) {
		return r.typeNode
	}
	switch {
	case at.l != nil:
		r.wasRead(at.l)
		if inert {
			return nil
		}
		return at.l.value
	case at.n != nil:
		var n *node
		if !inert {
			n = &node{}
		}
		r.on(at.n, func(l *loc) {
			r.wasRead(l)
			if n != nil {
				r.edge(l.value, n)
			}
		})
		return n
	}
	if inert {
		return nil
	}
	return at.val
}

// isTypeData reports whether a value of a type leads to what the compiler says
// about types, and to no memory of users. Reflection finds it beside each value
// that is in an interface.
func (l *library) isTypeData(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	if ok {
		t = p.Elem()
	}
	n, isNamed := types.Unalias(t).(*types.Named)
	if !isNamed || n.Obj().Pkg() == nil {
		return false
	}
	switch n.Obj().Pkg().Path() {
	case "internal/abi":
		return ok && (n.Obj().Name() == "Type" || n.Obj().Name() == "ITab")
	case "reflect", "internal/reflectlite":
		return n.Obj().Name() == "rtype"
	}
	return false
}

// store puts a value somewhere.
func (r *run) store(at ref, val *node) {
	put := func(l *loc) {
		r.wasWritten(l)
		if !r.pointerFree(l.root) {
			r.edge(val, l.self)
		}
	}
	switch {
	case at.l != nil:
		put(at.l)
	case at.n != nil:
		r.on(at.n, put)
	}
}

// copy copies a value, field by field.
func (r *run) copy(dst, src ref, t types.Type) {
	if dst.l == nil && dst.n == nil {
		return
	}
	if src.val == nil && t != nil && !r.lib.inert(t) {
		if _, ok := types.Unalias(t).(*types.TypeParam); !ok {
			switch u := t.Underlying().(type) {
			case *types.Struct:
				r.store(dst, nil)
				for f := range u.Fields() {
					if !r.lib.inert(f.Type()) {
						r.copy(r.field(dst, f.Origin(), f.Type()), r.field(src, f.Origin(), f.Type()), f.Type())
					}
				}
				return
			case *types.Array:
				r.store(dst, nil)
				r.copy(r.field(dst, element, u.Elem()), r.field(src, element, u.Elem()), u.Elem())
				return
			}
		}
	}
	r.store(dst, r.load(src, t))
}

// address returns the pointer to where something lies.
func (r *run) address(at ref, by any, t types.Type) *node {
	switch {
	case at.l != nil:
		return r.only(at.l)
	case at.n != nil:
		return at.n
	}
	l := r.made(by, "moved", local, t, 0)
	r.edge(at.val, l.self)
	return r.only(l)
}
