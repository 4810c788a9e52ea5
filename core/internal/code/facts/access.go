package facts

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// An Access says what a declaration does with a name that is not bound in it, with
// one of its parameters, or with a part of either. Operands of arithmetic and
// comparisons, conditions and lengths change nothing and hand on nothing: they
// leave no access.
type Access struct {
	Mention
	Param  int    // 0: the mention; 1: the receiver; 2 and up: a parameter
	Path   string // the part that is used, as steps from there
	Kind   AccessKind
	Late   bool // in a function literal or a go statement: not where the declaration is evaluated
	Fresh  bool // of AccessFill and AccessWrite: the value is made of no local variable
	Line   int
	Callee Mention // of AccessArgument and AccessAddress; of AccessFill what arg says
	Arg    int     // of AccessArgument, AccessAddress, AccessFill and AccessWrite
}

// The arg of an AccessFill: how it is known that it is done once. A number from
// 2 up is the parameter that is the key of the map's element.
const (
	fillEmpty = 0  // it was found empty
	FillFlag  = -1 // callee was
	FillOnce  = -2 // callee is a sync.Once
)

// Advances is the arg of an AccessWrite by which the new value comes of the old
// one: x++, x += 2, x = append(x, y).
const Advances = 1

type AccessKind uint8

const (
	AccessRead     AccessKind = iota // the value is copied: assigned, returned, sent, captured
	AccessRange                      // ranged over
	AccessCall                       // called, as a function or a method
	AccessArgument                   // handed to a function by name
	AccessFormat                     // handed to a method of a testing handle, which prints it
	AccessFill                       // assigned once by code that is given nothing; or a function that is called once
	AccessAddress                    // its address is taken; and handed to callee, if that is known
	AccessWrite                      // assigned, incremented, deleted from, sent to; anything unknown
)

// Steps of a path. A field or method is its name after a dot.
const (
	StepElem  = "[]"
	StepKey   = "[k]"
	StepStar  = "*"
	StepSlice = "[:]"
	StepCopy  = "=" // into a local variable
	StepRef   = "&" // its address, in a local variable
)

// StepEnds begin the step that follows a name.
const StepEnds = ".[*=&"

// A context is what is done with the value of an expression.
type context struct {
	kind    AccessKind
	operand bool // it only looks, or is no value at all
	path    string
	callee  Mention
	arg     int
	keyed   bool // by the one parameter
}

var (
	operand = context{operand: true}
	value   = context{kind: AccessRead}
	written = context{kind: AccessWrite}

	advances = context{kind: AccessWrite, arg: Advances}

	content = context{kind: AccessWrite, path: StepElem} // of what it holds, not of the variable
)

// through is the context of what an expression selects a part from.
func (c context) through(step string) context {
	c.path = step + c.path
	return c
}

// accesses are those of one declaration, as far as they are found. Local
// variables that are defined as a part of something are followed, and nothing
// else.
type accesses struct {
	found []Access
	known map[Access]bool
	bound map[*scope.Def][]Access // what a local variable is a part of
	late  int
	given bool                    // the code around is given something: receiver, parameter
	key   *scope.Def              // the one parameter that it is given
	once  []Mention               // the calls of sync.Once around
	empty []Access                // parts that the conditions around found empty
	there map[*scope.Def][]Access // parts that a local variable says to be there
	rhs   ast.Expr                // what is being assigned
}

// accessed notes the access to an identifier that is used as c says.
func (w *walker) accessed(id *ast.Ident, c context) {
	for _, u := range w.roots(id) {
		u = u.at(c.path)
		u.Kind, u.Callee, u.Arg, u.Late = c.kind, c.callee, c.arg, w.late > 0
		switch {
		case u.Kind == AccessWrite:
			u.Fresh = w.rhs != nil && w.isFresh(w.rhs)
			w.fills(&u, c.keyed)
		case u.Kind == AccessCall && u.Path == "" && u.X == "":
			w.callsFill(&u)
		}
		u.Line = 0
		if w.known[u] {
			continue
		}
		note(&w.known, u)
		u.Line = w.x.Line(id.Pos())
		w.found = append(w.found, u)
	}
}

// roots returns what an identifier is, or is a part of.
func (w *walker) roots(id *ast.Ident) []Access {
	if id.Name == "_" {
		return nil
	}
	if d := scope.Of(id); d != nil {
		return w.bound[d]
	}
	return []Access{{Mention: Mention{Sel: id.Name}}}
}

func (w *walker) bind(d *scope.Def, list ...Access) {
	if w.bound == nil {
		w.bound = map[*scope.Def][]Access{}
	}
	w.bound[d] = append(w.bound[d], list...)
}

// at returns u with a path behind its own; the first field of a name may belong
// to a qualified name.
func (u Access) at(path string) Access {
	if u.Path == "" && u.X == "" && u.Param == 0 && strings.HasPrefix(path, ".") {
		end := strings.IndexAny(path[1:], StepEnds) + 1
		if end == 0 {
			end = len(path)
		}
		u.X, u.Sel, path = u.Sel, path[1:end], path[end:]
	}
	u.Path += path
	return u
}

// part returns what a plain expression, x.f.g, is a part of.
func (w *walker) part(e ast.Expr, path string) (list []Access) {
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		return w.part(e.X, "."+e.Sel.Name+path)
	case *ast.IndexExpr:
		return w.part(e.X, StepElem+path)
	case *ast.StarExpr:
		return w.part(e.X, StepStar+path)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return w.part(e.X, StepRef+path)
		}
	case *ast.Ident:
		for _, u := range w.roots(e) {
			list = append(list, u.at(path))
		}
	}
	return list
}

// isPath reports whether an expression names a variable or a part of one.
func isPath(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return isPath(e.X)
	case *ast.IndexExpr:
		return isPath(e.X)
	case *ast.StarExpr:
		return isPath(e.X)
	}
	return false
}

// isRef reports whether an expression is the address of a variable or a part.
func isRef(e ast.Expr) bool {
	u, ok := e.(*ast.UnaryExpr)
	return ok && u.Op == token.AND && isPath(u.X)
}
