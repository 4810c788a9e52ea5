package capture

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// candidates returns the functions that begin in the line of a query and may be
// the one that is asked about. A literal that a call is handed is that one;
// another is told by its symbol from the functions around it.
func candidates(q Query, calls []*ast.CallExpr) ([]*ast.FuncLit, []*ast.FuncDecl) {
	f := q.File
	lits, decls := scope.FunctionsAt(f.Syntax, f.Line, q.Line)
	if len(lits)+len(decls) <= 1 {
		return lits, decls
	}
	if len(decls) == 1 && q.Symbol != "" && !numbered().MatchString("."+decls[0].Name.Name) {
		if !numbered().MatchString(q.Symbol) {
			return nil, decls
		}
		decls = nil
	}
	handed := slices.DeleteFunc(slices.Clone(lits), func(lit *ast.FuncLit) bool {
		return q.Symbol == "" && len(decls) > 0 || q.Site != f || !slices.ContainsFunc(calls, func(c *ast.CallExpr) bool { return slices.Contains(c.Args, ast.Expr(lit)) })
	})
	if len(handed) > 0 {
		return handed, decls
	}
	if named := slices.DeleteFunc(slices.Clone(lits), func(lit *ast.FuncLit) bool { return !hasSymbol(f, lit, q.Symbol) }); len(named) > 0 {
		return named, decls
	}
	return lits, decls
}

// hasSymbol reports whether a symbol is that of a literal which the compiler left
// where it is written: of a function, TestX.func1, and TestX.func1.2 for one
// inside that. Of what was inlined the names are of many forms.
func hasSymbol(f *types.File, lit *ast.FuncLit, symbol string) bool {
	depth, around := 1, ""
	for n := f.Parent(lit); n != nil; n = f.Parent(n) {
		switch n := n.(type) {
		case *ast.FuncLit:
			depth++
		case *ast.FuncDecl:
			around = n.Name.Name
		}
	}
	_, symbol, _ = strings.Cut(symbol[strings.LastIndexByte(symbol, '/')+1:], ".")
	name, numbers, ok := strings.Cut(symbol, ".func")
	return ok && around != "" && name == around && strings.Count(numbers, ".") == depth-1 && strings.Trim(numbers, "0123456789.") == ""
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
				if _, known := keyOf(id.Name); id.Name == name || name == "" && known {
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
	name := "the receiver of " + symbol[strings.LastIndexByte(symbol, '/')+1:]
	j := newJudge(q, q.Site)
	v := Value{Name: name, File: q.Site.Name(), Line: q.Call, Code: true, remedy: remedy{advice: " has no name: hand over a function literal that makes it"}}
	if call, x := theReceiver(calls, symbol); x != nil {
		j.readSite(q, []*ast.CallExpr{call})
		v.Line = j.Line(x.Pos())
		v.Told = j.constant(x)
		if r := refOf(x); r.def != nil {
			value, _ := j.Definition(r.def) // constant but for the method that is taken of it
			only := !j.AnyUse(r.def, func(o *ast.Ident) bool { return !within(o.Pos(), x) && j.useOf(o) != reads })
			v.Name, v.Told = r.name(), v.Told || j.tells(r) || only && value != nil && j.constant(value)
			v.remedy = j.remedyFor(r, j.TypeOf(x).Traits())
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
			if sel, ok := ast.Unparen(arg).(*ast.SelectorExpr); ok && strings.HasSuffix(symbol, "."+sel.Sel.Name) {
				if x != nil {
					return nil, nil
				}
				in, x = call, sel.X
			}
		}
	}
	return in, x
}
