package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"strings"
)

// What a function does to what its receiver and its parameters lead to, and
// whether what it sets is the same whoever calls it.
//
// Code of fn's own that fills a variable once, by what it finds out itself, does
// no harm whichever test is the first to run it. Code that counts, adds, or sets
// what it is given leaves behind what its callers did.

// A passFact says that a parameter or the receiver, or a part of it, is handed
// to a function, or that a method of it is called.
type passFact struct {
	of     int // the parameter; ofReceiver
	part   bool
	method string
	callee mention
	arg    int
	once   bool // where it is done once: in sync.Once, or if a variable is empty
}

const (
	ofReceiver = -1
	ofNothing  = -2 // a function that is called once: method holds the variables that were looked at
)

// owner returns the parameter or receiver that a local name is, or holds a part
// of.
func (w *walker) owner(id *ast.Ident) (of int, part, ok bool) {
	if id.Obj == nil {
		return 0, false, false
	}
	if w.recv != nil && id.Obj == w.recv {
		return ofReceiver, false, true
	}
	l := w.about(id.Obj)
	if l.param > 0 {
		return int(l.param) - 1, false, true
	}
	return int(l.partOf) - partOfReceiver + ofReceiver, true, l.partOf > 0
}

// holdPart notes that a local variable holds a part of what a parameter or the
// receiver leads to. *c is a copy.
func (w *walker) holdPart(l *ast.Ident, r ast.Expr) {
	r = ast.Unparen(r)
	if _, star := r.(*ast.StarExpr); star {
		return
	}
	id, _, part := root(r)
	if id == nil || id.Obj == l.Obj {
		return
	}
	of, isPart, ok := w.owner(id)
	if ok && (part || isPart) {
		w.about(l.Obj).partOf = int8(of - ofReceiver + partOfReceiver)
	}
}

// altered notes that a part of what an owner leads to is set.
func (w *walker) altered(e ast.Expr, id *ast.Ident, op writeOp, why *cause) {
	of, held, ok := w.owner(id)
	switch {
	case !ok:
	case of != ofReceiver:
		w.keepParam(of)
	case !held && w.f.flags&declPointer == 0 && isField(e):
		// of a copy
	case op == opSet && !w.given(why):
		w.f.flags |= declFills
	default:
		w.f.flags |= declAlters
	}
}

// isField reports whether an expression is x.f and no more.
func isField(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	_, ok = sel.X.(*ast.Ident)
	return ok
}

// pass notes what an owner is handed to. It reports whether e is of one.
func (w *walker) pass(e ast.Expr, p passFact, why *cause) bool {
	id, _, part := root(e)
	if id == nil {
		return false
	}
	of, held, ok := w.owner(id)
	if !ok || w.isHandle(id.Obj) {
		return false
	}
	p.of, p.part = of, part || held
	p.once = p.once || why != nil && !w.given(why)
	w.notePass(p)
	return true
}

// notePass notes each once: harmless only if it always is.
//
//go:noinline
func (w *walker) notePass(p passFact) {
	p.once = p.once || w.once > 0
	for i := range w.acts.passes {
		o := &w.acts.passes[i]
		if o.of == p.of && o.part == p.part && o.arg == p.arg && o.method == p.method && o.callee == p.callee {
			o.once = o.once && p.once
			return
		}
	}
	w.acts.passes = append(w.acts.passes, p)
}

// A cause is what has something done: it says whether that depends on the
// caller, or on what was there before, once somebody asks.
type cause struct {
	kind   causeKind
	given  bool
	l, r   ast.Expr      // of an assignment
	call   *ast.CallExpr // of others
	unless ast.Expr      // the argument that it is done to
}

type causeKind uint8

const (
	known      causeKind = iota // given is there
	byAssign                    // l = r
	byCall                      // what a call is handed
	byArgument                  // an argument that is handed to a call
	byMethod                    // what a method is called of
)

var (
	always = cause{given: true}
	never  = cause{}
)

// unlessOnce is the cause of what counts or adds: harmless where it is done once.
func (w *walker) unlessOnce() *cause {
	if w.once > 0 {
		return &never
	}
	return &always
}

// given reports whether what is done depends on the caller.
func (w *walker) given(c *cause) bool {
	if c.kind == known {
		return c.given
	}
	switch c.kind {
	case byAssign:
		c.given = !w.fills(c.l, c.r)
	case byCall:
		c.given = !w.guarded(nil) && !w.fixed(c.call.Args, nil)
	case byArgument:
		c.given = !w.guarded(c.unless) && !w.fixed(c.call.Args, c.unless)
	case byMethod:
		c.given = w.givenByMethod(c.call)
	}
	c.kind = known
	return c.given
}

// givenByMethod is given of a method, which may add or count by itself.
func (w *walker) givenByMethod(c *ast.CallExpr) bool {
	if len(c.Args) == 2 && w.dependsOn(c.Args[1], callersOnly).callers&^w.dependsOn(c.Args[0], callersTold).callers == 0 {
		return false // a key and what belongs to it
	}
	return !w.guarded(c.Fun.(*ast.SelectorExpr).X) || !w.guarded(nil) && !w.fixed(c.Args, nil)
}

// isOnce reports whether a function runs what it is given once: x.Do,
// sync.OnceFunc and its kin.
func (w *walker) isOnce(fun ast.Expr) bool {
	path, name := w.qualified(fun)
	if path == "sync" && strings.HasPrefix(name, "Once") {
		return true
	}
	sel, ok := fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Do"
}

// doneOnce notes what is handed to sync.Once: f, x.f.
func (w *walker) doneOnce(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if !w.local(e) {
			w.notePass(passFact{of: ofNothing, callee: mention{sel: e.Name}, once: true})
		}
	case *ast.SelectorExpr:
		if w.pass(e.X, passFact{method: e.Sel.Name, once: true}, nil) {
			return
		}
		if x, ok := e.X.(*ast.Ident); ok && !w.local(x) {
			w.notePass(passFact{of: ofNothing, callee: mention{x: x.Name, sel: e.Sel.Name}, once: true})
			w.write(x, "", write{op: opCall, method: e.Sel.Name}, &never)
		}
	}
}
