package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"slices"
	"strings"
)

// A walker collects what one declaration mentions and does.
type walker struct {
	x       *extractor
	g       *gather
	f       *declFact
	acts    actFacts
	params  []*ast.Object // of a function; nil for one without a name
	callers int           // mentions of runtime.Caller
	forFile int           // and those that want the file alone
}

// walker begins a declaration.
func (x *extractor) walker(f *declFact) *walker {
	x.g.decl++
	x.g.refs, x.g.quals = x.g.refs[:0], x.g.quals[:0]
	w := &x.g.walker
	*w = walker{x: x, g: x.g, f: f, params: w.params[:0]}
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
	if w.callers > 0 && w.callers == w.forFile {
		w.f.flags |= declWantsFile
	}
	w.f.refs = w.g.keptRefs.keep(w.g.refs)
	w.f.quals = w.g.keptQuals.keep(w.g.quals)
	if a := &w.acts; a.recv != "" || a.accesses != nil {
		w.f.acts = &w.g.keptActs.keep([]actFacts{*a})[0]
	}
}

// local reports whether an identifier is proved to be declared inside this
// declaration.
func (w *walker) local(id *ast.Ident) bool {
	return id.Obj != nil && (w.x.top == nil || w.x.top.Objects[id.Name] != id.Obj)
}

// imported returns what a name that is not local is imported as, if it is.
func (w *walker) imported(id *ast.Ident) importOf {
	if i := w.g.symbolOf(id).imported; i != nil && i.file == w.g.file {
		return *i
	}
	return importOf{}
}

// qualified returns the import path and name of a selector on a package.
func (w *walker) qualified(e ast.Expr) (path, name string) {
	if x, sel := qualifier(e); x != nil {
		return w.imported(x).path, sel
	}
	return "", ""
}

func (w *walker) ident(id *ast.Ident) {
	if !w.local(id) {
		w.g.mention(id)
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
	if s.Sel.Name == "Caller" && w.imported(x).path == "runtime" {
		w.callers++
	}
	w.g.qualified(x.Name, s.Sel.Name, func() int { return w.x.line(x.Pos()) })
}

// handsHandles notes testing handles that a call is given.
func (w *walker) handsHandles(c *ast.CallExpr) {
	fun := ast.Unparen(c.Fun)
	if ix, ok := fun.(*ast.IndexExpr); ok { // f[T]
		fun = ix.X
	}
	var callee mention
	switch fun := fun.(type) {
	case *ast.Ident:
		if !w.local(fun) {
			callee.sel = fun.Name
		}
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok && !w.local(x) {
			callee = mention{x: x.Name, sel: fun.Sel.Name}
		}
	}
	for i, arg := range c.Args {
		w.handsHandle(arg, callee, i)
	}
}

// parameters numbers those of a function.
func (w *walker) parameters(t *ast.FuncType) {
	for _, f := range t.Params.List {
		for _, name := range f.Names {
			w.params = append(w.params, name.Obj)
		}
		if len(f.Names) == 0 {
			w.params = append(w.params, nil)
		}
	}
}

// param returns the number of a parameter, counted from 1, or 0.
func (w *walker) param(obj *ast.Object) int { return slices.Index(w.params, obj) + 1 }

func (w *walker) call(c *ast.CallExpr) {
	if s, ok := c.Fun.(*ast.SelectorExpr); ok {
		if s.Sel.Name == "ModTime" || isReadingMethod(s.Sel.Name) {
			w.g.qualified("", s.Sel.Name, func() int { return w.x.line(s.Sel.Pos()) })
		}
		w.asked(s, true)
	}
	w.handsHandles(c)
	w.opened(c)
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
