package capture

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// candidates returns the functions that begin in a line: of a literal and the
// one function around it the one that the symbol names.
func candidates(f *File, line int, symbol string) ([]*ast.FuncLit, []*ast.FuncDecl) {
	lits, decls := scope.FunctionsAt(f.Syntax, f.Line, line)
	if len(decls) != 1 || len(lits) == 0 || symbol == "" || numbered().MatchString("."+decls[0].Name.Name) {
		return lits, decls
	}
	if numbered().MatchString(symbol) {
		return lits, nil
	}
	return nil, decls
}

// numbered matches what the compiler calls a literal: TestX.func1, and
// TestX.func1.2 for one inside it.
var numbered = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\.func\d+(\.\d+)*(-range\d+)?$`) })

// callsAt returns the calls of a function that the runtime places in a line.
func callsAt(f *File, line int, callee string) (calls []*ast.CallExpr) {
	name, _, _ := strings.Cut(callee, "@")
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		id := calledName(call.Fun)
		if id == nil || name != "" && id.Name != name || name == "" && keyed[id.Name] == nil {
			return true
		}
		if f.Line(id.Pos()) == line || f.Line(call.Pos()) == line || f.Line(call.Lparen) == line {
			calls = append(calls, call)
		}
		return true
	})
	return calls
}

// methodValue answers for x.M: what it is called on is a captured value.
func methodValue(q Query, calls []*ast.CallExpr) Result {
	symbol := strings.TrimSuffix(q.Symbol, "-fm")
	j := newJudge(q.Around, q.Site)
	v := Value{Name: "the receiver of " + symbol[strings.LastIndexByte(symbol, '/')+1:], File: q.Site.Name, Line: q.Call, Code: true, remedy: remedy{kind: receiver}}
	if call, x := theReceiver(calls, symbol); x != nil {
		j.call, j.othersRun = call, j.runsOthers(call)
		j.site = j.tellings(call, q.Callee)
		v.Line = j.file.Line(x.Pos())
		v.Told = j.value(x) != runtime || j.readReceiver(x)
		if r, ok := j.refOf(j.file, x); ok {
			v.Name, v.Told = r.name(), v.Told || j.tells(r)
			v.remedy = j.remedyFor(r.def, j.typeOf(j.file, x))
		}
		v.Ignored = v.isIgnored(j.site.ignored)
	}
	r := j.result()
	r.Method, r.Values = true, []Value{v}
	return r
}

// theReceiver returns what the method is taken of, and the call that it is
// handed to, where it can be only one.
func theReceiver(calls []*ast.CallExpr, symbol string) (in *ast.CallExpr, x ast.Expr) {
	for _, call := range calls {
		for _, arg := range call.Args {
			sel, ok := ast.Unparen(arg).(*ast.SelectorExpr)
			if !ok || !strings.HasSuffix(symbol, "."+sel.Sel.Name) {
				continue
			}
			if x != nil {
				return nil, nil
			}
			in, x = call, sel.X
		}
	}
	return in, x
}

// readReceiver reports whether a variable that a method is taken of is constant
// but for that.
func (j *judge) readReceiver(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok || scope.Of(id) == nil {
		return false
	}
	d := scope.Of(id)
	value, _ := definition(j.file, d)
	return value != nil && j.value(value) != runtime &&
		!slices.ContainsFunc(j.file.Uses(d), func(o *ast.Ident) bool { return o != id && j.useOf(o) != reads })
}
