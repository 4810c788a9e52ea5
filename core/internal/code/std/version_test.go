package std

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
)

// The versions of local variables: each assignment makes a new one, and where
// ways of the code meet, one that may be any of theirs. Variables of which
// other code can have the address have one version alone.

// versioned finds the variables of a body that have versions.
func (l *library) versioned(f *function) map[*types.Var]bool {
	if found, ok := l.versions[f.block]; ok {
		return found
	}
	found := map[*types.Var]bool{}
	l.versions[f.block] = found
	jumps, defers := false, false
	out := map[*types.Var]bool{}
	var visit func(n ast.Node, inside bool)
	visit = func(root ast.Node, inside bool) {
		ast.Inspect(root, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BranchStmt:
				jumps = jumps || n.Tok == token.GOTO
			case *ast.DeferStmt:
				defers = true
			case *ast.FuncLit:
				if n != root {
					visit(n, true)
					return false
				}
			case *ast.RangeStmt:
				if t := l.info.Types[n.X].Type; t != nil && n != root {
					if _, ok := core(t).(*types.Signature); ok {
						visit(n, true)
						return false
					}
				}
			case *ast.UnaryExpr:
				if id, ok := ast.Unparen(n.X).(*ast.Ident); ok && n.Op == token.AND {
					if v, ok := l.info.Uses[id].(*types.Var); ok {
						out[v] = true
					}
				}
			case *ast.SelectorExpr:
				if sel := l.info.Selections[n]; sel != nil && sel.Kind() == types.MethodVal {
					if id, ok := ast.Unparen(n.X).(*ast.Ident); ok {
						_, isPtr := core(sel.Recv()).(*types.Pointer)
						if v, ok := l.info.Uses[id].(*types.Var); ok && !isPtr && !types.IsInterface(sel.Recv()) {
							if recv := sel.Obj().(*types.Func).Type().(*types.Signature).Recv(); recv != nil {
								if _, wants := types.Unalias(recv.Type()).(*types.Pointer); wants {
									out[v] = true
								}
							}
						}
					}
				}
			case *ast.Ident:
				if v, ok := l.info.ObjectOf(n).(*types.Var); ok && !v.IsField() {
					if inside {
						out[v] = true
					} else if v.Pos() >= f.block.Pos() && v.Pos() < f.block.End() {
						found[v] = true // declared here
					}
				}
			}
			return true
		})
	}
	visit(f.block, false)
	for v := range f.sig.Params().Variables() {
		found[v] = true
	}
	for v := range f.sig.Results().Variables() {
		found[v] = true
		if defers { // what is set when it panics may be returned
			out[v] = true
		}
	}
	for v := range found {
		if jumps || out[v] || isComposite(v.Type()) || l.inert(v.Type()) {
			delete(found, v)
		}
	}
	return found
}

// A join collects the versions that are made inside a statement.
type join struct{ made map[*types.Var][]*loc }

// current returns the location of a variable as it is now.
func (e *env) current(v *types.Var) *loc {
	if e.f == nil || !e.has[v] {
		return e.variable(v)
	}
	if l := e.cur[v]; l != nil {
		return l
	}
	return e.variable(v)
}

// next makes a new version of a variable.
func (e *env) next(v *types.Var) *loc {
	if e.f == nil || !e.has[v] {
		return e.variable(v)
	}
	l := e.newLoc(local, v.Type())
	e.cur[v] = l
	for _, j := range e.joins {
		j.made[v] = append(j.made[v], l)
	}
	return l
}

// merge makes a version that may be any of some.
func (e *env) merge(v *types.Var, of ...*loc) *loc {
	l := e.next(v)
	for _, o := range of {
		e.edge(o.value, l.self)
	}
	return l
}

func (e *env) snapshot() map[*types.Var]*loc { return maps.Clone(e.cur) }

// at returns a version that a snapshot has.
func (e *env) at(s map[*types.Var]*loc, v *types.Var) *loc {
	if l := s[v]; l != nil {
		return l
	}
	return e.variable(v)
}

// branches walks ways of which one is taken; without all, there is the way past
// them too.
func (e *env) branches(all bool, ways ...func() (ends bool)) {
	before := e.snapshot()
	var after []map[*types.Var]*loc
	if !all {
		after = append(after, before)
	}
	j := &join{map[*types.Var][]*loc{}}
	e.joins = append(e.joins, j)
	for _, way := range ways {
		e.cur = maps.Clone(before)
		if ends := way(); !ends {
			after = append(after, e.cur)
		}
	}
	e.joins = e.joins[:len(e.joins)-1]
	e.cur = before
	for v := range j.made {
		var of []*loc
		for _, s := range after {
			of = append(of, e.at(s, v))
		}
		e.merge(v, of...)
	}
}

// inAnyOrder walks what may be left and entered anywhere: each variable that is
// set in it may have any of the values that it gets there, or had before.
func (e *env) inAnyOrder(root ast.Node, walk func()) {
	heads := map[*types.Var]*loc{}
	for v := range e.lib.setIn(root) {
		if e.has[v] {
			heads[v] = e.merge(v, e.current(v))
		}
	}
	start, outer := e.snapshot(), e.head
	e.head = start
	j := &join{map[*types.Var][]*loc{}}
	e.joins = append(e.joins, j)
	walk()
	e.joins = e.joins[:len(e.joins)-1]
	e.cur, e.head = start, outer
	for v, made := range j.made {
		head := heads[v]
		if head == nil {
			continue // declared in it
		}
		for _, l := range made {
			e.edge(l.value, head.self)
		}
	}
}

// again goes on where any way may come from: at a case, or after continue.
func (e *env) again() { e.cur = maps.Clone(e.head) }

// setIn returns the variables that statements assign.
func (l *library) setIn(root ast.Node) map[*types.Var]bool {
	if found, ok := l.sets[root]; ok {
		return found
	}
	found := map[*types.Var]bool{}
	l.sets[root] = found
	add := func(x ast.Expr) {
		if id, ok := x.(*ast.Ident); ok {
			if v, ok := l.info.ObjectOf(id).(*types.Var); ok {
				found[v] = true
			}
		}
	}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				add(ast.Unparen(x))
			}
		case *ast.RangeStmt:
			if n.Key != nil {
				add(n.Key)
			}
			if n.Value != nil {
				add(n.Value)
			}
		case *ast.ValueSpec:
			for _, x := range n.Names {
				add(x)
			}
		case *ast.IncDecStmt:
			add(ast.Unparen(n.X))
		}
		return true
	})
	return found
}

// ends reports whether nothing comes after a block.
func ends(l *library, b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return s.Tok == token.BREAK || s.Tok == token.CONTINUE // what it jumps out of knows
	case *ast.ExprStmt:
		if c, ok := s.X.(*ast.CallExpr); ok {
			id, ok := c.Fun.(*ast.Ident)
			return ok && id.Name == "panic" && l.info.Types[c.Fun].IsBuiltin()
		}
	}
	return false
}
