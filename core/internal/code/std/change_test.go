package std

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A change says what a function does with what a variable leads to: one of its
// parameters, or a package variable. It is found by the syntax alone, along
// fields, elements and results, and what is not followed counts. A method of what
// stands in an interface is no change of the variable that holds it.
type change struct{ mutates, gives bool }

type changeKey struct {
	fn   *types.Func
	root *types.Var
}

func (l *library) change(fn *types.Func, root *types.Var) change {
	key := changeKey{fn.Origin(), root.Origin()}
	if c, ok := l.changes[key]; ok {
		return c
	}
	l.changes[key] = change{} // one that calls itself adds nothing
	c := change{}
	if decl := l.bodies[key.fn]; decl == nil || decl.Body == nil {
		c = change{mutates: !isRuntime(pathOf(fn)), gives: true}
	} else {
		s := &changeSearch{l: l, root: key.root, derived: map[types.Object]bool{key.root: true}, called: map[ast.Expr]bool{}}
		for n := -1; n < len(s.derived); {
			n = len(s.derived)
			ast.Inspect(decl.Body, s.derive)
		}
		ast.Inspect(decl.Body, s.look)
		c = l.disproved(fn, root, s.change)
	}
	l.changes[key] = c
	return c
}

// disproved takes back what following the pointers does not find, where they can
// be followed.
func (l *library) disproved(fn *types.Func, root *types.Var, c change) change {
	if c == (change{}) || root.Pkg() != nil && root.Parent() == root.Pkg().Scope() {
		return c
	}
	sig := fn.Origin().Type().(*types.Signature)
	i := slices.Index(slices.Collect(sig.Params().Variables()), root) + 1 // 0 is the receiver
	if d := l.verdict(level, fn, false); d.failed == "" {
		p := d.params[i]
		c.mutates = c.mutates && (p.topWritten || p.deepWritten)
		c.gives = c.gives && (p.kept || p.returned)
	}
	return c
}

type changeSearch struct {
	l       *library
	root    *types.Var
	derived map[types.Object]bool // what leads to a part of it
	called  map[ast.Expr]bool
	change
}

// derive adds the local variables that are set to a part.
func (s *changeSearch) derive(n ast.Node) bool {
	set := func(to ast.Expr, from ast.Expr) {
		if id, ok := to.(*ast.Ident); ok && s.leads(from) {
			if v, ok := s.l.info.ObjectOf(id).(*types.Var); ok && !s.l.inert(v.Type()) && (v.Pkg() == nil || v.Parent() != v.Pkg().Scope()) {
				s.derived[v] = true
			}
		}
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			set(to, n.Rhs[min(i, len(n.Rhs)-1)])
		}
	case *ast.ValueSpec:
		for i, to := range n.Names {
			if len(n.Values) > 0 {
				set(to, n.Values[min(i, len(n.Values)-1)])
			}
		}
	case *ast.RangeStmt:
		for _, to := range []ast.Expr{n.Key, n.Value} {
			if to != nil {
				set(to, n.X)
			}
		}
	case *ast.TypeSwitchStmt:
		if a, ok := n.Assign.(*ast.AssignStmt); ok && s.leads(a.Rhs[0].(*ast.TypeAssertExpr).X) {
			for _, c := range n.Body.List {
				s.derived[s.l.info.Implicits[c]] = true
			}
		}
	}
	return true
}

// base returns what an expression is a part of.
func (s *changeSearch) base(x ast.Expr) ast.Expr {
	for {
		switch e := x.(type) {
		case *ast.ParenExpr:
			x = e.X
		case *ast.SelectorExpr:
			sel := s.l.info.Selections[e]
			if sel == nil {
				return e.Sel
			}
			if sel.Kind() == types.MethodVal {
				return e // see look
			}
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.SliceExpr:
			x = e.X
		case *ast.StarExpr:
			x = e.X
		case *ast.TypeAssertExpr:
			x = e.X
		case *ast.UnaryExpr:
			if e.Op != token.AND {
				return e
			}
			x = e.X
		default:
			return x
		}
	}
}

// leads reports whether a value leads to a part.
func (s *changeSearch) leads(x ast.Expr) bool {
	if t := s.l.info.Types[x].Type; t != nil && s.l.inert(t) {
		return false
	}
	return s.isPart(x)
}

func (s *changeSearch) isPart(x ast.Expr) bool {
	switch b := s.base(x).(type) {
	case *ast.Ident:
		v, ok := s.l.info.ObjectOf(b).(*types.Var)
		return ok && s.derived[v.Origin()]
	case *ast.CallExpr:
		if s.l.info.Types[b.Fun].IsType() {
			return s.leads(b.Args[0])
		}
		fn, _ := (&env{lib: s.l}).callee(ast.Unparen(b.Fun))
		gives := fn != nil && fn.Pkg() == s.root.Pkg() && s.root.Parent() == s.root.Pkg().Scope() && s.l.change(fn, s.root).gives
		s.handed(b, func(fn *types.Func, v *types.Var) { gives = gives || fn == nil || s.effect(fn, v).gives })
		return gives
	}
	return false
}

// handed calls f for each function, and its parameter, that a call hands a part
// to: without a function if it is not known.
func (s *changeSearch) handed(c *ast.CallExpr, f func(fn *types.Func, v *types.Var)) {
	fun := ast.Unparen(c.Fun)
	fn, _ := (&env{lib: s.l}).callee(fun)
	if fn != nil {
		sig := fn.Origin().Type().(*types.Signature)
		if sel, ok := fun.(*ast.SelectorExpr); ok && s.l.info.Selections[sel] != nil && sig.Recv() != nil && s.isPart(sel.X) {
			if types.IsInterface(sig.Recv().Type()) {
				return // what it does is not done to the variable
			}
			f(fn, sig.Recv())
		}
		for i, arg := range c.Args {
			if n := sig.Params().Len(); n > 0 && s.leads(arg) {
				if sig.Recv() != nil && types.IsInterface(sig.Recv().Type()) {
					f(nil, nil)
					continue
				}
				f(fn, sig.Params().At(min(i, n-1)))
			}
		}
		return
	}
	if s.l.info.Types[fun].IsType() {
		return
	}
	builtin := s.l.info.Types[fun].IsBuiltin()
	for i, arg := range c.Args {
		if s.leads(arg) && (!builtin || i == 0 && slices.Contains([]string{"append", "min", "max"}, types.ExprString(fun))) {
			f(nil, nil)
		}
	}
}

// effect is change, with what is known of packages sync and sync/atomic.
func (s *changeSearch) effect(fn *types.Func, v *types.Var) change {
	name := fn.Name()
	switch recv := recvNamed(fn); {
	case pathOf(fn) == "os" && recv != nil && recv.Obj().Name() == "File":
		return change{} // is done to the file
	case pathOf(fn) == "sync/atomic":
		return change{mutates: !strings.HasPrefix(name, "Load"), gives: true}
	case pathOf(fn) == "sync" && recv != nil && recv.Obj().Name() == "Map":
		return change{mutates: name != "Load" && name != "Range", gives: true}
	case pathOf(fn) == "sync" && recv != nil, pathOf(fn) == "internal/singleflight":
		return change{} // a lock
	}
	return s.l.change(fn, v)
}

// look finds what is done to parts.
func (s *changeSearch) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, to := range n.Lhs {
			s.assigned(to)
		}
	case *ast.IncDecStmt:
		s.assigned(n.X)
	case *ast.ReturnStmt:
		for _, x := range n.Results {
			if t := s.l.info.Types[x].Type; t != nil && s.leads(x) && !isError(t) && !s.l.immutable(level, t) {
				s.gives = true
			}
		}
	case *ast.SelectorExpr: // a method, called or not
		if sel := s.l.info.Selections[n]; sel != nil && sel.Kind() == types.MethodVal && !types.IsInterface(sel.Recv()) && s.isPart(n.X) {
			fn := sel.Obj().(*types.Func)
			does := s.effect(fn, fn.Origin().Signature().Recv())
			s.mutates, s.gives = s.mutates || does.mutates, s.gives || !s.called[n] && does.gives
		}
	case *ast.CallExpr:
		if isOnce(s.l, n) || fillsEmpty(s.l, n) {
			return false
		}
		s.called[ast.Unparen(n.Fun)] = true
		if fun := ast.Unparen(n.Fun); s.l.info.Types[fun].IsBuiltin() {
			writes := slices.Contains([]string{"clear", "copy", "delete"}, types.ExprString(fun))
			s.mutates = s.mutates || writes && s.isPart(n.Args[0])
			break
		}
		inPackage := s.root.Pkg() != nil && s.root.Parent() == s.root.Pkg().Scope()
		s.handed(n, func(fn *types.Func, v *types.Var) {
			// A function that the library holds in a variable of its own is taken to
			// leave those of its packages alone.
			s.mutates = s.mutates || fn == nil && !inPackage || fn != nil && s.effect(fn, v).mutates
		})
	}
	return true
}

func (s *changeSearch) assigned(to ast.Expr) {
	id, plain := ast.Unparen(to).(*ast.Ident)
	switch {
	case !plain:
		s.mutates = s.mutates || s.isPart(to)
	case s.l.info.ObjectOf(id) == types.Object(s.root) && s.root.Pkg() != nil && s.root.Parent() == s.root.Pkg().Scope():
		s.mutates = true
	}
}

// isOnce reports whether a call makes a sync.Once call something.
func isOnce(l *library, c *ast.CallExpr) bool {
	fn, ok := (&env{lib: l}).callee(ast.Unparen(c.Fun))
	if !ok || pathOf(fn) != "sync" {
		return false
	}
	return strings.HasPrefix(fn.Name(), "Once") || fn.FullName() == "(*sync.Once).Do"
}

// fillsEmpty reports whether a call sets what was nil: x.CompareAndSwap(nil, y).
func fillsEmpty(l *library, c *ast.CallExpr) bool {
	fn, ok := (&env{lib: l}).callee(ast.Unparen(c.Fun))
	return ok && pathOf(fn) == "sync/atomic" && fn.Name() == "CompareAndSwap" && l.info.Types[c.Args[0]].IsNil()
}
