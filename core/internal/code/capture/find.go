package capture

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// candidates returns the functions that begin in the line of a query and may be
// the one that is asked about. A literal that a call is handed is that one, and
// a declaration is told from those in its line by its symbol.
func candidates(q Query, calls []*ast.CallExpr) ([]*ast.FuncLit, []*ast.FuncDecl) {
	f := q.File
	lits, decls := functionsAt(f, q.Line)
	if len(lits)+len(decls) <= 1 {
		return lits, decls
	}
	if len(decls) == 1 && q.Symbol != "" && !numbered().MatchString("."+decls[0].Name.Name) {
		if !numbered().MatchString(q.Symbol) {
			return nil, decls
		}
		decls = nil
	}
	if q.Symbol == "" && len(decls) > 0 || q.Site != f {
		return lits, decls
	}
	var handed []*ast.FuncLit
	for _, c := range calls {
		_, fn, known := keyOf(calleeOf(q, c))
		if !known || fn >= len(c.Args) {
			return lits, decls
		}
		lit, _ := c.Args[fn].(*ast.FuncLit)
		if !slices.Contains(lits, lit) { // this call is handed another of them perhaps, by a variable or converted
			return lits, decls
		}
		handed = append(handed, lit)
	}
	if len(handed) > 0 {
		return handed, decls
	}
	return lits, decls
}

// functionsAt returns the functions whose func keyword stands in a line, in the
// order of the source: a literal stands before those inside it.
func functionsAt(f *types.File, line int) (lits []*ast.FuncLit, decls []*ast.FuncDecl) {
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			if f.Line(n.Type.Func) == line {
				lits = append(lits, n)
			}
		case *ast.FuncDecl:
			if f.Line(n.Type.Func) == line {
				decls = append(decls, n)
			}
		}
		return true
	})
	return lits, decls
}

// numbered matches what the compiler calls a literal: TestX.func1, and
// TestX.func1.2 for one inside it.
var numbered = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\.func\d+(\.\d+)*(-range\d+)?$`) })

// callsAt returns the calls of a function that the runtime places in a line.
func callsAt(f *types.File, line int, callee string) (calls []*ast.CallExpr) {
	name, _, _ := strings.Cut(callee, "@")
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			id := syntax.CalledName(call.Fun)
			if id != nil && (f.Line(id.Pos()) == line || f.Line(call.Pos()) == line || f.Line(call.Lparen) == line) {
				if _, _, known := keyOf(id.Name); id.Name == name || name == "" && known {
					calls = append(calls, call)
				}
			}
		}
		return true
	})
	return calls
}

// methodValue answers for x.M: what it is called on is a captured value.
func methodValue(q Query, calls []*ast.CallExpr) Result {
	symbol := strings.TrimSuffix(q.Symbol, "-fm")
	j := newJudge(q, q.Site)
	call, method := methodIn(calls, symbol)
	if method != nil {
		j.fn = method
		j.readSite([]*ast.CallExpr{call})
	}
	switch {
	case method != nil && facts.MentionOf(method.X) != (facts.Mention{}): // state, if it is any: the declaration around mentions it
	case method != nil && (refOf(method.X).def != nil || j.constant(method.X)):
		j.bring(method.X, false)
	default:
		name := "the receiver of " + symbol[strings.LastIndexByte(symbol, '/')+1:]
		v := Value{Name: name, File: q.Site.Name(), Line: q.Call, Code: true, remedy: remedy{advice: " has no name: hand over a function literal that makes it"}}
		j.found.Values = append(j.found.Values, v)
	}
	r := j.result()
	r.Method, r.Nodes = true, nil // the declaration around the call counts
	return r
}

// methodIn returns the method value, and the call that it is handed to, where it
// can be only one.
func methodIn(calls []*ast.CallExpr, symbol string) (in *ast.CallExpr, method *ast.SelectorExpr) {
	for _, call := range calls {
		for _, arg := range call.Args {
			if sel, ok := ast.Unparen(arg).(*ast.SelectorExpr); ok && strings.HasSuffix(symbol, "."+sel.Sel.Name) {
				if method != nil {
					return nil, nil
				}
				in, method = call, sel
			}
		}
	}
	return in, method
}
