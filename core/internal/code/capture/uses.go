package capture

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/effect"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// anyUse reports whether a use of a variable, or of one that stands for a part of
// it, is of a kind.
func (j *judge) anyUse(d *scope.Def, is func(u facts.Use) bool) bool {
	for _, decl := range j.Syntax.Decls {
		if !within(d.Ident.Pos(), decl) {
			continue
		}
		if j.uses[decl] == nil {
			j.uses[decl] = facts.Uses(j.Source, decl, func(name string) bool { return j.Kind(name) != types.Undeclared })
		}
		return slices.ContainsFunc(j.uses[decl][d], is)
	}
	return false
}

// effect returns the effect of a use of a variable on it, or on what it leads to, and the
// place of that.
func (j *judge) effect(d *scope.Def, u facts.Use) (effect.Effect, effect.Place) {
	if u.Looks || j.IsFieldKey(u.At) {
		return effect.Reads, effect.Elsewhere
	}
	judge := effect.Judge{Method: j.method, Argument: j.argument, Functions: true}
	e, in := judge.Of(j.TypeOf(d.Ident), u.Access, effect.Itself)
	if in == effect.Copied && u.Kind == facts.AccessWrite {
		e = effect.Changes // the copy may share memory that is set next
	}
	return e, in
}

// method returns the effect of a method on its receiver: none if it gets a copy, or only
// looks at the receiver.
func (j *judge) method(t types.Type, name string) effect.Effect {
	tries := func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		return ok && facts.Tries(id.Name)
	}
	path, typ := t.Name()
	if path != "" && effect.StdMethod(path, typ, name) == effect.Reads && !(path == "sync" && syntax.Contains(j.Syntax, tries)) {
		return effect.Reads
	}
	if found, pointer := t.Method(name); !found || pointer {
		return effect.Changes
	} else if immutable(t) {
		return effect.Reads
	}
	return effect.HandsOn
}

// argument returns the effect of a function on its argument.
func (j *judge) argument(a facts.Access) effect.Effect {
	path, name := j.Qualified(&ast.SelectorExpr{X: ast.NewIdent(a.Callee.X), Sel: ast.NewIdent(a.Callee.Sel)})
	return effect.StdArgument(path, name, a.Arg)
}

// immutable reports whether nobody can change what a copy of a value of a type leads to. A
// function in it has no memory of its own: its captured values count by themselves.
func immutable(t types.Type) bool { return (&effect.Judge{Functions: true}).Immutable(t) }

// isWrite reports whether a use is to set the variable itself.
func isWrite(u facts.Use) bool { return u.Kind == facts.AccessWrite && u.Path == "" }

// isSet reports whether something may set a variable, or a part that it holds
// itself, after its definition.
func (j *judge) isSet(d *scope.Def) bool {
	return j.sharedByLoops(d) || j.anyUse(d, func(u facts.Use) bool {
		e, in := j.effect(d, u)
		return e >= effect.Changes && in == effect.Itself
	})
}

// changes reports whether something may set a variable, or what it leads to, after its
// definition.
func (j *judge) changes(d *scope.Def) bool {
	return j.anyUse(d, func(u facts.Use) bool { e, _ := j.effect(d, u); return e >= effect.Changes })
}

// unchanged reports whether nothing gives a variable, or what it leads to, another value
// after its definition. The function itself may change a value that is made for one run of
// it, unless it fills the value for others: a hit would not do that.
func (j *judge) unchanged(d *scope.Def) bool {
	fills := func() bool { return j.anyUse(d, func(u facts.Use) bool { return !j.inFn(u.At) }) }
	return !j.sharedByLoops(d) && !j.anyUse(d, func(u facts.Use) bool {
		e, _ := j.effect(d, u)
		return e > effect.Reads && !(j.inFn(u.At) && j.runsOnce(d, scope.Of(u.At)) && (e == effect.HandsOn || !isWrite(u) && !fills()))
	})
}

// sharedByLoops reports whether the variables of a loop may be shared by its
// rounds, as they are before Go 1.22, which a file can ask for.
func (j *judge) sharedByLoops(d *scope.Def) bool {
	_, loop := d.Node.(*ast.RangeStmt)
	return loop && j.Syntax.GoVersion != ""
}

// inFn reports whether a place is in the function itself, and not in another
// that it uses.
func (j *judge) inFn(id *ast.Ident) bool { return j.fn != nil && within(id.Pos(), j.fn) }

// runsOnce reports whether the function is run once at most for each time that
// a variable is defined, or for each row of it that another stands for: it is an
// argument of the call, and no loop or function that may be run again lies between.
func (j *judge) runsOnce(d, through *scope.Def) bool {
	if j.fn == nil || j.call == nil || !slices.Contains(j.call.Args, ast.Expr(j.fn)) {
		return false
	}
	for n := j.Parent(j.fn); n != nil; n = j.Parent(n) {
		if lit, ok := n.(*ast.FuncLit); ok && j.subtestOf(lit) == nil { // another fixture may be built twice, to compare
			return false
		}
		if block, ok := n.(*ast.BlockStmt); ok && within(d.Ident.Pos(), block) {
			rows := j.rowOf(through).Node
			return facts.RunsOnce(j.Source, block, func(n ast.Node) bool { return within(j.fn.Pos(), n) && n != ast.Node(j.fn) && n != d.Node && n != rows })
		}
	}
	return false
}

// subtestOf returns the handle of a literal that is handed to the Run of a *testing.T,
// which runs it once: nil if it is none. The Run of a benchmark runs it again and again.
func (j *judge) subtestOf(lit *ast.FuncLit) *scope.Def {
	call, ok := j.Parent(lit).(*ast.CallExpr)
	if !ok || !j.CallsHandle(call, "Run") || len(lit.Type.Params.List) != 1 || len(lit.Type.Params.List[0].Names) != 1 {
		return nil
	}
	if star, ok := lit.Type.Params.List[0].Type.(*ast.StarExpr); ok {
		if path, name := j.Qualified(star.X); path == "testing" && name == "T" {
			return scope.Of(lit.Type.Params.List[0].Names[0])
		}
	}
	return nil
}
