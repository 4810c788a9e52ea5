package capture

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// A Query says where a function and the call that it is handed to begin.
type Query struct {
	File   *types.File // the file of the function
	Line   int         // the line of its func keyword
	Symbol string      // the linker's name of a method value
	Method bool        // the function is a method value: x.M

	Site   *types.File // the file of the call
	Call   int         // the line of the call
	Callee string      // "Memo", "Call", "Dir", "File", "Get"; "" if it may be any
}

// A Value is a captured value that is not constant.
type Value struct {
	Name string // as a program writes it: n, tc.name, t.Deadline()
	File string // base name
	Line int
	Told bool // the key, a With or Call's argument tells it
	Code bool // it may hold code, by its type
	Runs bool // it runs code, also where it is ignored: a type parameter, a receiver

	remedy remedy
}

func (v Value) String() string { return fmt.Sprintf("%s (%s:%d)", v.Name, v.File, v.Line) }

// A Result holds what a function takes from around it.
type Result struct {
	Values []Value // in the order of the source

	// Undecided says why it cannot be known what is captured, so that Values may lack
	// some; nil where it is known.
	Undecided error

	// Literals are the literals of which the function is one, none where it may be
	// declared. Nodes are the definitions around it that give the constants it uses, in the
	// order of the source: they are part of its code.
	Literals []*ast.FuncLit
	Nodes    []ast.Node

	// Told are the expressions that tell values. Their text is part of the code: the same
	// key may be made of other values by another expression. Code that they call is not.
	Told []ast.Node

	Several  bool        // more than one function begins in the line: which it is cannot be told
	TypeArgs bool        // the result mentions type parameters: the methods of their arguments are part of the code
	Same     bool        // the function, the key and the options are the same each time the call is run
	Types    [][2]string // the declared types of Values, path and name: the function may call their methods, and need not name them
	UsesName bool        // a testing handle may be asked for the name of the test, where facts do not follow it
	Sets     []Value     // variables that the function only sets, and that are read after the call

	// Outer are the names of the package, or of an import, whose values options and arguments tell.
	Outer []facts.Mention

	dashed string // the name of a value that is told only by a key without "--"
}

// Of returns what a function captures.
func Of(q Query) Result {
	if q.Method {
		return methodValue(q)
	}
	calls := callsAt(q.Site, q.Call, q.Callee)
	lits, funcs := candidates(q, calls)
	if len(funcs) == 0 {
		return Result{Undecided: fmt.Errorf("no function begins at %s:%d", q.File.Name(), q.Line)}
	}
	j := newJudge(q, q.File)
	j.types = funcs
	if len(lits) == 1 {
		j.fn = lits[0]
	}
	j.readSite(calls)
	for _, lit := range lits {
		j.bring(lit, false)
	}
	for _, t := range j.types {
		if t.TypeParams != nil { // a generic function that is handed over by its name
			for _, f := range t.TypeParams.List {
				for _, name := range f.Names {
					j.typeParameter(scope.Of(name), name)
				}
			}
		}
	}
	r := j.result()
	if r.Several = len(funcs) > 1; len(funcs) == len(lits) {
		r.Literals = lits
	}
	return r
}

// candidates returns the functions that begin in the line of a query and may be
// the function of it: the literals, and the types of all. A literal that a call
// is handed is that one.
func candidates(q Query, calls []*ast.CallExpr) ([]*ast.FuncLit, []*ast.FuncType) {
	lits, funcs := functionsAt(q.File, q.Line)
	if len(funcs) <= 1 || q.Site != q.File || len(calls) == 0 {
		return lits, funcs
	}
	var handed []*ast.FuncLit
	var handedTypes []*ast.FuncType
	for _, c := range calls {
		_, fn, known := keyOf(calleeOf(q, c))
		if !known || fn >= len(c.Args) {
			return lits, funcs
		}
		lit, _ := c.Args[fn].(*ast.FuncLit)
		if !slices.Contains(lits, lit) { // the call may be handed another of them, by a variable or converted
			return lits, funcs
		}
		handed, handedTypes = append(handed, lit), append(handedTypes, lit.Type)
	}
	return handed, handedTypes
}

// functionsAt returns the functions whose func keyword stands in a line, in the
// order of the source: a literal stands before those inside it.
func functionsAt(f *types.File, line int) (lits []*ast.FuncLit, funcs []*ast.FuncType) {
	for n := range ast.Preorder(f.Syntax) {
		switch n := n.(type) {
		case *ast.FuncLit:
			if f.Line(n.Type.Func) == line {
				lits, funcs = append(lits, n), append(funcs, n.Type)
			}
		case *ast.FuncDecl:
			if f.Line(n.Type.Func) == line {
				funcs = append(funcs, n.Type)
			}
		}
	}
	return lits, funcs
}

// callsAt returns the calls of a function that the runtime places in a line.
func callsAt(f *types.File, line int, callee string) (calls []*ast.CallExpr) {
	name, _, _ := strings.Cut(callee, "@")
	for n := range ast.Preorder(f.Syntax) {
		if call, ok := n.(*ast.CallExpr); ok {
			id := syntax.CalledName(call.Fun)
			if id != nil && (f.Line(id.Pos()) == line || f.Line(call.Pos()) == line || f.Line(call.Lparen) == line) {
				if _, _, known := keyOf(id.Name); id.Name == name || name == "" && known {
					calls = append(calls, call)
				}
			}
		}
	}
	return calls
}

// methodValue returns the result for x.M, whose receiver has no name in the source of the call.
func methodValue(q Query) Result {
	name := "the receiver of " + strings.TrimSuffix(q.Symbol[strings.LastIndexByte(q.Symbol, '/')+1:], "-fm")
	v := Value{Name: name, File: q.Site.Name(), Line: q.Call, Runs: true, remedy: remedy{advice: " is not known here: hand over a function literal that calls the method"}}
	return Result{Values: []Value{v}}
}

// readSite reads the call, of several in a line the one that holds the function, for the
// values that it tells. Where it is not clear which call it is, nothing is told.
func (j *judge) readSite(calls []*ast.CallExpr) {
	at := j
	if j.q.Site != j.File {
		at = newJudge(j.q, j.q.Site) // its variables are others
	} else if holding := slices.DeleteFunc(slices.Clone(calls), func(c *ast.CallExpr) bool { return j.fn == nil || !within(j.fn.Pos(), c) }); len(holding) > 0 {
		calls = holding[len(holding)-1:] // the innermost comes last
	}
	if len(calls) == 1 {
		at.call, at.othersRun, j.site = calls[0], at.runsOthers(calls[0]), at
		at.readArguments()
		clear(at.constants) // they depend on what is told
	}
}

// Untold returns the values that nothing tells, but for those whose name, or a
// value they are a field of, is among the ignored names.
func (r Result) Untold(ignored ...string) []Value {
	return slices.DeleteFunc(slices.Clone(r.Values), func(v Value) bool { return v.Told || v.isIgnored(ignored) })
}

func (v Value) isIgnored(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return name != "" && isPartOf(v.Name, name) })
}

// Escalates reports whether the function may run code that neither it nor a
// value that is told names: then the declaration around it and the running test
// are part of its code.
func (r Result) Escalates(ignored ...string) bool {
	return r.Undecided != nil || slices.ContainsFunc(r.Values, func(v Value) bool {
		return !v.Told && (v.Runs || v.Code && v.isIgnored(ignored))
	})
}

// Ambiguous returns the name of a value that a key does not tell after all,
// because a dash in it may be a part of the text or the sign of a number.
func (r Result) Ambiguous(key string) string {
	if strings.Contains(key, "--") {
		return r.dashed
	}
	return ""
}

// result puts the values in order, one for each name, without fields of values that are
// listed as a whole.
func (j *judge) result() Result {
	r, all := j.found, j.found.Values
	r.Outer, r.Same, r.Values = j.site.found.Outer, j.site.found.Same, nil
	sort.SliceStable(all, func(a, b int) bool { return all[a].Line < all[b].Line })
	for i, v := range all {
		if !slices.ContainsFunc(all[:i], func(o Value) bool { return o.Name == v.Name }) &&
			!slices.ContainsFunc(all, func(o Value) bool { return o.Name != v.Name && isPartOf(v.Name, o.Name) && o.Told == v.Told }) {
			r.Values = append(r.Values, v)
		}
	}
	for n := range j.nodes {
		if lit, ok := n.(*ast.FuncLit); !ok || !slices.Contains(j.types, lit.Type) {
			r.Nodes = append(r.Nodes, n)
		}
	}
	r.Told = slices.Collect(maps.Keys(j.told))
	for _, list := range [][]ast.Node{r.Nodes, r.Told} {
		sort.Slice(list, func(a, b int) bool {
			x, y := list[a], list[b]
			return x.Pos() < y.Pos() || x.Pos() == y.Pos() && x.End() > y.End()
		})
	}
	return r
}
