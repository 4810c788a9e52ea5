package capture

import (
	"fmt"
	"go/ast"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// A remedy is what can be done about a value that nothing tells: an option to
// add, or else a piece of advice.
type remedy struct {
	option, advice string
}

// remedyFor says what can be done about a variable, or a part of it, whose type
// has some traits.
func (j *judge) remedyFor(r ref, has *types.Traits) remedy {
	name := r.name()
	visible := j.call != nil && j.Bound(r.def.Ident.Name, j.call.Pos()) == r.def // its name stands for it at the call
	with := fmt.Sprintf("%sWith(%q, %s)", j.qualifier(), name, name)
	inside, advice := j.inside(r.def), j.fleeting(r, visible)
	switch {
	case r.def.Kind == scope.TypeParam && visible:
		return remedy{option: fmt.Sprintf("%sWith(%q, (*%s)(nil))", j.qualifier(), name, name)}
	case advice != "":
	case j.site.call == nil:
		advice = " may be of any of several calls in one line: give each a line of its own"
	case !visible:
		advice = " is not in scope at the call: write the build function there, where With or the key tells it, or pass it by Call"
	case (has.Never != "" || has.Unknown) && j.anyUse(r.def, func(u facts.Use) bool { return j.inFn(u.At) && isWrite(u) }):
		advice = " is set in the build function, too: declare it inside the build function"
	case has.Never == types.HoldsFunction:
		advice = " " + has.Never + ": add " + with + ", which fails at once if that is set, or " + inside
	case has.Never == types.IsInterface:
		advice = " " + has.Never + ": " + inside + ", pass what is used of it by With or Call, or add " + with + ", which fails at once if it holds no data"
	case has.Never != "":
		advice = " " + has.Never + ": " + inside + ", pass what is used of it by With or Call"
	case has.Unknown:
		advice = " is of a type that is not known here: add " + with + ", which fails at once if it is not data, or " + inside
	default:
		return remedy{option: with}
	}
	return remedy{advice: advice + fmt.Sprintf(", or add %sIgnoreCapture(%q) if it cannot matter", j.qualifier(), name)}
}

const makeInside = "make it inside the build function"

// inside says how to make a variable inside the build function: a row of a list or map
// with all of them, by its index.
func (j *judge) inside(d *scope.Def) string {
	row := j.rowOf(d)
	loop, ok := row.Node.(*ast.RangeStmt)
	if !ok || loop.Value != ast.Expr(row.Ident) || j.anyUse(row, isWrite) {
		return makeInside
	}
	switch j.TypeOf(loop.X).Under().Expr.(type) {
	case *ast.ArrayType, *ast.MapType:
	default:
		return makeInside
	}
	list, key, what := "list", "i", "the list and "
	if id, ok := ast.Unparen(loop.X).(*ast.Ident); ok {
		if list, what = id.Name, id.Name+" and "; scope.Of(id) == nil {
			what = ""
		}
	} else if _, ok := ast.Unparen(loop.X).(*ast.CompositeLit); !ok {
		return makeInside
	}
	if id, ok := loop.Key.(*ast.Ident); ok && id.Name != "_" {
		key = id.Name
	}
	return fmt.Sprintf("make %s%s := %s[%s] inside the build function, with %sWith(%q, %s) for the index", what, d.Ident.Name, list, key, j.qualifier(), key, key)
}

// fleeting says what to do about a variable that is set from something that differs in
// every run: a temporary directory or file, the path of another fixture, the clock.
func (j *judge) fleeting(r ref, visible bool) (advice string) {
	from, _ := j.Definition(r.def)
	if assign, ok := r.def.Node.(*ast.AssignStmt); ok && from == nil {
		from = assign.Rhs[0]
	} else if from == nil {
		return ""
	}
	t, _ := j.typeOf(r)
	joined := visible && t.IsBasic("string") // from paths, without a look at what is there
	ast.Inspect(from, func(n ast.Node) bool {
		call, _ := n.(*ast.CallExpr)
		if _, isLit := n.(*ast.FuncLit); isLit || advice != "" || call == nil {
			return !isLit
		}
		with := fmt.Sprintf("add %[1]sWith(%[2]q, %[1]sPath(%[3]s)) for what is there", j.qualifier(), r.name(), r.name())
		switch path, name := j.Qualified(call.Fun); {
		case joined && j.IsFixture(call):
			advice = " is a path of another fixture: " + with
		case j.CallsHandle(call, "TempDir"), path == "os" && std.WorldOf(path, name)&std.Varies != 0 && len(call.Args) > 0: // a name by chance, of a pattern
			if advice = " names a temporary directory or file: " + makeInside + ", or use Dir"; joined {
				advice += ", or " + with
			}
		case std.Unsteady(path, name):
			advice = " differs from run to run: " + makeInside
		default:
			joined = joined && std.Pure(path, name)
		}
		return true
	})
	return advice
}

// qualifier returns the qualifier of the API in the file of the call: "cachetest." unless
// the call has another.
func (j *judge) qualifier() string {
	s := j.site
	if s.call != nil && s.API(s.call.Fun) != "" {
		if x, _ := syntax.Qualifier(ast.Unparen(s.call.Fun)); x != nil {
			return x.Name + "."
		}
		return ""
	}
	return "cachetest."
}

// Message names values that nothing tells, and says what to do about each: one list of
// options for all that options can tell, and a sentence for each other. place is the place
// of the call.
func (r Result) Message(place string, values []Value) string {
	var names, options, others []string
	for _, v := range values {
		names = append(names, v.String())
		if v.remedy.option != "" {
			options = append(options, v.remedy.option)
		} else {
			others = append(others, v.Name+v.remedy.advice)
		}
	}
	if len(options) > 0 {
		others = append([]string{"add " + strings.Join(options, ", ")}, others...)
	}
	are, list := "is", strings.Join(names, ", ")
	if last := len(names) - 1; last > 0 {
		are, list = "are", strings.Join(names[:last], ", ")+" and "+names[last]
	}
	return fmt.Sprintf("the build function at %s uses %s, which %s not part of the key: %s", place, list, are, strings.Join(others, "; "))
}
