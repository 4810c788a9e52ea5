package facts

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// HandleName is the question to a testing handle for the name of its test, which
// is an input where it is asked.
const HandleName = "Name()"

// Functions that are handed a testing handle may ask it for what differs from
// test to test, such as its name. That a parameter is one its type says
// (HandleUse). That a field of a struct, or a parameter of an interface type, is
// one, facts of two declarations say together: an PossibleUse, and the handles of
// the struct, or who hands a handle on.

// differs reports whether a name is one of the methods and fields of a testing
// handle whose answers differ from run to run or test to test. The context says
// nothing but when to stop, and a temporary directory is new and empty wherever it lies.
func differs(name string) bool {
	switch name {
	case "Name", "Deadline", "Failed", "Skipped", "N", "Elapsed", "ArtifactDir":
		return true
	}
	return false
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

// asked notes x.Name(), with or without a call.
func (w *walker) asked(s *ast.SelectorExpr, called bool) {
	if !differs(s.Sel.Name) {
		return
	}
	what := s.Sel.Name
	if what != "N" {
		what += "()"
	}
	switch x := ast.Unparen(s.X).(type) {
	case *ast.Ident:
		d := scope.Of(x)
		if w.isHandle(d) {
			w.tell(HandleUse{what, w.x.Line(s.Pos())})
		} else if d != nil && called {
			param := w.param(d)
			if typ := typeOfParam(d); typ != "" || param > 0 {
				w.ask(PossibleUse{What: what, Typ: typ, Param: max(param, 1), Line: w.x.Line(s.Pos())})
			}
		}
	case *ast.SelectorExpr:
		ask := PossibleUse{What: what, Field: x.Sel.Name, Line: w.x.Line(s.Pos())}
		if id, ok := x.X.(*ast.Ident); ok {
			if scope.Of(id) == nil && w.x.sure[id.Name] {
				return
			}
			ask.Typ = typeOfParam(scope.Of(id))
		}
		w.ask(ask)
	}
}

func (w *walker) tell(t HandleUse) {
	if list := w.f.Rare().HandleUses; !slices.Contains(list, t) {
		w.f.more().HandleUses = append(list, t)
	}
}

func (w *walker) ask(a PossibleUse) {
	if a.What == "Failed()" || a.What == "Skipped()" {
		return // what is stored was built by a test that has done neither
	}
	if list := w.f.Rare().PossibleUses; !slices.Contains(list, a) {
		w.f.more().PossibleUses = append(list, a)
	}
}

// typeOfParam returns the type of this package that a parameter or receiver is
// of, or points to.
func typeOfParam(d *scope.Def) string {
	if d == nil {
		return ""
	}
	f, ok := d.Node.(*ast.Field)
	if !ok || f.Type == nil {
		return ""
	}
	if name := syntax.BaseName(f.Type); name != "_" {
		return name
	}
	return ""
}

// handleFields notes the fields of a struct that are testing handles.
func (w *walker) handleFields(s *ast.StructType) {
	for _, f := range s.Fields.List {
		if !w.x.names.IsHandleType(f.Type) {
			continue
		}
		for _, name := range f.Names {
			w.f.more().HandleFields = append(w.f.more().HandleFields, name.Name)
		}
		if len(f.Names) == 0 {
			w.f.more().HandleFields = append(w.f.more().HandleFields, EmbeddedHandle)
		}
	}
}

// EmbeddedHandle stands for the name of a field that is embedded.
const EmbeddedHandle = "."
