package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"slices"
)

// A walker collects what one declaration mentions and does.
type walker struct {
	x       *extractor
	f       *declFact
	refs    map[string]bool  // the names in f.refs
	quals   map[mention]bool // and those in f.quals
	acts    actFacts
	params  []*ast.Object   // of a function; nil for one without a name
	callers int             // mentions of runtime.Caller
	forFile int             // and those that want the file alone
	looks   map[mention]int // mentions of functions of byName, but for calls with constant names
}

// walker begins a declaration.
func (x *extractor) walker(f *declFact) *walker {
	return &walker{x: x, f: f}
}

// note adds to a set.
func note[T comparable](set *map[T]bool, what T) {
	if *set == nil {
		*set = map[T]bool{}
	}
	(*set)[what] = true
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
	w.unnamed()
	if a := w.acts; a.recv != "" || a.accesses != nil {
		w.f.acts = &a // a copy: facts outlive the walker, and the syntax that it holds
	}
}

// packageLevel is the Data of objects that a file declares outside functions.
var packageLevel any = "package level"

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
	if w.refs[name] {
		return
	}
	if bit := universeBit(name); bit != 0 {
		w.f.universe |= bit
		return
	}
	note(&w.refs, name)
	w.f.refs = append(w.f.refs, name)
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
	if isWorldMethod(s.Sel.Name) && !(ok && !w.local(x) && w.x.sure[x.Name]) {
		w.qualify("", s.Sel.Name, s.Sel.Pos())
	}
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
	w.lookedUp(s, x)
	w.qualify(x.Name, s.Sel.Name, x.Pos())
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
		w.asked(s, true)
	}
	w.handsHandles(c)
	w.opened(c)
}
