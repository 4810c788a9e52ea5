package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"slices"
)

// changes reports whether something may give a variable another value than the
// one it was defined with.
func (c *checker) changes(obj *ast.Object, kind firmness) bool {
	reads, writes := false, false
	for _, id := range c.uses[obj] {
		if id.Pos() == obj.Pos() {
			continue
		}
		u := c.useWith(id, kind)
		if c.inside(id) && !c.runElsewhere(id) {
			// fn's own changes are its own, as long as it does not go on from
			// what an earlier run of it has left.
			reads = reads || u != useWrite
			writes = writes || u == useWrite || u == useAlter || u == useCall && c.repeated(obj) && c.callAlters(id)
			continue
		}
		switch u {
		case useWrite, useAlter:
			return true
		case useCall:
			if !c.callLeaves(id) {
				return true
			}
		case useAlias:
			if c.isMethodValue(id) || kind != solid && !c.harmless(id) && !c.isValue(c.typeOf(c.selected(id)), 0) {
				return true
			}
		}
	}
	return reads && writes
}

// repeated reports whether fn may be run again with the same variable.
func (c *checker) repeated(obj *ast.Object) bool {
	return c.cover.r.file != c.file || c.cover.repeats(obj.Pos(), false)
}

// runElsewhere reports whether a mention inside fn stands in a literal that is
// not run by fn alone: it is held in a variable that others call, too.
func (c *checker) runElsewhere(id *ast.Ident) bool {
	for _, lit := range c.lits {
		if within(id.Pos(), lit) && !c.calledElsewhere(lit) {
			return false
		}
	}
	return true
}

func (c *checker) calledElsewhere(lit *ast.FuncLit) bool {
	var holder *ast.Object
	switch p := c.parent[lit].(type) {
	case *ast.CallExpr, *ast.ReturnStmt:
		return false
	case *ast.AssignStmt:
		for i, rhs := range p.Rhs {
			if id, ok := p.Lhs[min(i, len(p.Lhs)-1)].(*ast.Ident); ok && rhs == ast.Expr(lit) {
				holder = id.Obj
			}
		}
	case *ast.ValueSpec:
		for i, v := range p.Values {
			if v == ast.Expr(lit) && i < len(p.Names) {
				holder = p.Names[i].Obj
			}
		}
	}
	return holder == nil || slices.ContainsFunc(c.uses[holder], func(id *ast.Ident) bool {
		isArg := c.cover.call != nil && slices.Contains(c.cover.call.Args, ast.Expr(id))
		return id.Pos() != holder.Pos() && !c.inside(id) && !isArg
	})
}

// selected returns the whole expression x.f[i].g that a mention of x begins.
func (r *resolver) selected(id *ast.Ident) ast.Expr {
	var e ast.Expr = id
	for {
		switch p := r.parent[e].(type) {
		case *ast.SelectorExpr:
			e = p
		case *ast.ParenExpr:
			e = p
		case *ast.IndexExpr:
			if p.X != e {
				return e
			}
			e = p
		default:
			return e
		}
	}
}

// fieldValue returns what a composite literal gives a field by its name.
func fieldValue(lit *ast.CompositeLit, name string) ast.Expr {
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}
