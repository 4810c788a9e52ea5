package std

import (
	"go/ast"
	"go/token"
	"go/types"
)

// onlyMade reports whether the package of a type of plain data writes to a value of
// it only where it makes it: to a local variable of the type, or through one that holds
// what new has made. No other package can name its fields.
func (l *library) onlyMade(n *types.Named) bool {
	for _, imp := range n.Obj().Pkg().Imports() {
		if path := imp.Path(); path == "unsafe" || path == "reflect" {
			return false
		}
	}
	s := n.Underlying().(*types.Struct)
	for f := range s.Fields() {
		if !l.inert(f.Type()) {
			return false
		}
	}
	w := &writes{l: l, of: n}
	for _, f := range l.files[n.Obj().Pkg().Path()] {
		ast.Inspect(f, w.visit)
	}
	return !w.found
}

// A writes looks for what may set a part of a value of a type, or takes its address.
type writes struct {
	l     *library
	of    *types.Named
	found bool
}

func (w *writes) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, x := range n.Lhs {
			w.add(x)
		}
	case *ast.IncDecStmt:
		w.add(n.X)
	case *ast.RangeStmt:
		w.add(n.Key)
		w.add(n.Value)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			w.add(n.X)
		}
	case *ast.SliceExpr:
		w.add(n.X)
	case *ast.SelectorExpr:
		if s := w.l.info.Selections[n]; s != nil && s.Kind() == types.MethodVal && isPointer(s.Obj().(*types.Func).Signature().Recv().Type()) && !isPointer(w.l.info.Types[n.X].Type) {
			w.add(n.X)
		}
	case *ast.CallExpr: // a conversion of a pointer
		if to := w.l.info.Types[n.Fun]; to.IsType() && isPointer(to.Type) && w.leadsTo(w.l.info.Types[n.Args[0]].Type) {
			w.found = true
		}
	}
	return true
}

// add looks at an expression that is assigned to, or whose address is taken.
func (w *writes) add(x ast.Expr) {
	inside := false
	for x != nil && !w.found {
		x = ast.Unparen(x)
		t := w.l.info.Types[x].Type
		inside = inside || w.is(t)
		switch e := x.(type) {
		case *ast.Ident:
			v, ok := w.l.info.ObjectOf(e).(*types.Var)
			w.found = inside && (!ok || v.Parent() == v.Pkg().Scope())
			return
		case *ast.CompositeLit:
			return
		case *ast.SelectorExpr:
			inside = inside || w.is(elementOf(w.l.info.Types[e.X].Type))
			x = e.X
		case *ast.IndexExpr:
			if _, ok := w.l.info.Types[e.X].Type.Underlying().(*types.Array); !ok {
				w.found = inside
				return
			}
			x = e.X
		case *ast.StarExpr:
			x = e.X
		default:
			w.found = inside
			return
		}
		if inside && isPointer(w.l.info.Types[x].Type) {
			w.found = !w.madeHere(x)
			return
		}
	}
}

// madeHere reports whether an expression is a local variable that never held
// anything but what new has made.
func (w *writes) madeHere(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return false
	}
	v, made, sets := w.l.info.ObjectOf(id), false, 0
	for _, f := range w.l.files[v.Pkg().Path()] {
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.AssignStmt)
			for i := 0; ok && i < len(s.Lhs); i++ {
				if id, ok := ast.Unparen(s.Lhs[i]).(*ast.Ident); ok && w.l.info.ObjectOf(id) == v {
					sets++
					made = len(s.Lhs) == len(s.Rhs) && w.makes(s.Rhs[i])
				}
			}
			return true
		})
	}
	return made && sets == 1
}

func (w *writes) makes(x ast.Expr) bool {
	c, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := ast.Unparen(c.Fun).(*ast.Ident)
	return ok && id.Name == "new" && w.l.info.Types[c.Fun].IsBuiltin()
}

func (w *writes) is(t types.Type) bool { return t != nil && types.Unalias(t) == types.Type(w.of) }

// leadsTo reports whether a type is a pointer to the type.
func (w *writes) leadsTo(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && w.is(p.Elem())
}

func isPointer(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}
