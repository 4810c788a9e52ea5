package facts

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A walker collects what one declaration mentions and does. It walks each node
// before its parts, in the order of the source.
type walker struct {
	x       *extractor
	f       *Decl
	refs    map[string]bool  // the names in f.refs
	quals   map[Mention]bool // and those in f.quals
	recv    string           // base type of a method
	params  []*scope.Def     // of a function; nil for one without a name
	callers int              // mentions of runtime.Caller
	forFile int              // and those that want the file alone
	looks   map[Mention]int  // mentions of functions of byName, but for calls with constant names

	accesses
}

// walker begins a declaration.
func (x *extractor) walker(f *Decl) *walker {
	return &walker{x: x, f: f}
}

// note adds to a set.
func note[T comparable](set *map[T]bool, what T) {
	if *set == nil {
		*set = map[T]bool{}
	}
	(*set)[what] = true
}

// walk walks a node of the kinds that a literal's closure is made of.
func (w *walker) walk(n ast.Node) {
	switch n := n.(type) {
	case ast.Expr:
		w.expr(n, operand)
	case ast.Stmt:
		w.stmt(n)
	case ast.Spec:
		w.spec(n)
	case *ast.GenDecl:
		w.genDecl(n)
	}
}

// function walks a function, beginning with what it is given. Its name is not
// walked: that of a method says nothing of functions named alike.
func (w *walker) function(d *ast.FuncDecl) {
	w.fields(d.Recv)
	w.expr(d.Type, operand)
	w.given = d.Recv != nil
	if d.Recv != nil {
		w.bindParams(d.Recv, 1)
	}
	given := 0
	for i, p := range w.bindParams(d.Type.Params, 2) {
		w.params = append(w.params, p)
		if p != nil && !w.isHandle(p) {
			given++
			w.key = w.params[i]
		}
	}
	if w.given || given != 1 {
		w.key = nil
	}
	w.given = w.given || given > 0
	if d.Body != nil {
		w.stmts(d.Body.List)
	}
}

// bindParams numbers parameters from n on, and returns them.
func (w *walker) bindParams(list *ast.FieldList, n int) (params []*scope.Def) {
	for _, field := range list.List {
		for _, name := range field.Names {
			params = append(params, scope.Of(name))
		}
		if len(field.Names) == 0 {
			params = append(params, nil)
		}
	}
	for i, d := range params {
		if d != nil {
			w.bind(d, Access{Param: n + i})
		}
	}
	return params
}

// param returns the number of a parameter, counted from 1, or 0.
func (w *walker) param(d *scope.Def) int { return slices.Index(w.params, d) + 1 }

// done hands over what was gathered.
func (w *walker) done() {
	if w.callers > 0 && w.callers == w.forFile {
		w.f.Flags |= DeclWantsFile
	}
	w.unnamed()
	if w.recv != "" || w.found != nil {
		w.f.acts = &Acts{Recv: w.recv, Accesses: slices.Clip(w.found)}
	}
}

// importedPath returns the path of the import that a name which is not local
// may stand for, or "".
func (w *walker) importedPath(id *ast.Ident) string { return w.x.names.Imports[id.Name] }

// qualified returns the import path and name of a selector on a package.
func (w *walker) qualified(e ast.Expr) (path, name string) {
	if x, sel := syntax.Qualifier(e); x != nil {
		return w.importedPath(x), sel
	}
	return "", ""
}

// mention notes a name, once for a declaration.
func (w *walker) mention(name string) {
	if w.refs[name] {
		return
	}
	if bit := UniverseBit(name); bit != 0 {
		w.f.Universe |= bit
		return
	}
	note(&w.refs, name)
	w.f.Refs = append(w.f.Refs, name)
}

// qualify notes a qualified name, once for a declaration.
func (w *walker) qualify(x, sel string, pos token.Pos) {
	m := Mention{x, sel}
	if !w.quals[m] {
		note(&w.quals, m)
		w.f.Quals = append(w.f.Quals, Qual{m, w.x.Line(pos)})
	}
}

// method notes a method that is known by its name alone, called or not.
func (w *walker) method(s *ast.SelectorExpr) {
	if x, ok := s.X.(*ast.Ident); std.IsWorldMethod(s.Sel.Name) && !(ok && scope.Of(x) == nil && w.x.sure[x.Name]) {
		w.qualify("", s.Sel.Name, s.Sel.Pos())
	}
}

// handsHandles notes testing handles that a call is given.
func (w *walker) handsHandles(c *ast.CallExpr) {
	callee, _ := w.callee(ast.Unparen(c.Fun))
	if callee == (Mention{}) {
		return
	}
	for i, arg := range c.Args {
		if id, ok := arg.(*ast.Ident); ok && w.isHandle(scope.Of(id)) {
			h := HandleArg{callee, i}
			if list := w.f.Rare().HandleArgs; !slices.Contains(list, h) {
				w.f.more().HandleArgs = append(list, h)
			}
		}
	}
}

// isHandle reports whether a name is a parameter that its type says to be a
// testing handle.
func (w *walker) isHandle(d *scope.Def) bool {
	if d == nil {
		return false
	}
	f, ok := d.Node.(*ast.Field)
	return ok && f.Type != nil && w.x.names.IsHandleType(f.Type)
}
