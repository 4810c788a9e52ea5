package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"slices"
)

// useWith is useOf for a variable whose value is known to be so firm: ranging
// over what shares its elements with others does with them what is done with
// the variables of the loop.
func (c *checker) useWith(id *ast.Ident, kind firmness) use {
	u := c.useOf(id)
	if u != useRead || kind == solid {
		return u
	}
	stmt, ok := c.rangedBy(id)
	if !ok {
		return u
	}
	for _, v := range []ast.Expr{stmt.Key, stmt.Value} {
		if v != nil {
			u = worse(u, c.useOfElements(v))
		}
	}
	return u
}

// worse returns what says more against a value: that it is altered, or goes
// where it is not followed.
func worse(a, b use) use {
	if a == useAlter || b == useAlter {
		return useAlter
	}
	return max(a, b)
}

// rangedBy returns the loop over a variable, or a part of it, that an
// identifier names.
func (r *resolver) rangedBy(id *ast.Ident) (*ast.RangeStmt, bool) {
	var n ast.Node = id
	for {
		switch p := r.parent[n].(type) {
		case *ast.ParenExpr, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
			n = p
		case *ast.RangeStmt:
			return p, p.X == n
		default:
			return nil, false
		}
	}
}

// useOfElements tells what is done, by way of a variable of a loop, with the
// elements of what is ranged over: nothing if they are copies.
func (c *checker) useOfElements(v ast.Expr) (most use) {
	id, ok := v.(*ast.Ident)
	switch {
	case ok && id.Name == "_", c.isValue(c.typeOf(v), 0):
		return useRead
	case !ok || id.Obj == nil || id.Obj.Pos() != id.Pos(): // what outlives the loop
		return useAlias
	}
	for _, m := range c.uses[id.Obj] {
		if m.Pos() != id.Pos() {
			most = worse(most, c.useOfElement(m))
		}
	}
	return most
}

// useOfElement tells what one mention of a loop's variable does with the
// element that it leads to. What fn hands on is its own affair.
func (c *checker) useOfElement(m *ast.Ident) (most use) {
	own := c.inside(m) && !c.runElsewhere(m)
	switch c.useOf(m) {
	case useAlter:
		if !c.altersCopy(m) {
			return useAlter
		}
	case useCall:
		if !own && !c.callLeaves(m) {
			return useAlter
		}
	case useAlias:
		if !own && (c.isMethodValue(m) || !c.harmless(m) && !c.isValue(c.typeOf(c.selected(m)), 0)) {
			return useAlias
		}
	case useRead:
		stmt, ok := c.rangedBy(m) // for _, row := range rows { for i := range row
		if !ok {
			return useRead
		}
		for _, inner := range []ast.Expr{stmt.Key, stmt.Value} {
			if inner != nil {
				most = worse(most, c.useOfElements(inner))
			}
		}
	}
	return most
}

// altersCopy reports whether what is set by way of a variable is a part of the
// variable itself: x.f = v where x is a struct.
func (r *resolver) altersCopy(id *ast.Ident) bool {
	var e ast.Expr = id
	for {
		sel, ok := r.parent[e].(*ast.SelectorExpr)
		if !ok {
			break
		}
		if _, ok := r.under(r.typeOf(e)).Expr.(*ast.StructType); !ok {
			return false
		}
		e = sel
	}
	switch p := r.parent[e].(type) {
	case *ast.AssignStmt:
		return slices.Contains(p.Lhs, e)
	case *ast.IncDecStmt:
		return true
	}
	return false
}
