package std

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A mention is a place in the library that names a package variable.
type mention struct {
	fn   *types.Func // the function that it is in, nil for the value of a variable
	of   *types.Var  // that variable
	init bool        // in a function init
	sets bool        // is an assignment
}

// A varUse is what the syntax says about a package variable.
type varUse struct {
	assigned bool       // outside initialization
	values   []ast.Expr // that it is assigned in functions init
	lost     bool       // it is assigned there in another way, too
	other    []mention  // that are no pure reads
}

// atInit reports whether a function init assigns the variable.
func (u *varUse) atInit() bool { return u.lost || len(u.values) > 0 }

// lookAtVars notes for all package variables of all packages what is done with
// them.
func (l *library) lookAtVars() {
	l.uses = map[*types.Var]*varUse{}
	l.callers = map[*types.Func][]mention{}
	for _, files := range l.files {
		for _, f := range files {
			for _, d := range f.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					fn, _ := l.info.Defs[d.Name].(*types.Func)
					l.lookAt(d, mention{fn: fn, init: d.Recv == nil && d.Name.Name == "init"})
				case *ast.GenDecl:
					for _, s := range d.Specs {
						if s, ok := s.(*ast.ValueSpec); ok && d.Tok == token.VAR {
							for i, x := range s.Values {
								v, _ := l.info.Defs[s.Names[min(i, len(s.Names)-1)]].(*types.Var)
								l.lookAt(x, mention{of: v})
							}
						}
					}
				}
			}
		}
	}
}

func (l *library) use(v *types.Var) *varUse {
	u := l.uses[v]
	if u == nil {
		u = &varUse{}
		l.uses[v] = u
	}
	return u
}

func (l *library) lookAt(root ast.Node, m mention) {
	var stack []ast.Node
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch obj := l.info.Uses[id].(type) {
		case *types.Func:
			l.callers[obj.Origin()] = append(l.callers[obj.Origin()], m)
		case *types.Var:
			if obj.Pkg() == nil || obj.Parent() != obj.Pkg().Scope() {
				break
			}
			u := l.use(obj)
			switch l.kindOf(stack) {
			case pureRead:
			case assignment:
				if late := slices.ContainsFunc(stack, isLiteral); m.init && !late {
					if x := assignedTo(id, stack); x != nil {
						u.values = append(u.values, x)
					} else {
						u.lost = true
					}
				} else if m.init || m.of == nil {
					u.assigned = true
				}
				u.other = append(u.other, mention{m.fn, m.of, m.init, true})
			default:
				u.other = append(u.other, m)
			}
		}
		return true
	})
}

func isLiteral(n ast.Node) bool {
	_, ok := n.(*ast.FuncLit)
	return ok
}

// assignedTo returns the value that a name is set to by the innermost assignment, alone or
// beside others: nil where only a part of it is set, or a result of several.
func assignedTo(id *ast.Ident, stack []ast.Node) ast.Expr {
	for _, n := range slices.Backward(stack) {
		if s, ok := n.(*ast.AssignStmt); ok {
			if i := slices.Index(s.Lhs, ast.Expr(id)); i >= 0 && s.Tok == token.ASSIGN && len(s.Lhs) == len(s.Rhs) {
				return s.Rhs[i]
			}
			return nil
		}
	}
	return nil
}

type useKind int

const (
	otherUse useKind = iota
	pureRead
	assignment
)

// kindOf classes a mention by what is around it.
func (l *library) kindOf(stack []ast.Node) useKind {
	i := len(stack) - 1
	at := stack[i].(ast.Expr)
	for i--; i >= 0; i-- {
		switch p := stack[i].(type) {
		case *ast.ParenExpr:
			at = p
			continue
		case *ast.SelectorExpr:
			if p.Sel == at { // qualified
				at = p
				continue
			}
			if sel := l.info.Selections[p]; sel != nil && sel.Kind() == types.FieldVal {
				at = p
				continue
			}
			return otherUse
		case *ast.IndexExpr:
			if p.X == at {
				at = p
				continue
			}
		case *ast.StarExpr:
			at = p
			continue
		case *ast.AssignStmt:
			for _, x := range p.Lhs {
				if x == at {
					return assignment
				}
			}
		case *ast.IncDecStmt:
			return assignment
		case *ast.UnaryExpr:
			if p.Op == token.AND {
				return otherUse
			}
		case *ast.BinaryExpr:
			if p.Op == token.EQL || p.Op == token.NEQ {
				return pureRead
			}
		case *ast.RangeStmt:
			if p.X == at {
				if rangeInert(l, p) {
					return pureRead
				}
				return otherUse
			}
			return assignment
		case *ast.CallExpr:
			if p.Fun == at {
				return pureRead // a function in a variable
			}
			if tv := l.info.Types[ast.Unparen(p.Fun)]; tv.IsBuiltin() {
				if id, ok := ast.Unparen(p.Fun).(*ast.Ident); ok && (id.Name == "len" || id.Name == "cap") {
					return pureRead
				}
			}
		}
		break
	}
	if t := l.info.Types[at].Type; t != nil && l.inert(t) {
		return pureRead
	}
	return otherUse
}

func rangeInert(l *library, s *ast.RangeStmt) bool {
	for _, x := range []ast.Expr{s.Key, s.Value} {
		if x == nil {
			continue
		}
		id, ok := x.(*ast.Ident)
		if !ok {
			return false
		}
		if obj := l.info.ObjectOf(id); obj != nil && id.Name != "_" && !l.inert(obj.Type()) {
			return false
		}
	}
	return true
}

// candidate reports whether the syntax leaves it open that a variable is never
// changed after initialization.
func (l *library) candidate(v *types.Var) bool {
	u := l.uses[v.Origin()]
	return u == nil || !u.assigned
}

// fixed reports whether nothing in the library changes a variable, or what it
// leads to, after initialization. At the lowest level all candidates are taken
// for fixed, and each level holds those to proof, which takes for fixed what
// the level below has found.
func (l *library) fixed(level int, v *types.Var) bool {
	v = v.Origin()
	if !l.candidate(v) {
		return false
	}
	if level == 0 {
		return true
	}
	key := leveled{level, v}
	if known, ok := l.fixedVars[key]; ok {
		return known
	}
	l.fixedVars[key] = true // unless found otherwise: what depends on itself alone is not changed
	ok := l.lower(level, v)
	l.fixedVars[key] = ok
	return ok
}

type leveled struct {
	level int
	v     *types.Var
}

func (l *library) lower(level int, v *types.Var) bool {
	if !l.fixed(level-1, v) {
		return false
	}
	if l.immutableValue(level-1, v) {
		return true
	}
	u := l.uses[v]
	if u == nil {
		return true
	}
	if u.atInit() {
		return false // what it holds is not followed
	}
	for _, m := range u.other {
		switch {
		case m.init:
		case m.fn == nil:
			if m.of != nil && m.of != v && !l.fixed(level, m.of) {
				return false
			}
		case !l.leavesAlone(level-1, m.fn, v, 0):
			return false
		}
	}
	return true
}

// leavesAlone reports whether a function neither changes a variable nor lets
// anybody else get hold of what it leads to who does.
func (l *library) leavesAlone(level int, fn *types.Func, v *types.Var, depth int) bool {
	if depth > 5 {
		return false
	}
	d := l.verdict(level, fn, true)
	if d.failed != "" || d.writes[v] || d.leaks[v] {
		return false
	}
	if d.gives[v] {
		for _, m := range l.callers[fn.Origin()] {
			switch {
			case m.init:
			case m.fn == nil:
				if m.of != nil && !l.fixed(level, m.of) {
					return false
				}
			case m.fn != fn && !l.leavesAlone(level, m.fn, v, depth+1):
				return false
			}
		}
	}
	return true
}

// immutableValue reports whether what a variable is set to at its declaration, and in
// functions init, cannot be changed by who gets hold of it.
func (l *library) immutableValue(level int, v *types.Var) bool {
	if u := l.uses[v]; u != nil && (u.lost || u.assigned) {
		return l.immutable(level, v.Type())
	}
	return l.immutableAtFirst(level, v)
}

// immutableAtFirst reports that though other code may set the variable later.
func (l *library) immutableAtFirst(level int, v *types.Var) bool {
	if l.immutable(level, v.Type()) {
		return true
	}
	var values []initializer
	for _, x := range l.use0(v).values {
		values = append(values, initializer{x, -1})
	}
	if init := l.vars[v]; init != nil {
		values = append(values, *init)
	}
	return len(values) > 0 && !slices.ContainsFunc(values, func(init initializer) bool { return !l.immutableAt(level, v, init) })
}

// immutableAt reports that of one value of the variable.
func (l *library) immutableAt(level int, v *types.Var, init initializer) bool {
	if t := l.info.Types[init.expr].Type; init.result < 0 && t != nil && !types.IsInterface(t) && l.immutable(level, t) {
		return true // in an interface
	}
	if lit, ok := ast.Unparen(init.expr).(*ast.CompositeLit); ok && types.IsInterface(v.Type()) && len(lit.Elts) == 0 {
		switch l.info.Types[lit].Type.Underlying().(type) {
		case *types.Struct, *types.Array:
			return true // its parts lead nowhere
		}
	}
	if p, ok := l.info.Types[init.expr].Type.(*types.Pointer); ok && types.IsInterface(v.Type()) && l.methodsOnlyRead(level, p) {
		return true
	}
	if w := l.named(init.expr); w != nil && w != v {
		return l.candidate(w) && l.immutableValue(level, w)
	}
	call, ok := ast.Unparen(init.expr).(*ast.CallExpr)
	if !ok || init.result > 0 {
		return false
	}
	e := &env{lib: l}
	fn, ok := e.callee(ast.Unparen(call.Fun))
	return ok && fn.Type().(*types.Signature).Recv() == nil && l.immutableResult(level, fn) && l.argumentsInert(call)
}

// methodsOnlyRead reports whether a pointer is to a struct that has no name and no field
// outside its package, and whose methods, which are all that others can come to, leave it alone.
func (l *library) methodsOnlyRead(level int, p *types.Pointer) bool {
	n, ok := p.Elem().(*types.Named)
	if !ok || n.Obj().Exported() {
		return false
	}
	if s, ok := n.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			i, ok := f.Type().Underlying().(*types.Interface)
			own := ok && slices.ContainsFunc(slices.Collect(i.Methods()), func(m *types.Func) bool { return !m.Exported() })
			if f.Exported() && !own { // of an interface with such a method others have no value
				return false
			}
		}
	}
	for m := range types.NewMethodSet(p).Methods() {
		if fn := m.Obj().(*types.Func); len(m.Index()) == 1 {
			d := l.verdict(level, fn, false)
			if d.failed != "" || d.effect(0) != Reads {
				return false
			}
		} else if fn.Exported() {
			return false
		}
	}
	return true
}

func (l *library) argumentsInert(c *ast.CallExpr) bool {
	for _, x := range c.Args {
		if t := l.info.Types[x].Type; t == nil || !l.inert(t) {
			return false
		}
	}
	return true
}

// setAtInit reports whether a function init sets a variable, or what it leads
// to: then what it holds is not followed.
func (l *library) setAtInit(v *types.Var) bool {
	u := l.uses[v.Origin()]
	return u != nil && u.atInit()
}

// named returns the package variable that an expression is, if it is one.
func (l *library) named(x ast.Expr) *types.Var {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if sel, isSel := ast.Unparen(x).(*ast.SelectorExpr); isSel {
		id, ok = sel.Sel, true
	}
	if !ok {
		return nil
	}
	v, _ := l.info.Uses[id].(*types.Var)
	if v == nil || v.Pkg() == nil || v.Parent() != v.Pkg().Scope() {
		return nil
	}
	return v
}
