package source

//lint:file-ignore SA1019 see resolve.go

import "go/ast"

// determineComposite: a struct of solid values given by field name is solid;
// slices, maps and what cannot be told from them are shared by their copies. No
// literal is firmer than any one of its elements and keys.
func (c *checker) determineComposite(e *ast.CompositeLit) firmness {
	firm := fluid
	if len(e.Elts) > 0 && isNamedType(e.Type) {
		firm = solid
	}
	for _, elt := range e.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); !ok || c.keysAre(e, id) == valueKeys {
				firm = min(firm, fluid, c.determine(kv.Key))
			}
			elt = kv.Value
		} else {
			firm = min(firm, fluid)
		}
		firm = min(firm, c.determine(elt))
	}
	return firm
}

func isNamedType(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.StructType:
		return true
	}
	return false
}

// isFieldKey reports whether an identifier is surely the name of a field in a
// composite literal, which the parser resolves as if it were an expression.
func (r *resolver) isFieldKey(id *ast.Ident) bool {
	kv, ok := r.parent[id].(*ast.KeyValueExpr)
	if !ok || kv.Key != ast.Expr(id) {
		return false
	}
	lit, ok := r.parent[kv].(*ast.CompositeLit)
	return ok && r.keysAre(lit, id) == fieldKeys
}

// keyKind says what the keys of a composite literal are.
type keyKind int

const (
	valueKeys  keyKind = iota // of a map or a list: expressions
	fieldKeys                 // of a struct
	likeFields                // of a type of another package, and named like its fields
)

// keysAre tells what an identifier is that is a key of a composite literal.
func (r *resolver) keysAre(lit *ast.CompositeLit, id *ast.Ident) keyKind {
	spelled := r.literalType(lit)
	switch r.under(spelled).Expr.(type) {
	case *ast.StructType:
		return fieldKeys
	case nil:
		if id.Obj == nil && ast.IsExported(id.Name) && !r.declares(id.Name) && isNamedType(spelled.Expr) && len(r.dots) == 0 {
			return likeFields
		}
	}
	return valueKeys
}

// literalType returns the type of a composite literal, that of the one around
// it where it is elided.
func (r *resolver) literalType(lit *ast.CompositeLit) static {
	if lit.Type != nil {
		return static{lit.Type, r}
	}
	n := r.parent[lit]
	kv, isPair := n.(*ast.KeyValueExpr)
	if isPair {
		n = r.parent[kv]
	}
	around, ok := n.(*ast.CompositeLit)
	if !ok {
		return static{}
	}
	key, elem := r.elements(r.literalType(around))
	if isPair && kv.Key == ast.Expr(lit) {
		elem = key
	}
	if star, ok := elem.Expr.(*ast.StarExpr); ok { // []*T{{}}
		return static{star.X, elem.in}
	}
	return elem
}
