package source

//lint:file-ignore SA1019 see resolve.go

import "go/ast"

// isHandle reports whether a variable is a parameter that its type says to be a
// testing handle.
func (w *walker) isHandle(obj *ast.Object) bool {
	if obj == nil {
		return false
	}
	f, ok := obj.Decl.(*ast.Field)
	return ok && f.Type != nil && w.x.names.isHandleType(f.Type)
}
