package facts

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// HandleName is the question to a testing handle for the name of its test, which
// is an input where it is asked.
const HandleName = "Name()"

// A HandleUse is a question to a testing handle, whose answer differs from test to
// test or from run to run. That a parameter is a handle its type says; that a
// field, or a parameter of another type, may be one, is known where a handle is
// mentioned in the same closure.
type HandleUse struct {
	What  string // "Name()"
	Maybe bool   // what is asked may be something else
	Line  int
}

// questions are the methods of a testing handle whose answers differ from run to
// run or test to test. The context says nothing but when to stop, and a temporary
// directory is new and empty wherever it lies.
var questions = std.Words{Text: "Name Deadline Failed Skipped N Elapsed ArtifactDir"}

// asked notes x.Name() and x.f.Name(), and of a handle the method alone.
func (w *walker) asked(s *ast.SelectorExpr, called bool) {
	name := s.Sel.Name
	if !questions.Has(name) {
		return
	}
	use := HandleUse{What: name + "()", Line: w.x.Line(s.Pos())}
	if name == "N" {
		use.What = name
	}
	of := ast.Unparen(s.X)
	field, isField := of.(*ast.SelectorExpr)
	if isField {
		of = field.X
	}
	id, ok := of.(*ast.Ident)
	var d *scope.Def
	if ok {
		d = scope.Of(id)
	}
	switch {
	case !isField && w.isHandle(d):
	case !called || name == "Failed" || name == "Skipped": // what is stored was built by a test that has done neither
		return
	case isField:
		use.Maybe = true
		if ok && d == nil && w.x.imports.Sure[id.Name] {
			return
		}
	default:
		path, _ := w.x.qualified(paramType(d))
		use.Maybe = true
		if paramType(d) == nil || std.IsPackage(path) { // an os.File
			return
		}
	}
	once(&w.f.more().HandleUses, use)
}

// paramType returns the type of a parameter or receiver, nil for what is none.
func paramType(d *scope.Def) ast.Expr {
	if d != nil {
		if f, ok := d.Node.(*ast.Field); ok {
			return f.Type
		}
	}
	return nil
}

// isHandle reports whether a name is a parameter that its type says to be a
// testing handle.
func (w *walker) isHandle(d *scope.Def) bool { return w.x.isHandleType(paramType(d)) }

// isHandleType reports whether a type is testing.TB, or a pointer to one of the
// types behind it.
func (x *extractor) isHandleType(e ast.Expr) bool {
	if star, ok := e.(*ast.StarExpr); ok {
		path, name := x.qualified(star.X)
		return path == "testing" && (name == "T" || name == "B" || name == "F")
	}
	if id, ok := e.(*ast.Ident); ok && id.Name == "TB" {
		return x.Syntax.Name.Name == "cachetest" || slices.ContainsFunc(x.imports.Dots, syntax.IsAPI)
	}
	path, name := x.qualified(e)
	return name == "TB" && (path == "testing" || syntax.IsAPI(path))
}
