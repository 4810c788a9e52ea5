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

// Functions that are handed a testing handle may ask it for what differs from
// test to test, such as its name. That a parameter is one its type says
// (HandleUse). That a field of a struct, or a parameter of an interface type, is
// one, facts of two declarations say together: a PossibleUse, and the handles of
// the struct, or who hands a handle on.

// A HandleUse is a question to a testing handle that was handed in.
type HandleUse struct {
	What string // "Name()"
	Line int
}

// A PossibleUse is a question to what may be a testing handle.
type PossibleUse struct {
	What  string
	Typ   string // the local type that is asked, or whose field is; "" if that is not known
	Field string
	Param int // that is asked, counted from 1
	Line  int
}

// A HandleArg says that a testing handle is handed on.
type HandleArg struct {
	Callee Mention
	Arg    int
}

// EmbeddedHandle stands for the name of a field that is embedded.
const EmbeddedHandle = "."

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
	ask := PossibleUse{What: name + "()", Line: w.x.Line(s.Pos())}
	if name == "N" {
		ask.What = name
	}
	of := ast.Unparen(s.X)
	if field, ok := of.(*ast.SelectorExpr); ok {
		ask.Field, of = field.Sel.Name, field.X
	}
	var d *scope.Def
	id, ok := of.(*ast.Ident)
	if ok {
		d = scope.Of(id)
	}
	ask.Typ = syntax.BaseName(paramType(d))
	switch {
	case ask.Field == "" && w.isHandle(d):
		once(&w.f.more().HandleUses, HandleUse{ask.What, ask.Line})
	case !called || name == "Failed" || name == "Skipped": // what is stored was built by a test that has done neither
	case ask.Field == "" && (ask.Typ != "" || w.param(d) > 0):
		ask.Param = max(w.param(d), 1)
		once(&w.f.more().PossibleUses, ask)
	case ask.Field != "" && !(ok && d == nil && w.x.imports.Sure[id.Name]):
		once(&w.f.more().PossibleUses, ask)
	}
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

// param returns the number of a parameter, counted from 1, or 0.
func (w *walker) param(d *scope.Def) int {
	if list := w.bound[d]; len(list) == 1 && list[0].Path == "" {
		return max(list[0].Param-1, 0)
	}
	return 0
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

// handleFields notes the fields of a struct that are testing handles.
func (w *walker) handleFields(s *ast.StructType) {
	for _, f := range s.Fields.List {
		if !w.x.isHandleType(f.Type) {
			continue
		}
		if len(f.Names) == 0 {
			once(&w.f.more().HandleFields, EmbeddedHandle)
		}
		for _, name := range f.Names {
			once(&w.f.more().HandleFields, name.Name)
		}
	}
}
