package capture

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// A use is what a mention of a variable does with it. The greater is the worse.
type use int

const (
	reads   use = iota
	writes      // x = v, x++, x += v: and nothing of x goes anywhere
	aliases     // its value goes where it is not followed
	calls       // x.M(): a method, which may have a pointer to x
	alters      // a part of it may be set: &x, x.f = v, x[i] = v; or the form is not known
)

// useOf tells what a mention does. A part whose type is immutable is but read
// wherever it goes.
func (j *judge) useOf(id *ast.Ident) use {
	var n ast.Expr = id
	selected := false
	for {
		parent := j.file.Parent(n)
		switch p := parent.(type) {
		case *ast.ParenExpr:
			n = p
			continue
		case *ast.SelectorExpr:
			if !j.isField(p) {
				return j.methodUse(p)
			}
			n, selected = p, true
			continue
		case *ast.IndexExpr:
			if p.X == n {
				n, selected = p, true
				continue
			}
		case *ast.StarExpr:
			n, selected = p, true
			continue
		case *ast.TypeAssertExpr:
			n = p
			continue
		}
		u := j.useIn(parent, n, selected)
		if u == aliases && j.immutable(j.typeOf(j.file, n)) {
			return reads
		}
		return u
	}
}

// useIn tells what the statement or expression around a value does with it.
func (j *judge) useIn(parent ast.Node, n ast.Expr, selected bool) use {
	write := writes
	if selected {
		write = alters
	}
	switch p := parent.(type) {
	case *ast.BinaryExpr, *ast.IfStmt, *ast.ForStmt, *ast.SwitchStmt, *ast.CaseClause, *ast.ExprStmt:
		return reads
	case *ast.UnaryExpr:
		if p.Op == token.AND || p.Op == token.ARROW {
			return alters
		}
		return reads
	case *ast.SliceExpr:
		switch {
		case p.X != n, j.isBasic(j.typeOf(j.file, n), "string"):
			return reads
		case j.isList(n):
			return aliases
		}
		return alters // of an array, as &x
	case *ast.AssignStmt:
		if slices.Contains(p.Lhs, n) {
			return write
		}
		return aliases
	case *ast.IncDecStmt:
		return write
	case *ast.RangeStmt:
		if p.X != n {
			return write
		}
		return aliases // its elements are handed to the variables of the loop
	case *ast.CallExpr:
		return j.argumentUse(p, n)
	case *ast.CompositeLit, *ast.KeyValueExpr, *ast.ReturnStmt, *ast.ValueSpec, *ast.SendStmt, *ast.IndexExpr:
		return aliases
	}
	return alters
}

func (j *judge) isList(e ast.Expr) bool {
	a, ok := j.under(j.typeOf(j.file, e)).expr.(*ast.ArrayType)
	return ok && a.Len == nil
}

// argumentUse tells what a call does with its function or an argument.
func (j *judge) argumentUse(call *ast.CallExpr, n ast.Expr) use {
	if call.Fun == n {
		return reads
	}
	arg := slices.Index(call.Args, n)
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && j.predeclared(j.file, id) {
		switch id.Name {
		case "len", "cap", "min", "max", "print", "println", "panic", "real", "imag", "complex":
			return reads
		case "copy":
			if arg == 1 {
				return reads
			}
			return alters
		case "clear", "delete":
			return alters
		}
		return aliases
	}
	if path, name := j.qualified(j.file, call.Fun); path != "" && arg >= 0 && j.pkg.Reads(path, name, arg) {
		return reads
	}
	return aliases
}

// isField reports whether a selector surely selects a field: the type says so,
// or the literal that the variable is defined by.
func (j *judge) isField(sel *ast.SelectorExpr) bool {
	if _, ok := j.field(j.typeOf(j.file, sel.X), sel.Sel.Name); ok {
		return true
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	if !ok || scope.Of(id) == nil {
		return false
	}
	value, _ := definition(j.file, scope.Of(id))
	if u, ok := value.(*ast.UnaryExpr); ok && u.Op == token.AND {
		value = u.X
	}
	lit, ok := value.(*ast.CompositeLit)
	return ok && slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
		pair, ok := e.(*ast.KeyValueExpr)
		return ok && isName(pair.Key, sel.Sel.Name) && !j.isMap(lit)
	})
}

// isMap reports whether a composite literal may be one of a map: its keys are
// expressions.
func (j *judge) isMap(lit *ast.CompositeLit) bool {
	_, spelled := lit.Type.(*ast.MapType)
	_, is := j.under(j.literalType(j.file, lit)).expr.(*ast.MapType)
	return spelled || is
}

func isName(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// methodUse tells what a method that is called, or taken as a value, may do:
// nothing if it gets a copy, or only looks at what it is called on.
func (j *judge) methodUse(sel *ast.SelectorExpr) use {
	t := j.typeOf(j.file, sel.X)
	if path, name := j.qualifiedType(t); path != "" && j.pkg.Reads(path, name+"."+sel.Sel.Name, -1) {
		return reads
	}
	id, ok := ast.Unparen(t.expr).(*ast.Ident)
	if !ok || t.file.Path != "" || scope.Of(id) != nil {
		return calls
	}
	if found, pointer := j.pkg.Method(id.Name, sel.Sel.Name); found && !pointer {
		return aliases
	}
	return calls
}

// unchanged reports whether nothing gives a variable that is defined with a
// value of a grade, or what it leads to, another value afterwards. What the
// function itself does with a value that is made for one run of it is its own.
func (j *judge) unchanged(d *scope.Def, g grade) bool { return j.unchangedAt(d, g, 0) }

func (j *judge) unchangedAt(d *scope.Def, g grade, depth int) bool {
	if depth > maxDepth || j.sharedByLoops(d) {
		return false
	}
	own := j.runsOnce(d)
	for _, id := range j.file.Uses(d) {
		u := j.useOf(id)
		switch {
		case u == reads || u == aliases && g == immutable || own && u != writes && u != alters && j.inFn(id) || j.isFieldKey(j.file, id):
		case u == aliases && j.followed(id, g, depth):
		default:
			return false
		}
	}
	return true
}

// sharedByLoops reports whether the variables of a loop are shared by its
// rounds, as they are before Go 1.22.
func (j *judge) sharedByLoops(d *scope.Def) bool {
	_, loop := d.Node.(*ast.RangeStmt)
	v := j.file.Syntax.GoVersion
	return loop && (v == "go1.21" || len(v) > 5 && v[:5] == "go1.2" && v[5] == '1')
}

// followed reports whether a value that goes to a new variable, or whose
// elements go to those of a loop, is left alone by them, too.
func (j *judge) followed(id *ast.Ident, g grade, depth int) bool {
	var n ast.Expr = id
	for {
		switch p := j.file.Parent(n).(type) {
		case *ast.ParenExpr, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
			n = p.(ast.Expr)
		case *ast.RangeStmt:
			return p.X == n && j.leftAlone(p.Key, p, g, depth) && j.leftAlone(p.Value, p, g, depth)
		case *ast.AssignStmt:
			i := slices.Index(p.Rhs, n)
			return i >= 0 && len(p.Lhs) == len(p.Rhs) && j.leftAlone(p.Lhs[i], p, g, depth)
		case *ast.ValueSpec:
			i := slices.Index(p.Values, n)
			return i >= 0 && len(p.Values) == len(p.Names) && j.leftAlone(p.Names[i], p, g, depth)
		default:
			return false
		}
	}
}

// leftAlone reports whether a variable that a statement binds, if it is one,
// changes nothing of what it shares with others.
func (j *judge) leftAlone(e ast.Expr, by ast.Node, g grade, depth int) bool {
	if e == nil || isName(e, "_") {
		return true
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	d := scope.Of(id)
	if d == nil || d.Node != by || d.Ident != id {
		return false
	}
	return j.immutable(j.typeOfDef(j.file, d, 0)) || j.unchangedAt(d, g, depth+1)
}

// inFn reports whether a place is in the function itself, and not in another
// that it uses.
func (j *judge) inFn(id *ast.Ident) bool { return j.fn != nil && within(id.Pos(), j.fn) }

// runsOnce reports whether the function is run once at most for each time that
// a variable is defined: it is an argument of the call, and no loop or function
// that may be run again lies between.
func (j *judge) runsOnce(d *scope.Def) bool {
	if j.fn == nil || j.call == nil || !slices.Contains(j.call.Args, ast.Expr(j.fn)) {
		return false
	}
	for n := j.file.Parent(j.fn); n != nil; n = j.file.Parent(n) {
		switch n := n.(type) {
		case *ast.BlockStmt:
			if within(d.Ident.Pos(), n) {
				return !j.jumps(n)
			}
		case *ast.ForStmt:
			return false
		case *ast.RangeStmt:
			return d.Node == ast.Node(n) && !j.jumps(n)
		case *ast.FuncLit:
			if !j.isSubtest(n) {
				return within(d.Ident.Pos(), n.Type) && !j.jumps(n)
			}
		case *ast.FuncDecl:
			return !j.jumps(n)
		}
	}
	return false
}

// jumps reports whether a statement may go back to where it has been.
func (j *judge) jumps(n ast.Node) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		found = found || ok && b.Tok == token.GOTO
		return !found
	})
	return found
}

// isSubtest reports whether a literal is handed to the Run of a *testing.T,
// which runs it once. That of a benchmark runs it again and again.
func (j *judge) isSubtest(lit *ast.FuncLit) bool {
	call, ok := j.file.Parent(lit).(*ast.CallExpr)
	if !ok || len(lit.Type.Params.List) != 1 {
		return false
	}
	star, ok := lit.Type.Params.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	path, name := j.qualified(j.file, star.X)
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && path == "testing" && name == "T" && sel.Sel.Name == "Run" && j.isHandle(j.file, sel.X)
}

// within reports whether a position lies in a node.
func within(pos token.Pos, n ast.Node) bool { return n.Pos() <= pos && pos < n.End() }
