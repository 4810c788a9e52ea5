package facts

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// HandleName is the question to a testing handle for the name of its test, which
// is an input where it may be asked.
const HandleName = "Name()"

// Functions that are handed a testing handle may ask it for what differs from
// test to test, such as its name. Of a parameter that is a handle by its type each
// mention is looked at: calls of its methods are what they are, and where it is
// handed to a function that takes a handle by its type too, the facts of that
// function tell. Whatever else is done with it puts it where it is not followed:
// there it may be asked for the name.

// A HandleUse is a question to a testing handle.
type HandleUse struct {
	What string // "Name()"
	Line int
}

// A HandleArg says that a testing handle is handed to a function, or to a method
// of that name whatever it is a method of.
type HandleArg struct {
	Callee Mention
	Method bool
	Arg    int
	Checks bool // nothing of what the call does goes on: see checks
	Line   int
}

// questions are the methods of a testing handle whose answers differ from run to
// run or test to test. The context says nothing but when to stop, and a temporary
// directory is new and empty wherever it lies.
var questions = std.Words{Text: "Name Deadline Failed Skipped N Elapsed ArtifactDir"}

// lasting are the methods that leave something behind for the test.
var lasting = std.Words{Text: "Cleanup Setenv Chdir"}

// asked notes x.Name(), and what else may be asked of a handle that was put where
// it is not followed: that this was done counts as a question for the name.
func (w *walker) asked(s *ast.SelectorExpr, called bool) {
	name := s.Sel.Name
	if id, ok := s.X.(*ast.Ident); ok && lasting.Has(name) && w.isHandle(scope.Of(id)) {
		once(&w.f.HandleCalls, HandleUse{name, w.x.Line(s.Pos())})
	}
	if !questions.Has(name) {
		return
	}
	ask := HandleUse{name + "()", w.x.Line(s.Pos())}
	if name == "N" {
		ask.What = name
	}
	var d *scope.Def
	id, ok := ast.Unparen(s.X).(*ast.Ident)
	if ok {
		d = scope.Of(id)
	}
	path, _ := w.x.imports.Qualified(paramType(d))
	switch {
	case w.isHandle(d):
		once(&w.f.HandleUses, ask)
	case !called || name == "Name" || name == "Failed" || name == "Skipped": // what is stored was built by a test that has done neither
	case path == "" && !(ok && d == nil && w.x.imports.Sure[id.Name]):
		once(&w.f.PossibleUses, ask)
	}
}

// handed notes that a testing handle is put where it is not followed.
func (w *walker) handed(id *ast.Ident) {
	if id != w.followed && w.isHandle(scope.Of(id)) {
		once(&w.f.HandleUses, HandleUse{HandleName, w.x.Line(id.Pos())})
	}
}

// handArg notes that a call is given a testing handle. What the API does with it
// is known.
func (w *walker) handArg(call *ast.CallExpr, callee Mention, arg int) {
	id, ok := call.Args[arg].(*ast.Ident)
	if !ok || !w.isHandle(scope.Of(id)) {
		return
	}
	path := w.x.imports.Paths[callee.X]
	h := HandleArg{callee, false, arg, w.dropped == call && path != "" && !std.IsPackage(path) && checks(call), w.x.Line(call.Pos())}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && callee == (Mention{}) {
		h.Callee.Sel, h.Method = sel.Sel.Name, true
	}
	if h.Callee == (Mention{}) {
		return
	}
	w.followed = id
	if !syntax.IsAPI(path) {
		once(&w.f.HandleArgs, h)
	}
}

// checks reports whether a call, whose results are dropped, is that of a function
// which checks what else it is given, as those of testify do: it is given neither
// an address nor a function, by which the name of the test could come back.
func checks(call *ast.CallExpr) bool {
	return len(call.Args) > 1 && !slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		u, ok := ast.Unparen(arg).(*ast.UnaryExpr)
		_, lit := ast.Unparen(arg).(*ast.FuncLit)
		return lit || ok && u.Op == token.AND
	})
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
func (w *walker) isHandle(d *scope.Def) bool { return w.x.imports.IsHandle(paramType(d)) }
