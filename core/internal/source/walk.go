package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// A walker collects what one declaration mentions and does.
type walker struct {
	x       *extractor
	g       *gather
	f       *declFact
	recv    *ast.Object // of a method
	handles map[*ast.Object]bool
	given   map[*ast.Object]int // parameters, by number
	reads   map[*ast.Ident]bool // mentions of them that only look
	held    map[*ast.Object]write
	literal int // how many function literals are open
}

// walker begins a declaration.
func (x *extractor) walker(f *declFact) *walker {
	x.g.decl++
	x.g.refs, x.g.quals, x.g.writes = x.g.refs[:0], x.g.quals[:0], x.g.writes[:0]
	w := &x.g.walker
	*w = walker{x: x, g: x.g, f: f, given: emptied(w.given), held: emptied(w.held), reads: emptied(w.reads)}
	return w
}

// emptied returns a map to be filled again: a large one is not worth to clear.
func emptied[K comparable, V any](m map[K]V) map[K]V {
	if m == nil || len(m) > 64 {
		return map[K]V{}
	}
	clear(m)
	return m
}

// walk visits a node of the kinds that a literal's closure is made of.
func (w *walker) walk(n ast.Node) {
	switch n := n.(type) {
	case ast.Expr:
		w.expr(n)
	case ast.Stmt:
		w.stmt(n)
	case ast.Spec:
		w.spec(n)
	case *ast.GenDecl:
		w.genDecl(n)
	}
}

// done hands over what was gathered.
func (w *walker) done() {
	w.f.refs = w.g.keptRefs.keep(w.g.refs)
	w.f.quals = w.g.keptQuals.keep(w.g.quals)
	w.f.writes = w.g.keptWrites.keep(w.g.writes)
}

// assign notes what a statement sets and hands on.
func (w *walker) assign(s *ast.AssignStmt) {
	for _, l := range s.Lhs {
		w.written(l, opSet)
		if id, ok := l.(*ast.Ident); ok && s.Tok != token.DEFINE && !w.local(id) && slices.ContainsFunc(s.Rhs, w.mentionsParam) {
			w.setFromCaller(id)
		}
	}
	for _, r := range s.Rhs {
		w.alias(r, qual{}, 0)
	}
	w.holdAll(s.Lhs, s.Rhs)
}

// local reports whether an identifier is proved to be declared inside this
// declaration.
func (w *walker) local(id *ast.Ident) bool {
	return id.Obj != nil && (w.x.top == nil || w.x.top.Objects[id.Name] != id.Obj)
}

func (w *walker) ident(id *ast.Ident) {
	if !w.local(id) {
		w.g.mention(id.Name)
	}
}

func (w *walker) selector(s *ast.SelectorExpr) {
	x, ok := s.X.(*ast.Ident)
	if !ok {
		w.expr(s.X)
		return
	}
	if w.local(x) {
		w.asked(s, false)
		return
	}
	w.g.qualified(x.Name, s.Sel.Name, func() int { return w.x.line(x.Pos()) })
}

// params notes which parameters are testing handles.
func (w *walker) params(t *ast.FuncType) {
	if t.Params == nil {
		return
	}
	for _, p := range t.Params.List {
		if !w.x.names.isHandleType(p.Type) {
			continue
		}
		for _, name := range p.Names {
			if w.handles == nil {
				w.handles = map[*ast.Object]bool{}
			}
			if name.Obj != nil { // else of a type: nothing can ask it
				w.handles[name.Obj] = true
			}
		}
	}
}

// root returns the name that an expression is a part of, and whether it is
// less than the whole.
func root(e ast.Expr) (id *ast.Ident, sel string, part bool) {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x, sel, part
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e, part = x.X, true
		case *ast.SliceExpr:
			e, part = x.X, true
		case *ast.StarExpr:
			e, part = x.X, true
		case *ast.SelectorExpr:
			e, sel, part = x.X, x.Sel.Name, true
		default:
			return nil, "", false
		}
	}
}

// written notes what happens to an expression: it is set, or its address taken.
func (w *walker) written(e ast.Expr, op writeOp) {
	if e == nil {
		return
	}
	w.far(e, opSet, "", qual{}, 0)
	id, sel, part := root(e)
	if id == nil || id.Name == "_" {
		return
	}
	if w.recv != nil && id.Obj == w.recv && part {
		w.f.flags |= declAlters
	}
	delete(w.reads, id)
	w.keep(id)
	w.write(id, sel, op, "")
}

// setFromCaller notes that a whole variable was set from a parameter.
func (w *walker) setFromCaller(id *ast.Ident) {
	for i := range w.g.writes {
		if wr := &w.g.writes[i]; wr.op == opSet && wr.x == "" && wr.sel == id.Name {
			wr.given = true
		}
	}
}

// mentionsParam reports whether an expression uses a parameter or receiver.
func (w *walker) mentionsParam(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Obj != nil && id.Obj.Kind == ast.Var {
			_, param := id.Obj.Decl.(*ast.Field)
			found = found || param && w.local(id)
		}
		return !found
	})
	return found
}

func (w *walker) write(id *ast.Ident, sel string, op writeOp, method string) {
	if w.local(id) || op == opCall && sel == "" && w.x.packages[id.Name] {
		return // p.F() changes nothing of ours
	}
	wr := write{op: op, x: id.Name, sel: sel, method: method, late: w.literal > 0, line: w.x.line(id.Pos())}
	if sel == "" {
		wr.x, wr.sel = "", id.Name
	}
	for i := range w.g.writes {
		if o := &w.g.writes[i]; o.op == wr.op && o.x == wr.x && o.sel == wr.sel && o.method == wr.method && o.callee == wr.callee && o.arg == wr.arg && !o.far {
			o.late = o.late || wr.late
			return
		}
	}
	w.g.writes = append(w.g.writes, wr)
}

// alias notes names that are handed on whole.
func (w *walker) alias(e ast.Expr, callee qual, arg int) {
	n := len(w.g.writes)
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		w.far(e, opAlias, "", callee, arg)
		n = len(w.g.writes)
		if w.recv != nil && e.Obj == w.recv {
			w.f.flags |= declAlters
		}
		if !predeclared[e.Name] {
			w.write(e, "", opAlias, "")
		}
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			w.write(x, e.Sel.Name, opAlias, "")
		}
	}
	if len(w.g.writes) > n {
		w.g.writes[n].callee, w.g.writes[n].arg = callee, arg
	}
}

// handOn notes what a call is given, and to whom.
func (w *walker) handOn(c *ast.CallExpr) {
	var callee qual
	switch fun := ast.Unparen(c.Fun).(type) {
	case *ast.Ident:
		if !w.local(fun) {
			callee.sel = fun.Name
		}
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok {
			if w.handles[x.Obj] {
				w.look(c.Args...)
				return // t.Log and its like
			}
			if !w.local(x) {
				callee = qual{x: x.Name, sel: fun.Sel.Name}
			}
		}
		if path, _ := w.x.names.qualified(fun); in(onlookers, extRef{path: path, name: fun.Sel.Name}) {
			w.look(c.Args...)
			return
		}
	}
	for i, arg := range c.Args {
		w.handsHandle(arg, callee, i)
		w.alias(arg, callee, i)
	}
}

// parameters numbers those of a function, to tell which it may change.
func (w *walker) parameters(t *ast.FuncType) {
	i := 0
	for _, f := range t.Params.List {
		for _, name := range f.Names {
			w.given[name.Obj] = min(i, 63)
			i++
		}
		if len(f.Names) == 0 {
			i++
		}
	}
}

// look marks mentions that leave alone what they name.
func (w *walker) look(list ...ast.Expr) {
	for _, e := range list {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok && id.Obj != nil {
			if _, param := w.given[id.Obj]; param {
				w.reads[id] = true
			}
		}
	}
}

// keep notes a mention of a parameter that does more than look, and all
// arguments from there on if it is the last: it may be variadic.
func (w *walker) keep(id *ast.Ident) {
	i, ok := w.given[id.Obj]
	if id.Obj == nil || !ok || w.reads[id] || id.Pos() == id.Obj.Pos() {
		return
	}
	w.f.keeps |= 1 << i
	if i == len(w.given)-1 {
		w.f.keeps |= ^uint64(0) << i
	}
}

func (w *walker) call(c *ast.CallExpr) {
	if sel, ok := c.Fun.(*ast.SelectorExpr); ok {
		w.methodCall(c, sel)
	}
	if id, ok := c.Fun.(*ast.Ident); ok && id.Obj == nil && !w.x.redefined[id.Name] && (id.Name == "delete" || id.Name == "clear" || id.Name == "copy") && len(c.Args) > 0 {
		w.written(c.Args[0], opSet)
		return
	} else if ok && (id.Name == "len" || id.Name == "cap") {
		w.look(c.Args...)
		return
	}
	w.handOn(c)
	w.opened(c)
}

// methodCall notes x.M(), where x may be a package variable, and what is asked
// of a testing handle.
func (w *walker) methodCall(c *ast.CallExpr, s *ast.SelectorExpr) {
	if s.Sel.Name == "ModTime" || readingMethods[s.Sel.Name] {
		w.g.qualified("", s.Sel.Name, func() int { return w.x.line(s.Sel.Pos()) })
	}
	w.asked(s, true)
	w.far(s.X, opCall, s.Sel.Name, qual{}, 0)
	id, sel, _ := root(s.X)
	if id == nil {
		return
	}
	if w.recv != nil && id.Obj == w.recv {
		if !leavesAlone(s.Sel.Name) {
			w.f.flags |= declAlters // perhaps: it calls a method that may
		}
		return
	}
	w.keep(id)
	w.write(id, sel, opCall, s.Sel.Name)
}

// leavesAlone reports whether a method of this name is taken not to change
// what its receiver holds, where its body cannot be looked at: locks, loggers,
// and what is named as a question. It decides whether a variable counts as
// written while the tests run, never whether code is part of the closure.
func leavesAlone(method string) bool {
	for _, prefix := range []string{"Lock", "Unlock", "RLock", "RUnlock", "TryLock", "Log", "Print", "Debug", "Info", "Warn", "Error", "Trace",
		"String", "Get", "Is", "Has", "Len", "Match", "Find", "Format", "Equal", "Sprint", "Wait", "Load", "Replace", "Execute", "Unwrap"} {
		if strings.HasPrefix(method, prefix) && method != "LoadOrStore" && method != "LoadAndDelete" {
			return true
		}
	}
	return false
}
