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

// Functions that are handed a testing handle may ask it for things that differ from test to
// test, such as its name. Of a parameter that is a handle by its type each mention is looked
// at: calls of its methods are what they are, and where it is handed to a function that
// takes a handle by its type too, the facts of that function tell. Whatever else is done
// with it puts it where it is not followed: there it may be asked for the name.

// A HandleUse is a call of a method of a testing handle that tells or leaves something.
type HandleUse struct {
	What     string // "Name()", "N", "Cleanup"
	Line     int
	Possible bool // only if a handle is put where it is not followed, and this is one

	// The function that the handle is handed to, which may ask this.
	To     Mention
	Arg    int
	Checks bool // nothing of what the call does goes on: see checks
}

// Leaves reports whether it leaves something behind for the test.
func (u HandleUse) Leaves() bool {
	return u.What == "Cleanup" || u.What == "Setenv" || u.What == "Chdir"
}

// isQuestion reports whether the answer of a method of a testing handle, or of the field N,
// differs from run to run or test to test. The context says nothing but when to stop, and
// a temporary directory is new and empty wherever it lies.
func isQuestion(name string) bool {
	return slices.Contains([]string{"Name", "Deadline", "Failed", "Skipped", "N", "Elapsed", "ArtifactDir", "Run"}, name)
}

// asked notes x.Name() and its kin. On a handle that is not followed only some count: putting
// it there counts as a question for the name, and a test that has failed stores nothing.
func (w *walker) asked(s *ast.SelectorExpr, called bool) {
	use := HandleUse{What: s.Sel.Name}
	if !isQuestion(use.What) && !use.Leaves() {
		return
	}
	use.Line = w.Line(s.Pos())
	id, ok := ast.Unparen(s.X).(*ast.Ident)
	d := scope.Of(id)
	if path, _ := w.imports.Qualified(paramType(d)); !w.isHandle(d) {
		if !called || use.What == "Name" || use.What == "Failed" || use.What == "Run" || use.Leaves() || path != "" || ok && d == nil && w.imports.Sure[id.Name] {
			return
		}
		use.Possible = true
	}
	if use.What != "N" && !use.Leaves() {
		use.What += "()"
	}
	once(&w.f.HandleUses, use)
}

// handed notes that a testing handle is put where it is not followed.
func (w *walker) handed(id *ast.Ident) {
	if id != w.followed && w.isHandle(scope.Of(id)) {
		once(&w.f.HandleUses, HandleUse{What: HandleName, Line: w.Line(id.Pos())})
	}
}

// handArg notes that a call is given a testing handle. The API is known to ask nothing of
// it, and a method is not known.
func (w *walker) handArg(call *ast.CallExpr, callee Mention, arg int) {
	id, ok := call.Args[arg].(*ast.Ident)
	if !ok || callee == (Mention{}) || !w.isHandle(scope.Of(id)) {
		return
	}
	w.followed = id
	if path := w.imports.Paths[callee.X]; !syntax.IsAPI(path) {
		once(&w.f.HandleUses, HandleUse{What: HandleName, Line: w.Line(call.Pos()), To: callee, Arg: arg,
			Checks: w.dropped == call && path != "" && !std.IsPackage(path) && checks(call)})
	}
}

// checks reports whether a call, whose results are dropped, is that of a function which
// checks its other arguments, as those of testify do: it is given neither an address nor
// a function, by which the name of the test could come back.
func checks(call *ast.CallExpr) bool {
	return len(call.Args) > 1 && !slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		u, ok := ast.Unparen(arg).(*ast.UnaryExpr)
		_, lit := ast.Unparen(arg).(*ast.FuncLit)
		return lit || ok && u.Op == token.AND
	})
}

// paramType returns the type of a parameter or receiver, nil for any other name.
func paramType(d *scope.Def) ast.Expr {
	if d != nil {
		if f, ok := d.Node.(*ast.Field); ok {
			return f.Type
		}
	}
	return nil
}

// isHandle reports whether a name is a parameter that its type says to be a testing handle.
func (w *walker) isHandle(d *scope.Def) bool { return w.imports.IsHandle(paramType(d)) }
