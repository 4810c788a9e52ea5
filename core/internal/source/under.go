package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"slices"
)

// elements returns the types of what ranging over a value gives.
func (r *resolver) elements(of static) (key, elem static) {
	t := r.under(of)
	if star, ok := t.Expr.(*ast.StarExpr); ok { // *[3]int
		t = r.under(static{star.X, t.in})
	}
	switch e := t.Expr.(type) {
	case *ast.ArrayType:
		return r.basic("int"), static{e.Elt, t.in}
	case *ast.MapType:
		return static{e.Key, t.in}, static{e.Value, t.in}
	case *ast.ChanType:
		return static{e.Value, t.in}, static{}
	case *ast.Ident:
		if e.Name == "string" {
			return r.basic("int"), r.basic("rune")
		}
		return of, static{} // for i := range n
	case *ast.FuncType:
		return yielded(e, t.in)
	case *ast.IndexExpr:
		if path, name := t.in.qualified(e); path == "iter" && name == "Seq" {
			return static{e.Index, t.in}, static{}
		}
	case *ast.IndexListExpr:
		if path, name := t.in.qualified(e); path == "iter" && name == "Seq2" && len(e.Indices) == 2 {
			return static{e.Indices[0], t.in}, static{e.Indices[1], t.in}
		}
	}
	return static{}, static{}
}

// yielded returns the types of what func(yield func(K, V) bool) gives.
func yielded(f *ast.FuncType, in *resolver) (key, elem static) {
	if f.Params.NumFields() != 1 {
		return static{}, static{}
	}
	yield, ok := f.Params.List[0].Type.(*ast.FuncType)
	if !ok {
		return static{}, static{}
	}
	var types []static
	for _, p := range yield.Params.List {
		for range max(len(p.Names), 1) {
			types = append(types, static{p.Type, in})
		}
	}
	types = append(types, static{}, static{})
	return types[0], types[1]
}

// fieldOf returns the type of a field: of a struct, of what it embeds, or of
// what a pointer to it leads to.
func (r *resolver) fieldOf(t static, name string, depth int) static {
	t = r.under(t)
	if star, ok := t.Expr.(*ast.StarExpr); ok {
		t = r.under(static{star.X, t.in})
	}
	st, ok := t.Expr.(*ast.StructType)
	if !ok || depth > 16 {
		return static{}
	}
	for _, f := range st.Fields.List {
		for _, n := range f.Names {
			if n.Name == name {
				return static{f.Type, t.in}
			}
		}
	}
	for _, f := range st.Fields.List {
		if len(f.Names) > 0 {
			continue
		}
		if baseName(f.Type) == name {
			return static{f.Type, t.in}
		}
		if found := r.fieldOf(static{f.Type, t.in}, name, depth+4); found.Expr != nil {
			return found
		}
	}
	return static{}
}

// under returns what a type stands for: no name, but for those of basic types
// and of package time; nothing if it cannot be told.
func (r *resolver) under(t static) static {
	for range 16 {
		switch e := t.Expr.(type) {
		case *ast.ParenExpr:
			t.Expr = e.X
		case *ast.Ident:
			if e.Obj == nil && basicTypes.has(e.Name) && r.builtin(e.Name) {
				return t
			}
			if e.Obj == nil && (e.Name == "any" || e.Name == "error") && r.builtin(e.Name) || e.Obj != nil && isTypeParam(e.Obj) {
				return static{&ast.InterfaceType{}, t.in}
			}
			obj, in := r.declaration(e, t.in)
			if obj == nil {
				return static{}
			}
			spec, ok := obj.Decl.(*ast.TypeSpec)
			if !ok || spec.TypeParams != nil {
				return static{}
			}
			t = static{spec.Type, in}
		case *ast.SelectorExpr:
			if !isTime(t) {
				return static{}
			}
			return t
		default:
			return t
		}
	}
	return static{}
}

// isTime reports whether a type is one of package time's whose value is no
// more than a number, or a time.
func isTime(t static) bool {
	sel, ok := t.Expr.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	path, name := t.in.qualified(sel)
	return path == "time" && slices.Contains([]string{"Duration", "Time", "Month", "Weekday"}, name)
}

// isValue reports whether a copy of a value has nothing in common with it: it
// is a number, a text, or a struct or an array of such.
func (r *resolver) isValue(t static, depth int) bool {
	t = r.under(t)
	switch e := t.Expr.(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return true
	case *ast.ArrayType:
		return e.Len != nil && depth < 8 && r.isValue(static{e.Elt, t.in}, depth+1)
	case *ast.StructType:
		return depth < 8 && !slices.ContainsFunc(e.Fields.List, func(f *ast.Field) bool { return !r.isValue(static{f.Type, t.in}, depth+1) })
	}
	return false
}

// names returns the names of this package that a type goes by until it is what
// it stands for: its methods are theirs.
func (r *resolver) names(t static) (list []string) {
	for range 16 {
		id, ok := t.Expr.(*ast.Ident)
		if !ok || id.Obj == nil && basicTypes.has(id.Name) && r.builtin(id.Name) {
			break
		}
		obj, in := r.declaration(id, t.in)
		if obj == nil {
			break
		}
		spec, ok := obj.Decl.(*ast.TypeSpec)
		if !ok {
			break
		}
		list = append(list, id.Name)
		t = static{spec.Type, in}
	}
	return list
}
