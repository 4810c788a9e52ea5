package std

import (
	"go/types"
	"slices"
)

// immutable reports whether nobody outside its package can change what a copy
// of a value of a type leads to.
func (l *library) immutable(level int, t types.Type) bool {
	return l.immutableIn(level, t, map[string]bool{})
}

func (l *library) immutableIn(level int, t types.Type, seen map[string]bool) bool {
	if l.inert(t) || l.isTypeData(t) {
		return true
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if t.Obj().Pkg() == nil || t.TypeArgs().Len() > 0 || t.TypeParams().Len() > 0 {
			return false
		}
		return l.remember(level, t, "copied", seen, func() bool {
			switch u := t.Underlying().(type) {
			case *types.Struct:
				return l.fieldsImmutable(level, u, seen) && l.handled(level, t, false, seen)
			case *types.Interface:
				return l.closedInterface(level, t, u, seen)
			}
			return false
		})
	case *types.Pointer:
		n, ok := types.Unalias(t.Elem()).(*types.Named)
		return ok && l.immutablePointer(level, n, seen)
	case *types.Array:
		return l.immutableIn(level, t.Elem(), seen)
	case *types.Struct:
		return l.fieldsImmutable(level, t, seen)
	}
	return false
}

// immutablePointer reports whether nobody outside its package can change what a
// pointer to a type leads to, but by an assignment through the pointer.
func (l *library) immutablePointer(level int, n *types.Named, seen map[string]bool) bool {
	s, ok := n.Underlying().(*types.Struct)
	if !ok || n.Obj().Pkg() == nil || n.TypeArgs().Len() > 0 || n.TypeParams().Len() > 0 {
		return false
	}
	for f := range s.Fields() {
		if f.Exported() || f.Embedded() {
			return false
		}
	}
	return l.remember(level, n, "pointer", seen, func() bool { return l.handled(level, n, true, seen) || l.onlyMade(n) })
}

// remember keeps what was found for a type; what leads to itself is taken for
// immutable until something says otherwise.
func (l *library) remember(level int, n *types.Named, what string, seen map[string]bool, find func() bool) bool {
	key := string(rune('0'+level)) + what + n.String()
	if known, ok := l.immutables[key]; ok {
		return known
	}
	if seen[key] {
		return true
	}
	top := len(seen) == 0
	seen[key] = true
	found := find()
	if top || !found {
		l.immutables[key] = found
	}
	return found
}

func (l *library) fieldsImmutable(level int, s *types.Struct, seen map[string]bool) bool {
	for f := range s.Fields() {
		if (f.Exported() || f.Embedded()) && !l.immutableIn(level, f.Type(), seen) {
			return false
		}
	}
	return true
}

// closedInterface reports whether an interface has a method that only its
// package can define, and all types there that have it are immutable.
func (l *library) closedInterface(level int, n *types.Named, i *types.Interface, seen map[string]bool) bool {
	closed := false
	for m := range i.Methods() {
		closed = closed || !m.Exported()
	}
	if !closed {
		return false
	}
	scope := n.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.Type() == n || types.IsInterface(tn.Type()) {
			continue
		}
		switch {
		case types.Implements(tn.Type(), i):
			if !l.immutableIn(level, tn.Type(), seen) {
				return false
			}
		case types.Implements(types.NewPointer(tn.Type()), i):
			if !l.immutableIn(level, types.NewPointer(tn.Type()), seen) {
				return false
			}
		}
	}
	return true
}

// handled reports whether all that a package exports leaves alone what values
// of one of its types lead to, and lets nobody get hold of it.
func (l *library) handled(level int, n *types.Named, pointer bool, seen map[string]bool) bool {
	for _, fn := range l.exported(n) {
		if !l.handles(level, fn, n, pointer, seen) {
			return false
		}
	}
	return true
}

// exported returns the exported functions of a type's package that mention the
// type, and its methods.
func (l *library) exported(n *types.Named) (list []*types.Func) {
	scope := n.Obj().Pkg().Scope()
	add := func(fn *types.Func) {
		if fn.Exported() && mentions(fn.Type().(*types.Signature), n) {
			list = append(list, fn)
		}
	}
	for _, name := range scope.Names() {
		switch obj := scope.Lookup(name).(type) {
		case *types.Func:
			add(obj)
		case *types.TypeName:
			if t, ok := obj.Type().(*types.Named); ok && !obj.IsAlias() {
				for m := range t.Methods() {
					add(m)
				}
			}
		}
	}
	return list
}

func mentions(sig *types.Signature, n *types.Named) bool {
	all := slices.Collect(sig.Params().Variables())
	all = slices.AppendSeq(all, sig.Results().Variables())
	if r := sig.Recv(); r != nil {
		all = append(all, r)
	}
	return slices.ContainsFunc(all, func(v *types.Var) bool { return typeMentions(v.Type(), n, 0) })
}

func typeMentions(t types.Type, n *types.Named, depth int) bool {
	if depth > 5 {
		return true
	}
	t = types.Unalias(t)
	if t == types.Type(n) {
		return true
	}
	switch t := t.(type) {
	case *types.Pointer:
		return typeMentions(t.Elem(), n, depth+1)
	case *types.Slice:
		return typeMentions(t.Elem(), n, depth+1)
	case *types.Array:
		return typeMentions(t.Elem(), n, depth+1)
	case *types.Map:
		return typeMentions(t.Key(), n, depth+1) || typeMentions(t.Elem(), n, depth+1)
	case *types.Chan:
		return typeMentions(t.Elem(), n, depth+1)
	case *types.Signature:
		return mentions(t, n)
	}
	return false
}

// handles judges one function. What it makes values of the type keep must be
// immutable itself; what it returns of them as well.
func (l *library) handles(level int, fn *types.Func, n *types.Named, pointer bool, seen map[string]bool) bool {
	d := l.verdict(level, fn, false)
	sig := fn.Type().(*types.Signature)
	params := append([]*types.Var{sig.Recv()}, slices.Collect(sig.Params().Variables())...)
	makes := slices.ContainsFunc(slices.Collect(sig.Results().Variables()), func(v *types.Var) bool { return typeMentions(v.Type(), n, 0) })
	changes := slices.ContainsFunc(params, func(v *types.Var) bool {
		return v != nil && typeMentions(v.Type(), n, 0) && !types.Identical(v.Type(), n)
	})
	for i, v := range params {
		if v == nil || l.inert(v.Type()) {
			continue
		}
		if typeMentions(v.Type(), n, 0) {
			direct := types.Identical(v.Type(), n) || types.Identical(v.Type(), types.NewPointer(n))
			p := d.params[i]
			if !direct || d.failed != "" || p.deepWritten || p.deepKept || pointer && (p.topWritten || p.topKept) {
				return false
			}
			if p.deepReturned && !l.resultsImmutable(level, sig, seen) {
				return false
			}
			continue
		}
		if (makes || changes) && (d.failed != "" || d.params[i].kept || d.params[i].returned) && !l.immutableIn(level, v.Type(), seen) {
			return false
		}
	}
	return true
}

func (l *library) resultsImmutable(level int, sig *types.Signature, seen map[string]bool) bool {
	for v := range sig.Results().Variables() {
		if !isError(v.Type()) && !l.immutableIn(level, v.Type(), seen) {
			return false
		}
	}
	return true
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// immutableResult reports whether the first result of a function, alone or
// beside an error, is a value that nobody can change but through what its
// arguments lead to.
func (l *library) immutableResult(level int, fn *types.Func) bool {
	results := fn.Type().(*types.Signature).Results()
	if results.Len() == 0 || results.Len() > 2 || results.Len() == 2 && !isError(results.At(1).Type()) {
		return false
	}
	t := results.At(0).Type()
	if l.immutable(level, t) {
		return true
	}
	if !types.IsInterface(t) || isTypeParam(t) {
		return false
	}
	d := l.verdict(level, fn, false)
	return d.failed == "" && len(d.boxes) > 0 && !d.otherResults && !slices.ContainsFunc(d.boxes, func(t types.Type) bool { return !l.immutable(level, t) })
}
