package capture

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

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
