package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"strings"
)

// receiver returns, of a mention x that selects x.f.M last, what M is selected
// from and its name.
func (r *resolver) receiver(id *ast.Ident) (ast.Expr, string) {
	var e ast.Expr = id
	var last *ast.SelectorExpr
	for {
		switch p := r.parent[e].(type) {
		case *ast.SelectorExpr:
			e, last = p, p
			continue
		case *ast.ParenExpr:
			e = p
			continue
		case *ast.IndexExpr:
			if p.X == e {
				e, last = p, nil
				continue
			}
		case *ast.StarExpr:
			e, last = p, nil
			continue
		}
		if last == nil {
			return nil, ""
		}
		return last.X, last.Sel.Name
	}
}

// callLeaves reports whether a mention calls a method that surely leaves its
// receiver as it is: of a time, a duration or a testing handle, or one that gets
// a copy with which the receiver has nothing in common.
func (r *resolver) callLeaves(id *ast.Ident) bool {
	x, name := r.receiver(id)
	if x == nil {
		return false
	}
	t := r.typeOf(x)
	if t.Expr != nil && t.in.isHandleType(t.Expr) {
		return true
	}
	if isTime(r.under(t)) && len(r.names(t)) == 0 {
		return !strings.HasPrefix(name, "Unmarshal") && name != "GobDecode"
	}
	m := r.methodOf(t, name)
	return m.found && !m.pointer && r.isValue(t, 0)
}

// methodOf tells of a method of a type of this package, or of a pointer to it.
func (r *resolver) methodOf(t static, name string) methodKind {
	if star, ok := t.Expr.(*ast.StarExpr); ok {
		t = static{star.X, t.in}
	}
	id, ok := t.Expr.(*ast.Ident)
	if !ok {
		return methodKind{}
	}
	return r.method(id.Name, name)
}

// callAlters reports whether a mention calls a method that may well change its
// receiver.
func (r *resolver) callAlters(id *ast.Ident) bool {
	x, name := r.receiver(id)
	if x == nil || r.callLeaves(id) {
		return false
	}
	if m := r.methodOf(r.typeOf(x), name); m.found {
		return m.alters
	}
	return !leavesAlone(name)
}

// isMethodValue reports whether a mention takes a method along with its
// receiver, x.M, or may do so: it selects what is not known to be a field.
func (r *resolver) isMethodValue(id *ast.Ident) bool {
	x, name := r.receiver(id)
	if x == nil || r.fieldOf(r.typeOf(x), name, 0).Expr != nil {
		return false
	}
	if r.handedTo(id) == onlooker {
		return false
	}
	// A field of a type of another package may be known by a literal.
	base, ok := r.refOf(x)
	if !ok || base.path != "" {
		return true
	}
	def, _ := r.definition(base.obj)
	if u, ok := def.(*ast.UnaryExpr); ok {
		def = u.X
	}
	lit, ok := def.(*ast.CompositeLit)
	return !ok || fieldValue(lit, name) == nil
}
