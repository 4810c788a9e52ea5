package facts

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// An Access says what a declaration does with a name that is not bound in it, with one of
// its parameters, or with a part of either. Operands of arithmetic and comparisons,
// conditions and lengths change nothing and hand on nothing: they leave no access.
type Access struct {
	Mention
	Param  int    // 0: the mention; 1: the receiver; 2 and up: a parameter
	Path   string // the part that is used, as steps from there
	Kind   AccessKind
	Late   bool // in a function literal that is kept, or a go statement: not where the declaration is evaluated
	Line   int
	Callee Mention // of AccessArgument and AccessAddress
	Arg    int     // of AccessArgument, AccessAddress and AccessWrite
}

// Advances is the Arg of an AccessWrite that computes the new value from the old
// one: x++, x += 2, x = append(x, y).
const Advances = 1

type AccessKind uint8

const (
	AccessRead     AccessKind = iota // the value is copied: assigned, returned, sent, captured
	AccessRange                      // ranged over; the keys are copied
	AccessCall                       // called, as a function or a method
	AccessArgument                   // handed to a function by name
	AccessAddress                    // its address is taken; and handed to callee, if that is known
	AccessWrite                      // assigned, incremented, deleted from, sent to; anything unknown
)

// Steps of a path, each of which ends with a space.
const (
	StepElem  = "[] "
	StepStar  = "* "
	StepSlice = "[:] "
	StepCopy  = "= "  // into a local variable
	StepSet   = "=? " // into one that may hold something else
)

// StepField is the step to a field or method.
func StepField(name string) string { return "." + name + " " }

// A context says what is done with the value of an expression.
type context struct {
	kind    AccessKind
	operand bool // it only looks, or is no value at all
	path    string
	callee  Mention
	arg     int
}

var (
	operand = context{operand: true}
	value   = context{kind: AccessRead}
	written = context{kind: AccessWrite}

	content = context{kind: AccessWrite, path: StepElem} // a write to its elements, not to the variable
)

// through returns the context of the operand that an expression selects a part of.
func (c context) through(step string) context {
	c.path = step + c.path
	return c
}

// accessed notes the access to an identifier that is used as c says. Local variables that
// are defined as, or set to, a part of something are followed, and nothing else.
func (w *walker) accessed(id *ast.Ident, c context) {
	if c.operand && w.use == nil {
		return
	}
	w.part(id, c.path, func(u Access) {
		u.Kind, u.Callee, u.Arg, u.Late = c.kind, c.callee, c.arg, w.late > 0
		if w.use != nil {
			w.use(u, id, c.operand)
			return
		}
		// A map of all takes longer than to write some twice.
		for i := len(w.f.Accesses) - 1; i >= max(0, len(w.f.Accesses)-32); i-- {
			if u.Line = w.f.Accesses[i].Line; w.f.Accesses[i] == u {
				return
			}
		}
		u.Line = w.Line(id.Pos())
		w.f.Accesses = append(w.f.Accesses, u)
	})
}

// bind lets a local variable stand for a part of a plain expression.
func (w *walker) bind(d *scope.Def, e ast.Expr, path string) {
	w.part(e, path, func(u Access) { w.bound[d] = append(w.bound[d], u) })
}

// aliases lets each local variable that is set again, to a part of a name that no function
// binds, stand for that part too, wherever it is mentioned.
func (w *walker) aliases(n ast.Node) {
	for n := range ast.Preorder(n) {
		s, ok := n.(*ast.AssignStmt)
		for i := 0; ok && i < len(s.Rhs); i++ {
			if d := w.alias(s, i); d != nil {
				w.bind(d, s.Rhs[i], StepSet)
			}
		}
	}
}

// alias returns the local variable that an assignment sets so by its i-th value. A result
// is none, since it may be returned without a mention.
func (w *walker) alias(s *ast.AssignStmt, i int) *scope.Def {
	id, _ := ast.Unparen(s.Lhs[min(i, len(s.Lhs)-1)]).(*ast.Ident)
	d, of := scope.Of(id), whole(s.Rhs[i])
	if s.Tok != token.ASSIGN || of == nil || scope.Of(of) != nil || w.use != nil || paramType(d) != nil && w.bound[d] == nil {
		return nil
	}
	return d
}

// at returns u with a path after its own; the first field of a name may belong to a
// qualified name.
func (u Access) at(path string) Access {
	u.Path += path
	if rest, ok := strings.CutPrefix(u.Path, "."); ok && u.X == "" && u.Param == 0 {
		u.X = u.Sel
		u.Sel, u.Path, _ = strings.Cut(rest, " ")
	}
	return u
}

// part calls f for each access that a plain expression, x.f.g, is, or is a part of.
func (w *walker) part(e ast.Expr, path string, f func(Access)) {
	if x, step := outer(e); x != nil {
		w.part(x, step+path, f)
		return
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok || id.Name == "_" {
		return
	}
	d := scope.Of(id)
	if d == nil {
		f(Access{Mention: Mention{Sel: id.Name}}.at(path))
		return
	}
	for _, u := range w.bound[d] {
		f(u.at(path))
	}
}

// outer returns the operand that an expression selects a part of, and the step to that.
func outer(e ast.Expr) (x ast.Expr, step string) {
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		return e.X, StepField(e.Sel.Name)
	case *ast.IndexExpr:
		return e.X, StepElem
	case *ast.SliceExpr:
		return e.X, StepSlice
	case *ast.StarExpr:
		return e.X, StepStar
	}
	return nil, ""
}

// isSame reports whether two expressions name one part of one variable, the
// elements of a list or map taken for one.
func isSame(a, b ast.Expr) bool {
	x, step := outer(a)
	y, other := outer(b)
	if x != nil && y != nil {
		return step == other && isSame(x, y)
	}
	v, ok1 := ast.Unparen(a).(*ast.Ident)
	w, ok2 := ast.Unparen(b).(*ast.Ident)
	return ok1 && ok2 && v.Name == w.Name && scope.Of(v) == scope.Of(w)
}

// whole returns the variable that an expression names, or a part of, nil for any other.
func whole(e ast.Expr) *ast.Ident {
	for x := e; x != nil; x, _ = outer(e) {
		e = x
	}
	id, _ := ast.Unparen(e).(*ast.Ident)
	return id
}

// A Use is a mention of a local variable, or of another that stands for a part of
// it, and the access that it is.
type Use struct {
	Access
	At    *ast.Ident
	Looks bool // it leaves no access
}

// Uses returns what a declaration does with each variable that it binds, in a package
// that may declare predeclared names.
func Uses(p *syntax.Source, decl ast.Decl, declares func(name string) bool) map[*scope.Def][]Use {
	var defs []*scope.Def // of the parameters
	uses := map[*scope.Def][]Use{}
	w := newWalker(&File{}, p)
	w.declares = declares
	w.use = func(u Access, id *ast.Ident, looks bool) {
		if d := scope.Of(id); u.Param > 0 && d.Ident != id {
			d = defs[u.Param-1]
			uses[d] = append(uses[d], Use{u, id, looks})
		}
	}
	for n := range ast.Preorder(decl) {
		id, _ := n.(*ast.Ident)
		if d := scope.Of(id); d != nil && d.Ident == id {
			defs = append(defs, d)
			w.bound[d] = []Access{{Param: len(defs)}}
		}
	}
	w.parts(decl)
	return uses
}
