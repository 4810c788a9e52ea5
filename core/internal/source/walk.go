package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"strings"
)

// A walker collects what one declaration mentions and does.
type walker struct {
	x       *extractor
	f       *declFact
	refs    map[string]bool  // the names in f.refs
	quals   map[mention]bool // and those in f.quals
	recv    *ast.Object      // of a method
	acts    actFacts
	params  int                 // how many parameters have names
	plain   uint64              // bits of those that are numbers, strings or booleans
	reads   map[*ast.Ident]bool // mentions of them that only look
	named   []namedBit          // the names that have a bit of their own
	guards  nameBits            // variables that a condition has looked at
	flag    bool                // one was a name alone: it says whether others are filled
	within  nameBits            // those of the conditions around
	literal int                 // how many function literals are open
	once    int                 // and how many of what is done once
	calls   []cause             // of the calls around, the innermost last, with a harmless one for each literal
	callers int                 // mentions of runtime.Caller
	forFile int                 // and those that want the file alone
}

// walker begins a declaration.
func (x *extractor) walker(f *declFact) *walker {
	return &walker{x: x, f: f, calls: []cause{never}}
}

// note adds to a set.
func note[T comparable](set *map[T]bool, what T) {
	if *set == nil {
		*set = map[T]bool{}
	}
	(*set)[what] = true
}

// around is the innermost call that is being walked.
func (w *walker) around() *cause { return &w.calls[len(w.calls)-1] }

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
	if w.callers > 0 && w.callers == w.forFile {
		w.f.flags |= declWantsFile
	}
	if a := w.acts; a.recv != "" || a.writes != nil || a.passes != nil || a.returns != nil || a.keeps != 0 {
		w.f.acts = &a // a copy: facts outlive the walker, and the syntax that it holds
	}
}

// assign notes what a statement sets and hands on.
func (w *walker) assign(s *ast.AssignStmt) {
	if w.isCallForFile(s) {
		w.forFile++
	}
	var from depends
	for i, l := range s.Lhs {
		if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
			w.written(l, opSet, w.unlessOnce())
			w.counted(l)
			continue
		}
		r := s.Rhs[min(i, len(s.Rhs)-1)]
		if i < len(s.Rhs) {
			from = w.dependsOn(r, everything)
		}
		why := always
		if s.Tok == token.ASSIGN {
			why = cause{kind: byAssign, l: l, r: r}
		}
		w.written(l, opSet, &why)
		w.derive(l, from)
	}
	for _, r := range s.Rhs {
		w.alias(r, mention{}, 0, w.around())
	}
	w.holdAll(s.Lhs, s.Rhs)
}

// local reports whether an identifier is proved to be declared inside this
// declaration.
func (w *walker) local(id *ast.Ident) bool {
	return id.Obj != nil && id.Obj.Data != packageLevel
}

// importedPath returns the path of the import that a name which is not local
// may stand for, or "".
func (w *walker) importedPath(id *ast.Ident) string { return w.x.names.imports[id.Name] }

// qualified returns the import path and name of a selector on a package.
func (w *walker) qualified(e ast.Expr) (path, name string) {
	if x, sel := qualifier(e); x != nil {
		return w.importedPath(x), sel
	}
	return "", ""
}

func (w *walker) ident(id *ast.Ident) {
	if !w.local(id) {
		w.mention(id.Name)
	}
}

// mention notes a name, once for a declaration.
func (w *walker) mention(name string) {
	if !w.refs[name] && !predeclared.has(name) {
		note(&w.refs, name)
		w.f.refs = append(w.f.refs, name)
	}
}

// qualify notes a qualified name, once for a declaration.
func (w *walker) qualify(x, sel string, pos token.Pos) {
	m := mention{x, sel}
	if !w.quals[m] {
		note(&w.quals, m)
		w.f.quals = append(w.f.quals, qual{m, w.x.line(pos)})
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
	if s.Sel.Name == "Caller" && w.importedPath(x) == "runtime" {
		w.callers++
	}
	w.qualify(x.Name, s.Sel.Name, x.Pos())
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
func (w *walker) written(e ast.Expr, op writeOp, why *cause) {
	if e == nil {
		return
	}
	w.far(e, write{op: opSet}, why)
	id, sel, part := root(e)
	if id == nil || id.Name == "_" {
		return
	}
	if part || op == opAddr {
		w.altered(e, id, op, why)
	}
	delete(w.reads, id)
	w.keep(id)
	w.write(id, sel, write{op: op}, why)
}

// write notes what is done to a name.
func (w *walker) write(id *ast.Ident, sel string, wr write, why *cause) {
	if w.local(id) || wr.op == opCall && sel == "" && w.x.sure[id.Name] {
		return // p.F() changes nothing of ours
	}
	wr.x, wr.sel, wr.late, wr.line, wr.given = id.Name, sel, w.literal > 0, w.x.line(id.Pos()), w.given(why)
	if sel == "" {
		wr.x, wr.sel = "", id.Name
	}
	for i := range w.acts.writes {
		if o := &w.acts.writes[i]; o.op == wr.op && o.x == wr.x && o.sel == wr.sel && o.method == wr.method && o.callee == wr.callee && o.arg == wr.arg && !o.far {
			o.late, o.given = o.late || wr.late, o.given || wr.given
			return
		}
	}
	w.acts.writes = append(w.acts.writes, wr)
}

// alias notes names that are handed on whole, and parts of what they hold.
func (w *walker) alias(e ast.Expr, callee mention, arg int, why *cause) {
	wr := write{op: opAlias, callee: callee, arg: arg}
	e = ast.Unparen(e)
	if id, ok := e.(*ast.Ident); ok && w.recv != nil && id.Obj == w.recv && callee == (mention{}) {
		w.f.flags |= declAlters
	}
	if callee != (mention{}) || arg < 0 {
		w.pass(e, passFact{callee: callee, arg: arg}, nil)
	}
	id, sel, part := root(e)
	if _, ok := e.(*ast.Ident); ok || callee != (mention{}) && (id == nil || !w.local(id)) {
		w.far(e, wr, why)
	}
	if id == nil || w.local(id) || sel == "" && predeclared.has(id.Name) {
		return
	}
	switch e := e.(type) {
	case *ast.SliceExpr:
		wr.method = slicePart
	case *ast.IndexExpr:
		wr.method = elementPart
		if callee == (mention{}) {
			return
		}
	case *ast.SelectorExpr:
		if x, of, _ := root(e.X); x != nil {
			w.write(x, of, write{op: opCall, method: e.Sel.Name, arg: uncalled}, &always)
		}
		if !isField(e) {
			return
		}
	default:
		if part {
			return
		}
	}
	w.write(id, sel, wr, why)
}

// uncalled is the arg of an opCall that may be one, or else a mere field.
const uncalled = 1

// handOn notes what a call is given, and to whom.
func (w *walker) handOn(c *ast.CallExpr) {
	callee, looks := w.calleeOf(c)
	if looks {
		w.printedInto(c)
		w.look(c.Args...)
		return
	}
	once := w.isOnce(c.Fun)
	if once && len(c.Args) == 1 {
		w.doneOnce(c.Args[0])
		return
	}
	if callee != (mention{}) && w.within != 0 && w.setsOurs(callee) && w.fixed(c.Args, nil) {
		if names := w.variables(w.within); names != "" {
			w.notePass(passFact{of: ofNothing, callee: callee, method: names, once: true})
		}
	}
	for i, arg := range c.Args {
		w.handsHandle(arg, callee, i)
		w.alias(arg, callee, i, &cause{kind: byArgument, call: c, unless: arg})
		if callee != (mention{}) {
			w.look(arg) // see pass
		}
	}
}

// setsOurs reports whether a function may set variables of ours: none of the
// language or the standard library does.
func (w *walker) setsOurs(callee mention) bool {
	if callee.x == "" {
		return !predeclared.has(callee.sel)
	}
	return !isStd(w.x.names.imports[callee.x])
}

// calleeOf names the function that is called, and says whether it is known to
// look only.
func (w *walker) calleeOf(c *ast.CallExpr) (callee mention, looks bool) {
	fun := ast.Unparen(c.Fun)
	if ix, ok := fun.(*ast.IndexExpr); ok { // f[T]
		fun = ix.X
	}
	switch fun := fun.(type) {
	case *ast.Ident:
		if !w.local(fun) {
			callee.sel = fun.Name
		}
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok {
			if w.isHandle(x.Obj) {
				return callee, true // t.Log and its like
			}
			if !w.local(x) {
				callee = mention{x: x.Name, sel: fun.Sel.Name}
			}
		}
		path, _ := w.qualified(fun)
		return callee, onlookers.has(extRef{path: path, name: fun.Sel.Name})
	}
	return callee, false
}

// parameters numbers those of a function, to tell which it may change.
func (w *walker) parameters(t *ast.FuncType) {
	i := 0
	for _, f := range t.Params.List {
		for _, name := range f.Names {
			w.about(name.Obj).param = int8(min(i, 63) + 1)
			w.params++
			if i < 63 && typeOf(f.Type) == "basic" && !isFuncType(f.Type) {
				w.plain |= 1 << i
			}
			i++
		}
		if len(f.Names) == 0 {
			i++
		}
	}
}

// isParam reports whether a local name is a parameter.
func (w *walker) isParam(id *ast.Ident) bool { return id.Obj != nil && w.about(id.Obj).param > 0 }

// look marks mentions that leave alone what they name.
func (w *walker) look(list ...ast.Expr) {
	for _, e := range list {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok && w.isParam(id) {
			note(&w.reads, id)
		}
	}
}

// keep notes a mention of a parameter that does more than look, and all
// arguments from there on if it is the last: it may be variadic.
func (w *walker) keep(id *ast.Ident) {
	if w.isParam(id) && !w.reads[id] && id.Pos() != id.Obj.Pos() {
		w.keepParam(int(w.about(id.Obj).param) - 1)
	}
}

func (w *walker) keepParam(i int) {
	if w.plain&(1<<i) != 0 {
		return
	}
	w.acts.keeps |= 1 << i
	if i == w.params-1 {
		w.acts.keeps |= ^uint64(0) << i
	}
}

func (w *walker) call(c *ast.CallExpr) {
	if sel, ok := c.Fun.(*ast.SelectorExpr); ok {
		w.methodCall(c, sel)
	}
	if id, ok := c.Fun.(*ast.Ident); ok && id.Obj == nil && (id.Name == "delete" || id.Name == "clear" || id.Name == "copy") && len(c.Args) > 0 {
		w.written(c.Args[0], opSet, w.unlessOnce())
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
	if s.Sel.Name == "ModTime" || isReadingMethod(s.Sel.Name) {
		w.qualify("", s.Sel.Name, s.Sel.Pos())
	}
	w.asked(s, true)
	why := cause{kind: byMethod, call: c}
	w.far(s.X, write{op: opCall, method: s.Sel.Name}, &why)
	id, sel, _ := root(s.X)
	if id == nil {
		return
	}
	once := len(c.Args) == 1 && w.isOnce(c.Fun)
	if of, _, ok := w.owner(id); ok && of == ofReceiver && once {
		return
	}
	if w.pass(s.X, passFact{method: s.Sel.Name}, &why) {
		note(&w.reads, id)
		return
	}
	w.keep(id)
	w.write(id, sel, write{op: opCall, method: s.Sel.Name}, &why)
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
