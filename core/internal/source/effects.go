package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"slices"
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
	callee qual
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
	switch {
	case id.Obj == nil:
		return 0, false, false
	case w.recv != nil && id.Obj == w.recv:
		return ofReceiver, false, true
	}
	if i, ok := w.given[id.Obj]; ok {
		return i, false, true
	}
	of, ok = w.parts[id.Obj]
	return of, true, ok
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
		w.parts[l.Obj] = of
	}
}

// altered notes that a part of what an owner leads to is set.
func (w *walker) altered(e ast.Expr, id *ast.Ident, part bool) {
	of, held, ok := w.owner(id)
	switch {
	case !ok || !part:
	case of != ofReceiver:
		w.keepParam(of)
	case !held && w.f.flags&declPointer == 0 && isField(e):
		// of a copy
	case w.fill:
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
func (w *walker) pass(e ast.Expr, p passFact) bool {
	id, _, part := root(e)
	if id == nil {
		return false
	}
	of, held, ok := w.owner(id)
	if !ok || w.isHandle(id.Obj) {
		return false
	}
	p.of, p.part = of, part || held
	w.notePass(p)
	return true
}

func (w *walker) notePass(p passFact) {
	p.once = p.once || w.once > 0
	for i := range w.g.passes {
		o := &w.g.passes[i]
		once := o.once
		if o.once = p.once; *o == p {
			return
		}
		o.once = once
	}
	w.g.passes = append(w.g.passes, p)
}

// Of taint each bit is a parameter whose value an expression may depend on.
const (
	taintReceiver = 1 << 63
	taintOther    = 1 << 62 // of a function literal
)

// taintOf returns what the value of an expression depends on. Of whole, only
// those that it tells wholly, as far as names go.
func (w *walker) taintOf(e ast.Expr, whole bool) (bits uint64) {
	switch e := e.(type) {
	case nil, *ast.BasicLit:
		return 0
	case *ast.Ident:
		return w.taintOfName(e)
	case *ast.SelectorExpr:
		if _, ok := e.X.(*ast.Ident); ok && whole {
			return 0
		}
		return w.taintOf(e.X, whole) // the name of a field is none of a variable
	case *ast.BinaryExpr:
		return w.taintOf(e.X, whole) | w.taintOf(e.Y, whole)
	case *ast.UnaryExpr:
		return w.taintOf(e.X, whole)
	case *ast.IndexExpr:
		return w.taintOf(e.X, whole) | w.taintOf(e.Index, whole)
	case *ast.CallExpr:
		if id, ok := e.Fun.(*ast.Ident); ok && whole && (id.Name == "len" || id.Name == "cap") {
			return 0
		}
		bits = w.taintOf(e.Fun, whole)
		for _, arg := range e.Args {
			bits |= w.taintOf(arg, whole)
		}
		return bits
	}
	ast.Inspect(e, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && x != e {
			bits |= w.taintOf(x, whole)
			return false
		}
		return true
	})
	return bits
}

func (w *walker) taintOfName(id *ast.Ident) uint64 {
	if id.Obj == nil || w.isHandle(id.Obj) {
		return 0
	}
	if w.recv != nil && id.Obj == w.recv {
		return taintReceiver
	}
	if i, ok := w.given[id.Obj]; ok {
		return 1 << min(i, 61)
	}
	if bits, ok := w.taint[id.Obj]; ok {
		return bits
	}
	if f, ok := id.Obj.Decl.(*ast.Field); ok && f.Type != nil && w.local(id) {
		return taintOther
	}
	return 0
}

// derive notes what a local variable is made of.
func (w *walker) derive(l ast.Expr, r ast.Expr) {
	id, ok := l.(*ast.Ident)
	if !ok || id.Obj == nil || !w.local(id) {
		return
	}
	if bits := w.taintOf(r, false); bits != 0 {
		w.taint[id.Obj] |= bits
	}
	about := w.about[id.Obj]
	w.g.names = w.appendNames(w.g.names[:0], r)
	for _, name := range w.g.names {
		if len(about) >= maxAbout {
			w.taint[id.Obj] |= taintOther
			break
		}
		if !slices.Contains(about, name) {
			about = append(about, name)
		}
	}
	if len(about) > 0 {
		w.about[id.Obj] = about
	}
}

// maxAbout bounds what is known of a local variable; beyond it anything may be
// in it.
const maxAbout = 16

// namesIn returns the variables of the package, or fields of the receiver, that
// an expression mentions, also by way of local ones.
func (w *walker) namesIn(e ast.Expr) []string { return w.appendNames(nil, e) }

func (w *walker) appendNames(names []string, e ast.Expr) []string {
	switch e := e.(type) {
	case nil, *ast.BasicLit, *ast.FuncLit:
	case *ast.Ident:
		if w.local(e) {
			return appendNew(names, w.about[e.Obj]...)
		}
		if !predeclared[e.Name] {
			return appendNew(names, e.Name)
		}
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return w.appendSelected(names, x, e.Sel.Name)
		}
		return w.appendNames(w.appendNames(names, e.X), e.Sel)
	case *ast.BinaryExpr:
		return w.appendNames(w.appendNames(names, e.X), e.Y)
	case *ast.UnaryExpr:
		return w.appendNames(names, e.X)
	case *ast.IndexExpr:
		return w.appendNames(w.appendNames(names, e.X), e.Index)
	case *ast.CallExpr:
		names = w.appendNames(names, e.Fun)
		for _, arg := range e.Args {
			names = w.appendNames(names, arg)
		}
	default:
		ast.Inspect(e, func(n ast.Node) bool {
			if x, ok := n.(ast.Expr); ok && x != e {
				names = w.appendNames(names, x)
				return false
			}
			return true
		})
	}
	return names
}

// appendSelected is appendNames of x.sel.
func (w *walker) appendSelected(names []string, x *ast.Ident, sel string) []string {
	switch {
	case w.recv != nil && x.Obj == w.recv:
		names = appendNew(names, "."+sel)
	case !w.local(x) && !w.x.packages[x.Name]:
		names = appendNew(names, x.Name)
	}
	if x.Obj != nil {
		names = appendNew(names, w.about[x.Obj]...)
	}
	return names
}

// appendNew appends what is not in a list yet.
func appendNew(list []string, more ...string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// nameIn is the one of namesIn that stands for what is set.
func (w *walker) nameIn(e ast.Expr) string {
	id, sel, _ := root(e)
	switch {
	case id == nil:
		return ""
	case w.recv != nil && id.Obj == w.recv:
		return "." + sel
	case !w.local(id):
		return id.Name
	}
	if names := w.about[id.Obj]; len(names) > 0 {
		return names[0]
	}
	return ""
}

// tested notes what a condition looks at.
func (w *walker) tested(s *ast.IfStmt) (names []string) {
	if a, ok := s.Init.(*ast.AssignStmt); ok {
		for _, r := range a.Rhs {
			names = append(names, w.namesIn(r)...)
		}
	}
	names = append(names, w.namesIn(s.Cond)...)
	for _, name := range names {
		w.guards[name] = true
	}
	cond := ast.Unparen(s.Cond)
	if not, ok := cond.(*ast.UnaryExpr); ok && not.Op == token.NOT {
		cond = ast.Unparen(not.X)
	}
	if name := w.nameIn(cond); name != "" {
		if _, call := cond.(*ast.CallExpr); !call {
			w.guards[""] = true // a flag that says whether others are filled
		}
	}
	return names
}

func (w *walker) guarded(e ast.Expr) bool {
	return w.once > 0 || w.guards[""] || w.guards[w.nameIn(e)]
}

// fills reports whether l = r gives l what it would have been given whoever came
// first: l was looked at, and r depends on nothing that a caller says; or l is
// an element and r depends on its key alone.
func (w *walker) fills(l, r ast.Expr) bool {
	if r == nil || isZero(r) || !w.guarded(l) {
		return false
	}
	name := w.nameIn(l)
	bits := w.taintOf(r, false)
	if strings.HasPrefix(name, ".") {
		bits &^= taintReceiver
	}
	if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok {
		bits &^= w.taintOf(ix.Index, true)
	}
	if _, alone := ast.Unparen(r).(*ast.Ident); !alone && w.once == 0 && slices.Contains(w.namesIn(r), name) {
		return false
	}
	return bits == 0
}

// isZero reports whether an expression empties what it is assigned to.
func isZero(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && (id.Name == "nil" || id.Name == "false")
}

// givenByCall reports whether what a call does to a variable depends on its
// caller.
func (w *walker) givenByCall(of ast.Expr, args []ast.Expr, unless ast.Expr) bool {
	if w.guarded(of) {
		return false
	}
	for _, arg := range args {
		if arg != unless && w.taintOf(arg, false) != 0 {
			return true
		}
	}
	return false
}

// givenByMethod is that of a method, which may add or count by itself.
func (w *walker) givenByMethod(c *ast.CallExpr, of ast.Expr) bool {
	if len(c.Args) == 2 && w.taintOf(c.Args[1], false)&^w.taintOf(c.Args[0], true) == 0 {
		return false // a key and what belongs to it
	}
	return !w.guarded(of) || w.givenByCall(nil, c.Args, nil)
}

// counted notes that a local variable is changed in place.
func (w *walker) counted(e ast.Expr) {
	if id, ok := e.(*ast.Ident); ok && id.Obj != nil && len(w.about[id.Obj]) > 0 {
		w.taint[id.Obj] |= taintOther
	}
}

// isOnce reports whether a function runs what it is given once: x.Do,
// sync.OnceFunc and its kin.
func (w *walker) isOnce(fun ast.Expr) bool {
	path, name := w.x.names.qualified(fun)
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
			w.notePass(passFact{of: ofNothing, callee: qual{sel: e.Name}, once: true})
		}
	case *ast.SelectorExpr:
		if w.pass(e.X, passFact{method: e.Sel.Name, once: true}) {
			return
		}
		if x, ok := e.X.(*ast.Ident); ok && !w.local(x) {
			w.notePass(passFact{of: ofNothing, callee: qual{x: x.Name, sel: e.Sel.Name}, once: true})
			w.write(x, "", write{op: opCall, method: e.Sel.Name})
		}
	}
}

func (w *walker) constantArgs(args []ast.Expr) bool {
	return !slices.ContainsFunc(args, func(e ast.Expr) bool { return w.taintOf(e, false) != 0 })
}
