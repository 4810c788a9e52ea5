package source

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// An access says what a declaration does with a name that is not bound in it, with
// one of its parameters, or with a part of either. Operands of arithmetic and
// comparisons, conditions and lengths change nothing and hand on nothing: they
// leave no access.
type access struct {
	mention
	param  int    // 0: the mention; 1: the receiver; 2 and up: a parameter
	path   string // the part that is used, as steps from there
	kind   accessKind
	late   bool // in a function literal or a go statement: not where the declaration is evaluated
	fresh  bool // of accessFill and accessWrite: the value is made of no local variable
	line   int
	callee mention // of accessArgument and accessAddress; of accessFill what arg says
	arg    int     // of accessArgument, accessAddress and accessFill
}

// The arg of an accessFill: how it is known that it is done once. A number from
// 2 up is the parameter that is the key of the map's element.
const (
	fillEmpty = 0  // it was found empty
	fillFlag  = -1 // callee was
	fillOnce  = -2 // callee is a sync.Once
)

type accessKind uint8

const (
	accessRead     accessKind = iota // the value is copied: assigned, returned, sent, captured
	accessRange                      // ranged over
	accessCall                       // called, as a function or a method
	accessArgument                   // handed to a function by name
	accessFormat                     // handed to a method of a testing handle, which prints it
	accessFill                       // assigned once by code that is given nothing; or a function that is called once
	accessAddress                    // its address is taken; and handed to callee, if that is known
	accessWrite                      // assigned, incremented, deleted from, sent to; anything unknown
)

// Steps of a path. A field or method is its name after a dot.
const (
	stepElem  = "[]"
	stepKey   = "[k]"
	stepStar  = "*"
	stepSlice = "[:]"
	stepCopy  = "=" // into a local variable
	stepRef   = "&" // its address, in a local variable
)

// stepEnds begin the step that follows a name.
const stepEnds = ".[*=&"

// A context is what is done with the value of an expression.
type context struct {
	kind    accessKind
	operand bool // it only looks, or is no value at all
	path    string
	callee  mention
	arg     int
	keyed   bool // by the one parameter
}

var (
	operand = context{operand: true}
	value   = context{kind: accessRead}
	written = context{kind: accessWrite}
	content = context{kind: accessWrite, path: stepElem} // of what it holds, not of the variable
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
	found []access
	known map[access]bool
	bound map[*scope.Def][]access // what a local variable is a part of
	late  int
	given bool                    // the code around is given something: receiver, parameter
	key   *scope.Def              // the one parameter that it is given
	once  []mention               // the calls of sync.Once around
	empty []access                // parts that the conditions around found empty
	there map[*scope.Def][]access // parts that a local variable says to be there
	rhs   ast.Expr                // what is being assigned
}

// accessed notes the access to an identifier that is used as c says.
func (w *walker) accessed(id *ast.Ident, c context) {
	for _, u := range w.roots(id) {
		u = u.at(c.path)
		u.kind, u.callee, u.arg, u.late = c.kind, c.callee, c.arg, w.late > 0
		switch {
		case u.kind == accessWrite:
			u.fresh = w.rhs != nil && w.isFresh(w.rhs)
			w.fills(&u, c.keyed)
		case u.kind == accessCall && u.path == "" && u.x == "":
			w.callsFill(&u)
		}
		u.line = 0
		if w.known[u] {
			continue
		}
		note(&w.known, u)
		u.line = w.x.line(id.Pos())
		w.found = append(w.found, u)
	}
}

// roots returns what an identifier is, or is a part of.
func (w *walker) roots(id *ast.Ident) []access {
	if id.Name == "_" {
		return nil
	}
	if d := scope.Of(id); d != nil {
		return w.bound[d]
	}
	return []access{{mention: mention{sel: id.Name}}}
}

func (w *walker) bind(d *scope.Def, list ...access) {
	if w.bound == nil {
		w.bound = map[*scope.Def][]access{}
	}
	w.bound[d] = append(w.bound[d], list...)
}

// at returns u with a path behind its own; the first field of a name may belong
// to a qualified name.
func (u access) at(path string) access {
	if u.path == "" && u.x == "" && u.param == 0 && strings.HasPrefix(path, ".") {
		end := strings.IndexAny(path[1:], stepEnds) + 1
		if end == 0 {
			end = len(path)
		}
		u.x, u.sel, path = u.sel, path[1:end], path[end:]
	}
	u.path += path
	return u
}

// part returns what a plain expression, x.f.g, is a part of.
func (w *walker) part(e ast.Expr, path string) (list []access) {
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		return w.part(e.X, "."+e.Sel.Name+path)
	case *ast.IndexExpr:
		return w.part(e.X, stepElem+path)
	case *ast.StarExpr:
		return w.part(e.X, stepStar+path)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return w.part(e.X, stepRef+path)
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
