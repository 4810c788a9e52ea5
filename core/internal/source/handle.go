package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"slices"
)

// TellsName is the question to a testing handle for the name of its test, which
// is an input where it is asked.
const TellsName = "Name()"

// Functions that are handed a testing handle may ask it for what differs from
// test to test, such as its name. That a parameter is one its type says
// (tellFact). That a field of a struct, or a parameter of an interface type, is
// one, facts of two declarations say together: an askFact, and the handles of
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

// An askFact is a question to what may be a testing handle.
type askFact struct {
	what  string
	typ   string // the local type that is asked, or whose field is; "" if that is not known
	field string
	param int // that is asked, counted from 1
	line  int
}

// A handleFact says that a testing handle is handed on.
type handleFact struct {
	callee mention
	arg    int
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
		if w.isHandle(x.Obj) {
			w.tell(tellFact{what, w.x.line(s.Pos())})
		} else if x.Obj != nil && called {
			param := w.param(x.Obj)
			if typ := typeOfParam(x.Obj); typ != "" || param > 0 {
				w.ask(askFact{what: what, typ: typ, param: max(param, 1), line: w.x.line(s.Pos())})
			}
		}
	case *ast.SelectorExpr:
		ask := askFact{what: what, field: x.Sel.Name, line: w.x.line(s.Pos())}
		if id, ok := x.X.(*ast.Ident); ok {
			if id.Obj == nil && w.x.sure[id.Name] {
				return
			}
			ask.typ = typeOfParam(id.Obj)
		}
		w.ask(ask)
	}
}

func (w *walker) tell(t tellFact) {
	if list := w.f.rare().tells; !slices.Contains(list, t) {
		w.f.more().tells = append(list, t)
	}
}

func (w *walker) ask(a askFact) {
	if a.what == "Failed()" || a.what == "Skipped()" {
		return // what is stored was built by a test that has done neither
	}
	if list := w.f.rare().asks; !slices.Contains(list, a) {
		w.f.more().asks = append(list, a)
	}
}

// typeOfParam returns the type of this package that a parameter or receiver is
// of, or points to.
func typeOfParam(obj *ast.Object) string {
	if obj == nil {
		return ""
	}
	f, ok := obj.Decl.(*ast.Field)
	if !ok || f.Type == nil {
		return ""
	}
	if name := baseName(f.Type); name != "_" {
		return name
	}
	return ""
}

// handleFields notes the fields of a struct that are testing handles.
func (w *walker) handleFields(s *ast.StructType) {
	for _, f := range s.Fields.List {
		if !w.x.names.isHandleType(f.Type) {
			continue
		}
		for _, name := range f.Names {
			w.f.more().handles = append(w.f.more().handles, name.Name)
		}
		if len(f.Names) == 0 {
			w.f.more().handles = append(w.f.more().handles, embeddedHandle)
		}
	}
}

// embeddedHandle stands for the name of a field that is embedded.
const embeddedHandle = "."

// handsHandle notes that a testing handle is handed to a function.
func (w *walker) handsHandle(arg ast.Expr, callee mention, i int) {
	if id, ok := arg.(*ast.Ident); ok && callee != (mention{}) && w.isHandle(id.Obj) {
		w.f.more().hands = append(w.f.more().hands, handleFact{callee, i})
	}
}

// isHandle reports whether a variable is a parameter that its type says to be a
// testing handle.
func (w *walker) isHandle(obj *ast.Object) bool {
	if obj == nil {
		return false
	}
	f, ok := obj.Decl.(*ast.Field)
	return ok && f.Type != nil && w.x.names.isHandleType(f.Type)
}
