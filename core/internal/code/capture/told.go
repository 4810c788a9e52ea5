package capture

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// A ref is a variable with a path of fields selected from it: {tc, ".name"}.
// The name of a test is {t, ".Name()"}.
type ref struct {
	def  *scope.Def
	path string
}

func (r ref) name() string { return r.def.Ident.Name + r.path }

// typeOf returns the type of a value, unknown where its variable's does not tell, and
// whether the value lies elsewhere than in the variable.
func (j *judge) typeOf(r ref) (t types.Type, apart bool) {
	t = j.TypeOf(r.def.Ident)
	for _, name := range strings.Split(r.path, ".")[1:] {
		part, elsewhere := t.Field(name)
		t, apart = part, apart || elsewhere
	}
	return t, apart
}

// isPartOf reports whether a name or path is another one, or selects a field of
// it.
func isPartOf(name, whole string) bool {
	return name == whole || whole == "" || strings.HasPrefix(name, whole+".")
}

// refOf reads an expression x, x.f, x.f.g as a ref; the ref of any other has no variable.
func refOf(e ast.Expr) ref {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if d := scope.Of(e); d != nil && d.Kind == scope.Var {
			return ref{def: d}
		}
	case *ast.SelectorExpr:
		if x := refOf(e.X); x.def != nil {
			return ref{x.def, x.path + "." + e.Sel.Name}
		}
	}
	return ref{}
}

// A toldValue is a value that the key or an option of a call tells.
type toldValue struct {
	ref
	key     bool // the key tells it
	earlier bool // it tells the value of before: when a variable was defined from it, or an argument evaluated
	dashed  bool // only a key without "--" tells it: see text.told
}

// keyOf returns where the arguments that are the key and the build function stand, of
// the functions that take them. Dir@0 is the function of that name that has no handle.
func keyOf(callee string) (key, fn int, known bool) {
	switch callee {
	case "Dir@0", "File@0":
		return 0, 1, true
	case "Memo", "Dir", "File":
		return 1, 2, true
	case "Call":
		return 1, 3, true
	case "Get":
		return 2, 3, true
	}
	return 0, 0, false
}

// calleeOf returns the name of the function that a call of a query calls.
func calleeOf(q Query, call *ast.CallExpr) string {
	return cmp.Or(q.Callee, syntax.CalledName(call.Fun).Name)
}

// readArguments reads the arguments of the call for the values that they tell.
func (j *judge) readArguments() {
	callee := calleeOf(j.q, j.call)
	key, _, known := keyOf(callee)
	for i, arg := range j.call.Args {
		switch {
		case !known:
		case i == key:
			j.text(arg, toldValue{key: true})
		case callee == "Call" && i == 2:
			j.value(arg, toldValue{})
		default:
			j.option(arg, toldValue{})
		}
	}
	ofType := func(t toldValue) bool { return t.def.Kind == scope.TypeParam }
	j.found.Same = known && j.all(j.call.Args[min(key, len(j.call.Args)):]...) && !slices.ContainsFunc(j.toldValues, ofType)
}

// option reads an argument in the place of options.
func (j *judge) option(e ast.Expr, t toldValue) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident: // a variable that holds options
		if value := j.definedOnce(scope.Of(e)); value != nil && !j.changes(scope.Of(e)) {
			t.earlier = true
			j.option(value, t)
		}
	case *ast.CompositeLit: // opts...
		for _, elt := range e.Elts {
			j.option(elt, t)
		}
	case *ast.CallExpr:
		switch j.API(e.Fun) {
		case "Options":
			for _, arg := range e.Args {
				j.option(arg, t)
			}
		case "With":
			if len(e.Args) == 2 {
				j.value(e.Args[1], t)
				j.claim(e.Args[0], e.Args[1], t)
			}
		}
	}
}

func stringLiteral(e ast.Expr) (string, bool) {
	lit, ok := ast.Unparen(e).(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// value reads an expression whose value is hashed: that of With, or the argument
// of Call.
func (j *judge) value(e ast.Expr, t toldValue) {
	if r := refOf(e); r.def != nil {
		j.tell(r, t)
		return
	}
	if m := facts.MentionOf(e); m.Sel != "" && !t.earlier && !j.othersRun {
		j.found.Outer = append(j.found.Outer, m)
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		j.told[e] = true // see text
		for _, elt := range e.Elts {
			j.value(elt, t)
		}
	case *ast.KeyValueExpr:
		j.value(e.Value, t)
	case *ast.UnaryExpr:
		if e.Op == token.AND && facts.MentionOf(e.X) == (facts.Mention{}) { // one that is registered counts by its name
			j.value(e.X, t)
		}
	case *ast.CallExpr:
		star, ok := ast.Unparen(e.Fun).(*ast.StarExpr)
		switch {
		case ok: // (*T)(nil) tells a type
			if id, ok := star.X.(*ast.Ident); ok && scope.Of(id) != nil && scope.Of(id).Kind == scope.TypeParam {
				j.toldValues = append(j.toldValues, toldValue{ref: ref{def: scope.Of(id)}})
			}
		case j.API(e.Fun) == "Path" && len(e.Args) == 1: // the path tells as its text does
			j.text(e.Args[0], t)
		default:
			j.text(e, t)
		}
	default:
		j.text(e, t)
	}
}

// claim reads the name of a With: its value tells "mode" and "conf.mode", whatever it is
// made of, unless it is a Path, an address or another variable, or a function binds the
// name. It does not tell the code that an interface or a function holds.
func (j *judge) claim(name, value ast.Expr, t toldValue) {
	text, _ := stringLiteral(name)
	var variable ast.Expr = ast.NewIdent(text)
	if x, sel, ok := strings.Cut(text, "."); ok {
		variable = &ast.SelectorExpr{X: ast.NewIdent(x), Sel: ast.NewIdent(sel)}
	}
	m, has := facts.MentionOf(variable), j.TypeOf(variable).Traits()
	call, _ := ast.Unparen(value).(*ast.CallExpr)
	_, isUnary := ast.Unparen(value).(*ast.UnaryExpr)
	isPath := call != nil && j.API(call.Fun) == "Path"
	if !t.earlier && !has.Unknown && has.Never == "" && !isUnary && !isPath && facts.MentionOf(value) == (facts.Mention{}) && j.Bound(cmp.Or(m.X, m.Sel), name.Pos()) == nil {
		j.found.Outer = append(j.found.Outer, m)
	}
}

// text reads an expression whose text is told. Only the key is known later, when a "--" in
// it can be seen.
func (j *judge) text(e ast.Expr, t toldValue) {
	p := &text{judge: j}
	p.read(e, 0)
	told, dashed := p.told()
	t.dashed = t.dashed || dashed
	if len(told) > 0 && refOf(e).def == nil {
		j.told[e] = true // other values, or these in another order, may make the same text
	}
	for _, r := range told {
		if t.key || !dashed {
			j.tell(r, t)
		}
	}
}

// tell notes that a value is told, and for a variable that is set once, the values that it
// is set from.
func (j *judge) tell(r ref, t toldValue) {
	t.ref = r
	j.toldValues = append(j.toldValues, t)
	value := j.definedOnce(r.def)
	if value == nil {
		return
	}
	t.earlier = true
	if from := refOf(value); from.def != nil {
		from.path += r.path
		j.tell(from, t)
	} else if r.path == "" && j.isText(value) {
		j.text(value, t)
	}
}

// definedOnce returns the value that a variable is defined by, nil if something sets it, or
// a part of it, later.
func (j *judge) definedOnce(d *scope.Def) ast.Expr {
	if d == nil || j.isSet(d) {
		return nil
	}
	value, _ := j.Definition(d)
	return value
}

// tells reports whether the call tells a value, or one that it is a field of.
func (j *judge) tells(r ref) bool {
	dashed := false
	for _, t := range j.site.toldValues {
		told := j.isToldBy(r, t)
		if told && !t.dashed {
			return true
		}
		dashed = dashed || told
	}
	if dashed && j.found.dashed == "" {
		j.found.dashed = r.name()
	}
	return dashed
}

// optionTells reports whether an option of the call, or its argument, tells a value
// whatever the key is, and with it its type, which is that of the variable unless
// this is an interface.
func (j *judge) optionTells(r ref) bool {
	typ, _ := j.typeOf(r)
	return !typ.Traits().Unknown && slices.ContainsFunc(j.site.toldValues, func(t toldValue) bool {
		return !t.key && !t.dashed && j.isToldBy(r, t)
	})
}

// isToldBy reports whether a value, or one that it is a field of, is told by t, and is
// that still when the function is run.
func (j *judge) isToldBy(r ref, t toldValue) bool {
	isFixed := t.def.Kind == scope.TypeParam || strings.HasSuffix(t.path, "()")
	return t.def == r.def && isPartOf(r.path, t.path) && (isFixed || !t.earlier && !j.othersRun || j.stable(r))
}

// stable reports whether a value is the same from the definition of its variable
// on: it is held by the variable itself, and nothing sets that.
func (j *judge) stable(r ref) bool {
	t, apart := j.typeOf(r)
	return !apart && (r.path == "" || immutable(t)) && !j.isSet(r.def)
}

// runsOthers reports whether code may run that sets a variable after it is told: the code
// that follows a call which only makes a Fixture (cachescript), and a function in the
// arguments that is neither of the API nor a pure one of the standard library. An argument
// before the key, such as s.T(), is evaluated earlier: see TestOrderOfArguments.
func (j *judge) runsOthers(call *ast.CallExpr) bool {
	key, _, _ := keyOf(calleeOf(j.q, call))
	return strings.HasSuffix(j.q.Callee, "@0") || slices.ContainsFunc(call.Args[min(key, len(call.Args)):], func(arg ast.Expr) bool {
		_, lit := arg.(*ast.FuncLit)
		return !lit && syntax.Contains(arg, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || j.IsType(call.Fun) || j.CallsHandle(call, "Name") || j.API(call.Fun) != "" {
				return false
			}
			id, isName := call.Fun.(*ast.Ident)
			path, name := j.Qualified(call.Fun)
			return !(isName && !id.IsExported() && j.Undeclared(id)) && !std.Pure(path, name)
		})
	})
}
