package capture

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// locks reports whether a type, or a part of it that is no pointer, has methods
// Lock and Unlock of a pointer: go vet reports who copies its values. Of a type
// of another package the file that declares it is looked at.
func (v env) locks(t typ, depth int) bool {
	if depth > maxDepth {
		return false
	}
	if v.hasMethods(t, "Lock", "Unlock") {
		return true
	}
	u := v.under(t)
	switch e := u.expr.(type) {
	case *ast.ArrayType:
		return e.Len != nil && v.locks(typ{e.Elt, u.file}, depth+1)
	case *ast.StructType:
		return slices.ContainsFunc(e.Fields.List, func(f *ast.Field) bool { return v.locks(typ{f.Type, u.file}, depth+1) })
	}
	return false
}

// hasMethods reports whether a declared type has some methods of a pointer.
func (v env) hasMethods(t typ, names ...string) bool {
	if t.file == nil {
		return false
	}
	path, name := v.qualifiedType(t)
	if id, ok := ast.Unparen(t.expr).(*ast.Ident); ok && path == "" && scope.Of(id) == nil {
		path, name = t.file.Path, id.Name
	}
	_, in := v.pkg.Decl(path, name)
	return in != nil && !slices.ContainsFunc(names, func(method string) bool {
		found, pointer := v.pkg.Method(name, method)
		if path != "" {
			found, pointer = methodIn(in, name, method)
		}
		return !found || !pointer
	})
}

// methodIn looks for a method in one file.
func methodIn(f *File, typ, name string) (found, pointer bool) {
	for _, d := range f.Syntax.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv == nil || len(fn.Recv.List) == 0 || fn.Name.Name != name {
			continue
		}
		if star, ok := fn.Recv.List[0].Type.(*ast.StarExpr); ok && isName(star.X, typ) {
			return true, true
		}
	}
	return false, false
}
