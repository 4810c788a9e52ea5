package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"slices"
)

// mayHoldCode reports whether the static type of a value may hold code that
// the source of fn does not name. Only basic types, strings and slices and
// maps of them surely do not.
func (c *checker) mayHoldCode(r ref) bool {
	typ := c.staticType(r)
	if def, _ := c.definition(r.obj); typ == nil && def != nil {
		if lit, ok := def.(*ast.CompositeLit); ok {
			typ = lit.Type
		}
		if c.determine(def) == solid {
			return false
		}
	}
	return typ == nil || !c.plain(typ, 0)
}

// staticType returns the type that is written where a value is declared, or nil.
func (c *checker) staticType(r ref) (typ ast.Expr) {
	switch d := r.obj.Decl.(type) {
	case *ast.Field:
		typ = d.Type
	case *ast.ValueSpec:
		typ = d.Type
	}
	if r.path != "" {
		typ = c.fieldType(typ, r.path[1:])
	}
	return typ
}

func (c *checker) fieldType(typ ast.Expr, name string) ast.Expr {
	st, ok := c.structOf(typ)
	if !ok {
		return nil
	}
	for _, f := range st.Fields.List {
		for _, n := range f.Names {
			if n.Name == name {
				return f.Type
			}
		}
	}
	return nil
}

func (c *checker) plain(typ ast.Expr, depth int) bool {
	if depth > 8 {
		return false
	}
	switch t := typ.(type) {
	case *ast.ArrayType:
		return c.plain(t.Elt, depth+1)
	case *ast.Ellipsis:
		return c.plain(t.Elt, depth+1)
	case *ast.MapType:
		return c.plain(t.Key, depth+1) && c.plain(t.Value, depth+1)
	case *ast.StarExpr:
		return c.plain(t.X, depth+1)
	case *ast.SelectorExpr:
		path, name := c.qualified(t)
		return path == "time" && (name == "Duration" || name == "Time" || name == "Month" || name == "Weekday")
	case *ast.StructType:
		return !slices.ContainsFunc(t.Fields.List, func(f *ast.Field) bool { return !c.plain(f.Type, depth+1) })
	}
	if id, ok := typ.(*ast.Ident); ok && !isBasic(typ) && (id.Obj == nil || c.pkgLevel(id.Obj)) {
		return c.plainNamed(id.Name, depth+1)
	}
	return isBasic(typ)
}
