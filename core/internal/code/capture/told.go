package capture

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A ref is a variable with a path of fields selected from it: {tc, ".name"}.
// The name of a test is {t, ".Name()"}.
type ref struct {
	def  *scope.Def
	path string
}

func (r ref) name() string { return r.def.Ident.Name + r.path }

// isPartOf reports whether a name or path is another one, or selects a field of
// it.
func isPartOf(name, whole string) bool {
	return name == whole || whole == "" || strings.HasPrefix(name, whole+".")
}

// refOf reads an expression x, x.f, x.f.g as a ref.
func (j *judge) refOf(f *File, e ast.Expr) (ref, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if d := scope.Of(e); d != nil && d.Kind == scope.Var {
			return ref{def: d}, true
		}
	case *ast.SelectorExpr:
		if x, ok := j.refOf(f, e.X); ok {
			x.path += "." + e.Sel.Name
			return x, true
		}
	}
	return ref{}, false
}

// A telling is a value that the key or an option of a call tells.
type telling struct {
	ref
	exact   bool // its value is hashed when the call is made
	earlier bool // by what it was when a variable was defined from it
	dashed  bool // only by a key without "--": see text
}

// keyed are the functions that a build function is handed to, and where the
// arguments that make up the key stand. Dir@0 is the function of that name that
// has no handle.
var keyed = map[string][]int{"Memo": {1}, "Call": {1}, "Dir": {1}, "File": {1}, "Get": {2}, "Dir@0": {0}, "File@0": {0}}

// textual are the options whose arguments are compared with those of a record.
var textual = []string{"Version", "Files", "Env", "Tool", "GoPackages", "Scope"}

// A site is what a call tells of the values around it.
type site struct {
	*judge
	told    []telling
	ignored []string // names that IgnoreCapture takes out
}

// tellings reads the arguments of a call.
func (j *judge) tellings(call *ast.CallExpr, callee string) *site {
	s := &site{judge: j}
	if callee == "" {
		callee = syntax.CalledName(call.Fun).Name
	}
	keys, known := keyed[callee]
	for i, arg := range call.Args {
		switch {
		case slices.Contains(keys, i):
			s.text(arg, telling{}, true, 0)
		case callee == "Call" && i == 2:
			s.value(arg, telling{exact: true}, 0)
		case known:
			s.option(arg, telling{}, 0)
		}
	}
	return s
}

// option reads an argument in the place of options.
func (s *site) option(e ast.Expr, t telling, depth int) {
	if depth > maxDepth {
		return
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident: // a variable that holds options
		d := scope.Of(e)
		if d == nil || !s.neverSet(d) {
			return
		}
		if value, _ := definition(s.file, d); value != nil {
			t.earlier = true
			s.option(value, t, depth+1)
		}
	case *ast.CompositeLit: // opts...
		for _, elt := range e.Elts {
			s.option(elt, t, depth+1)
		}
	case *ast.CallExpr:
		s.optionCall(e, t, depth)
	}
}

func (s *site) optionCall(call *ast.CallExpr, t telling, depth int) {
	name := s.ours(s.file, call.Fun)
	switch {
	case name == "Options":
		for _, arg := range call.Args {
			s.option(arg, t, depth+1)
		}
	case name == "IgnoreCapture":
		for _, arg := range call.Args {
			if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					s.ignored = append(s.ignored, text)
				}
			}
		}
	case name == "With" && len(call.Args) == 2:
		t.exact = true
		s.value(call.Args[1], t, depth)
	case slices.Contains(textual, name):
		for _, arg := range call.Args {
			s.text(arg, t, false, depth)
		}
	}
}

// value reads an expression whose value is hashed: that of With, or the argument
// of Call.
func (s *site) value(e ast.Expr, t telling, depth int) {
	if r, ok := s.refOf(s.file, e); ok {
		s.add(r, t, false, depth)
		return
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		for _, elt := range e.Elts {
			if pair, ok := elt.(*ast.KeyValueExpr); ok {
				elt = pair.Value
			}
			s.value(elt, t, depth)
		}
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			s.value(e.X, t, depth)
		}
	case *ast.StarExpr:
		s.value(e.X, t, depth)
	case *ast.TypeAssertExpr:
		s.value(e.X, t, depth)
	case *ast.CallExpr:
		if star, ok := ast.Unparen(e.Fun).(*ast.StarExpr); ok { // (*T)(nil) tells a type
			if id, ok := star.X.(*ast.Ident); ok && scope.Of(id) != nil && scope.Of(id).Kind == scope.TypeParam {
				s.told = append(s.told, telling{ref: ref{def: scope.Of(id)}, exact: true})
			}
			return
		}
		if s.ours(s.file, e.Fun) == "Path" && len(e.Args) == 1 { // what is there
			s.value(e.Args[0], t, depth)
			return
		}
		s.text(e, t, false, depth)
	default:
		s.text(e, t, false, depth)
	}
}

// text reads an expression whose text is told: the key, or an argument that is
// compared as it is. isKey says that Ambiguous will look at the text.
func (s *site) text(e ast.Expr, t telling, isKey bool, depth int) {
	if depth > maxDepth {
		return
	}
	p := &phrase{judge: s.judge}
	p.read(e, false, depth)
	told, dashed := p.told()
	if dashed && !isKey {
		return
	}
	t.exact, t.dashed = false, t.dashed || dashed
	for _, r := range told {
		s.add(r, t, isKey, depth)
	}
}

// add notes that a value is told, and with a variable that is set once what it
// is set from.
func (s *site) add(r ref, t telling, isKey bool, depth int) {
	t.ref = r
	s.told = append(s.told, t)
	value, _ := definition(s.file, r.def)
	if value == nil || depth > maxDepth || !s.neverSet(r.def) {
		return
	}
	t.earlier, t.exact = true, false
	if from, ok := s.refOf(s.file, value); ok {
		from.path += r.path
		s.add(from, t, isKey, depth+1)
	} else if r.path == "" && s.isText(value) {
		s.text(value, t, isKey, depth+1)
	}
}

// neverSet reports whether nothing sets a variable, or a part of it, after its
// definition.
func (s *site) neverSet(d *scope.Def) bool {
	return !slices.ContainsFunc(s.file.Uses(d), func(id *ast.Ident) bool {
		u := s.useOf(id)
		return u == writes || u == alters
	})
}

// common is what two calls tell, of which either may be the one.
func (s *site) common(o *site) *site {
	s.told = slices.DeleteFunc(s.told, func(t telling) bool { return !slices.Contains(o.told, t) })
	s.ignored = slices.DeleteFunc(s.ignored, func(name string) bool { return !slices.Contains(o.ignored, name) })
	return s
}

// tells reports whether the call tells a value, or one that it is a field of.
func (j *judge) tells(r ref) bool {
	dashed := false
	for _, t := range j.site.told {
		if t.def != r.def || !isPartOf(r.path, t.path) || !j.stillTold(t, r) {
			continue
		}
		if !t.dashed {
			return true
		}
		dashed = true
	}
	if dashed && !slices.Contains(j.dashed, r.name()) {
		j.dashed = append(j.dashed, r.name())
	}
	return dashed
}

// stillTold reports whether a value is the one that is told when the function is
// run.
func (j *judge) stillTold(t telling, r ref) bool {
	switch {
	case t.def.Kind == scope.TypeParam || strings.HasSuffix(t.path, "()"):
		return true
	case t.earlier || j.othersRun && !t.exact:
		return j.stable(r)
	case j.othersRun:
		return !slices.ContainsFunc(j.file.Uses(r.def), func(id *ast.Ident) bool {
			u := j.useOf(id)
			return !j.inFn(id) && u != reads && u != aliases
		})
	}
	return true
}

// stable reports whether a value is the same from the definition of its variable
// on: it is held by the variable itself, and nothing sets that.
func (j *judge) stable(r ref) bool {
	t := j.typeOfDef(j.file, r.def, 0)
	for _, name := range strings.Split(r.path, ".")[1:] {
		if _, ok := j.under(t).expr.(*ast.StructType); !ok {
			return false
		}
		t, _ = j.field(t, name)
	}
	return (r.path == "" || j.immutable(t)) && j.unchanged(r.def, immutable)
}

// isTold reports whether an expression is another name of a value that the call
// tells and that stays what it is.
func (j *judge) isTold(e ast.Expr) bool {
	r, ok := j.refOf(j.file, e)
	return ok && j.stable(r) && j.tells(r)
}

// runsOthers reports whether the arguments of a call run code that could set a
// variable after it is told: a function that is neither of the API nor one of the
// standard library which is known to depend on its arguments alone.
func (j *judge) runsOthers(call *ast.CallExpr) (found bool) {
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				path, name := j.qualified(j.file, n.Fun)
				pure, _ := j.pkg.Pure(path, name)
				sel, isSel := n.Fun.(*ast.SelectorExpr)
				pure = pure || isSel && sel.Sel.Name == "Name" && j.isHandle(j.file, sel.X)
				id, isName := n.Fun.(*ast.Ident)
				pure = pure || isName && j.predeclared(j.file, id) || j.isType(j.file, n.Fun) || j.ours(j.file, n.Fun) != ""
				found = found || !pure
			}
			return !found
		})
	}
	return found
}

// subtest reports whether the name of the running subtest tells a value: the
// t.Run around the function is given it, and the key tells the name, or the
// function asks for it.
func (j *judge) subtest(r ref) bool {
	if j.fn == nil {
		return false
	}
	for n := j.file.Parent(j.fn); n != nil; n = j.file.Parent(n) {
		lit, ok := n.(*ast.FuncLit)
		if !ok || !j.isSubtest(lit) || len(lit.Type.Params.List[0].Names) != 1 {
			continue
		}
		d := scope.Of(lit.Type.Params.List[0].Names[0])
		if d == nil || !j.tells(ref{d, ".Name()"}) && !j.nameIsInput(d) {
			continue
		}
		s := &site{judge: j}
		s.text(j.file.Parent(lit).(*ast.CallExpr).Args[0], telling{earlier: true}, false, 0)
		if slices.ContainsFunc(s.told, func(t telling) bool { return t.ref == r }) {
			return true
		}
	}
	return false
}

// nameIsInput reports whether the function asks a handle for its name, and that
// handle is the one that the call is given.
func (j *judge) nameIsInput(handle *scope.Def) bool {
	if j.call == nil || len(j.call.Args) == 0 || !asksName(j.file, j.fn) {
		return false
	}
	id, ok := ast.Unparen(j.call.Args[0]).(*ast.Ident)
	return ok && scope.Of(id) == handle
}
