package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
)

// stillTold leaves out, of the tellings from the i-th on, those of variables
// that may have got another value since they were read, where from stands: a
// key that was made of them before tells what they were.
func (c *coverage) stillTold(list []telling, i int, from ast.Node) []telling {
	kept := list[:i]
	for _, t := range list[i:] {
		if c.steady(t.ref, from, t.simple) {
			kept = append(kept, t)
		}
	}
	return kept
}

// steady reports whether what is read where from stands is the same when the
// call is made. Of simple variables, which hold a number or a text, only they
// themselves can be set.
func (c *coverage) steady(v ref, from ast.Node, simple bool) bool {
	typ := c.r.typeOfRef(v)
	value := typ.Expr == nil && simple || c.r.isValue(typ, 0) && c.r.heldByValue(v)
	for _, id := range c.r.uses[v.obj] {
		if id.Pos() == v.obj.Pos() || within(id.Pos(), from) || !c.between(id, from) {
			continue
		}
		use, path := c.r.useOf(id), c.r.fieldPath(id)
		if x, name := c.r.receiver(id); use == useAlias && x != nil && c.r.methodOf(c.r.typeOf(x), name).pointer {
			return false // a method value
		}
		if path != "" && v.path != "" && !inSelection(path, v.path) && !inSelection(v.path, path) {
			continue // another field
		}
		switch use {
		case useWrite, useAlter:
			return false
		case useCall:
			if !c.r.callLeaves(id) {
				return false
			}
		case useAlias:
			if !value && !c.r.harmless(id) {
				return false
			}
		}
	}
	return true
}

// between reports whether what stands at an identifier may be done after from
// is read, and before the call is made. It goes by the order of the source,
// but where the call stands in a loop or a function that from is not part of,
// or the identifier in a function that may be called from anywhere.
func (c *coverage) between(id *ast.Ident, from ast.Node) bool {
	if c.call == nil {
		return true
	}
	for n := c.r.parent[ast.Node(id)]; n != nil; n = c.r.parent[n] {
		if lit, ok := n.(*ast.FuncLit); ok && !within(c.call.Pos(), lit) && lit.Pos() < c.call.Pos() {
			return true
		}
	}
	return from.Pos() < id.Pos() && (id.Pos() < c.call.Pos() || c.repeats(from.Pos(), true))
}

// repeats reports whether the call may be made more than once after one run of
// what stands at a position. A subtest is run once, but perhaps later.
func (c *coverage) repeats(from token.Pos, later bool) bool {
	if c.call == nil {
		return true
	}
	for n := c.r.parent[ast.Node(c.call)]; n != nil && !within(from, n); n = c.r.parent[n] {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		case *ast.FuncLit:
			if later || !c.r.isSubtest(n) {
				return true
			}
		}
	}
	return false
}

// isSubtest reports whether a literal is handed to a testing handle's Run.
func (r *resolver) isSubtest(lit *ast.FuncLit) bool {
	call, ok := r.parent[lit].(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Run" && r.isHandleExpr(sel.X)
}

// typeOfRef returns the type of a variable, or of its field.
func (r *resolver) typeOfRef(v ref) static {
	t := r.typeOfObject(v.obj, 0)
	for name := range v.fields() {
		t = r.fieldOf(t, name, 0)
	}
	return t
}

// heldByValue reports whether a field is part of the variable itself: there is
// no pointer on the way to it.
func (r *resolver) heldByValue(v ref) bool {
	t := r.typeOfObject(v.obj, 0)
	for name := range v.fields() {
		if _, ok := r.under(t).Expr.(*ast.StructType); !ok {
			return false
		}
		t = r.fieldOf(t, name, 0)
	}
	return true
}
