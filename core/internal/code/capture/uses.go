package capture

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// A use is what a mention of a variable does with it. The greater is the worse.
type use int

const (
	reads   use = iota
	writes      // x = v, x++, x += v: and nothing of x goes anywhere
	aliases     // its value goes where it is not followed
	alters      // it, or a part of it, may be set: &x, x.M(), x.f = v, x[i] = v; or the form is not known
)

// useOf tells what a mention does. A part whose type is immutable is but read
// wherever it goes.
func (j *judge) useOf(id *ast.Ident) use {
	if j.IsFieldKey(id) {
		return reads
	}
	n, parent := j.selection(id)
	u := j.useIn(parent, n)
	switch {
	case u == writes && n != ast.Expr(id):
		return alters
	case u == aliases && j.TypeOf(n).Immutable():
		return reads
	}
	return u
}

// selection returns the largest expression that a mention of a variable is the
// root of, x.f[i] of x, and the node around it.
func (j *judge) selection(id *ast.Ident) (n ast.Expr, parent ast.Node) {
	n = id
	for {
		parent = j.Parent(n)
		switch p := parent.(type) {
		case *ast.SelectorExpr:
			if !j.IsField(p) {
				return n, parent
			}
			n = p
		case *ast.IndexExpr:
			if p.X != n {
				return n, parent
			}
			n = p
		case *ast.ParenExpr, *ast.StarExpr, *ast.TypeAssertExpr:
			n = p.(ast.Expr)
		default:
			return n, parent
		}
	}
}

// useIn tells what the statement or expression around a value does with it.
func (j *judge) useIn(parent ast.Node, n ast.Expr) use {
	switch p := parent.(type) {
	case *ast.SelectorExpr:
		return j.methodUse(p)
	case *ast.BinaryExpr, *ast.IfStmt, *ast.ForStmt, *ast.SwitchStmt, *ast.CaseClause, *ast.ExprStmt:
		return reads
	case *ast.UnaryExpr:
		if p.Op == token.AND || p.Op == token.ARROW {
			return alters
		}
		return reads
	case *ast.SliceExpr:
		u := j.TypeOf(n).Under()
		a, ok := u.Expr.(*ast.ArrayType)
		switch {
		case p.X != n || u.IsBasic("string"):
			return reads
		case ok && a.Len == nil:
			return aliases
		}
		return alters // of an array, as &x
	case *ast.AssignStmt:
		if slices.Contains(p.Lhs, n) {
			return writes
		}
		return aliases
	case *ast.IncDecStmt:
		return writes
	case *ast.RangeStmt:
		if p.X != n {
			return writes
		}
		return aliases // its elements are handed to the variables of the loop
	case *ast.CallExpr:
		return j.argumentUse(p, n)
	case *ast.CompositeLit, *ast.KeyValueExpr, *ast.ReturnStmt, *ast.ValueSpec, *ast.SendStmt, *ast.IndexExpr:
		return aliases
	}
	return alters
}

// argumentUse tells what a call does with its function or an argument.
func (j *judge) argumentUse(call *ast.CallExpr, n ast.Expr) use {
	arg := slices.Index(call.Args, n)
	path, name := j.Qualified(call.Fun)
	switch {
	case call.Fun == n,
		path != "" && arg >= 0 && std.Argument(path, name, arg) == std.Reads,
		j.Predeclared(call.Fun, "len", "cap", "min", "max", "print", "println", "panic", "real", "imag", "complex"),
		j.Predeclared(call.Fun, "copy") && arg == 1:
		return reads
	case j.Predeclared(call.Fun, "copy", "clear", "delete"):
		return alters
	}
	return aliases
}

// methodUse tells what a method that is called, or taken as a value, may do:
// nothing if it gets a copy, or only looks at what it is called on.
func (j *judge) methodUse(sel *ast.SelectorExpr) use {
	t := j.TypeOf(sel.X)
	if path, name := t.Name(); path != "" {
		effect := std.Argument(path, name+"."+sel.Sel.Name, -1)
		if effect == std.Reads || effect < std.Writes && std.ImmutableType(path, name) { // what it keeps is a copy
			return reads
		}
	}
	if found, pointer := t.Method(sel.Sel.Name); found && !pointer {
		return aliases
	}
	return alters
}

// unchanged reports whether nothing gives a variable, or what it leads to,
// another value after its definition. What the function itself does with a value
// that is made for one run of it is its own, unless it fills that for others.
func (j *judge) unchanged(d *scope.Def, depth int) bool {
	if depth > types.MaxDepth || j.sharedByLoops(d) {
		return false
	}
	own := j.runsOnce(d)
	return !j.AnyUse(d, func(id *ast.Ident) bool {
		u := j.useOf(id)
		return u != reads && !(own && j.inFn(id) && (u == aliases || u == alters && !j.fills(d))) && !(u == aliases && j.followed(id, depth))
	})
}

// fills reports whether a literal changes what a variable holds, and other code
// mentions that, which may run after it: a hit would not change it.
func (j *judge) fills(d *scope.Def) bool {
	_, ok := j.fn.(*ast.FuncLit)
	return ok && j.AnyUse(d, func(id *ast.Ident) bool { return j.inFn(id) && j.useOf(id) == alters }) &&
		j.AnyUse(d, func(id *ast.Ident) bool { return !j.inFn(id) })
}

// sharedByLoops reports whether the variables of a loop may be shared by its
// rounds, as they are before Go 1.22, which a file can ask for.
func (j *judge) sharedByLoops(d *scope.Def) bool {
	_, loop := d.Node.(*ast.RangeStmt)
	return loop && j.Syntax.GoVersion != ""
}

// followed reports whether a value that goes to a new variable, or whose
// elements go to those of a loop, is left alone by them, too.
func (j *judge) followed(id *ast.Ident, depth int) bool {
	n, parent := j.selection(id)
	switch p := parent.(type) {
	case *ast.RangeStmt:
		return p.X == n && j.leftAlone(p.Key, p, depth) && j.leftAlone(p.Value, p, depth)
	case *ast.AssignStmt:
		i := slices.Index(p.Rhs, n)
		return i >= 0 && len(p.Lhs) == len(p.Rhs) && j.leftAlone(p.Lhs[i], p, depth)
	}
	return false
}

// leftAlone reports whether a variable that a statement binds, if it is one,
// changes nothing of what it shares with others.
func (j *judge) leftAlone(e ast.Expr, by ast.Node, depth int) bool {
	if e == nil || isName(e, "_") {
		return true
	}
	d := refOf(e).def
	return d != nil && d.Node == by && e == ast.Expr(d.Ident) && (j.TypeOf(e).Immutable() || j.unchanged(d, depth+1))
}

// inFn reports whether a place is in the function itself, and not in another
// that it uses.
func (j *judge) inFn(id *ast.Ident) bool { return j.fn != nil && within(id.Pos(), j.fn) }

// runsOnce reports whether the function is run once at most for each time that
// a variable is defined: it is an argument of the call, and no loop or function
// that may be run again lies between.
func (j *judge) runsOnce(d *scope.Def) bool {
	if j.fn == nil || j.call == nil || !slices.Contains(j.call.Args, j.fn) {
		return false
	}
	for n := j.Parent(j.fn); n != nil; n = j.Parent(n) {
		switch n := n.(type) {
		case *ast.BlockStmt:
			if within(d.Ident.Pos(), n) {
				return !jumps(n)
			}
		case *ast.ForStmt:
			return false
		case *ast.RangeStmt:
			return d.Node == ast.Node(n) && !jumps(n)
		case *ast.FuncLit:
			if j.subtestOf(n) == nil {
				return false
			}
		}
	}
	return false
}

// jumps reports whether a statement may go back to where it has been.
func jumps(n ast.Node) bool {
	return syntax.Contains(n, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		return ok && b.Tok == token.GOTO
	})
}

// subtestOf returns the handle of a literal that is handed to the Run of a
// *testing.T, which runs it once: nil if it is none. That of a benchmark runs it
// again and again.
func (j *judge) subtestOf(lit *ast.FuncLit) *scope.Def {
	call, ok := j.Parent(lit).(*ast.CallExpr)
	if !ok || !j.AsksHandle(call, "Run") || len(lit.Type.Params.List) != 1 || len(lit.Type.Params.List[0].Names) != 1 {
		return nil
	}
	if star, ok := lit.Type.Params.List[0].Type.(*ast.StarExpr); ok {
		if path, name := j.Qualified(star.X); path == "testing" && name == "T" {
			return scope.Of(lit.Type.Params.List[0].Names[0])
		}
	}
	return nil
}
