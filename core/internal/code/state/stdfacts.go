package state

import (
	"go/ast"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// What is known of the standard library by name, see package std: here stands
// what its derivation does not find, each with a test that reads the source of
// Go for it.

// immutablePointer reports whether values of a type, *path.name, cannot be changed
// by who holds them.
func immutablePointer(path, name string) bool {
	return std.ImmutablePointer(path, name) || fillsItself.Has(path, name)
}

// fillsItself are types that nothing changes after the value was made but a
// sync.Once of their own: it makes of the value the same each time.
var fillsItself = std.Names{Text: `
	strings Replacer
`}

// stdResult returns the type of the result of a function, path.name: where nobody
// who holds it can change it, nor what it keeps of its arguments, a literal stands
// for it.
func stdResult(t typed, fun *ast.SelectorExpr, path string, args []ast.Expr) typed {
	name := fun.Sel.Name
	kept := false
	for i, arg := range args {
		kept = kept || isUnknown(arg) && std.Argument(path, name, i) >= std.Keeps
	}
	typ, isPointer := strings.CutPrefix(std.TypeOf(path, name), "*")
	named := &ast.SelectorExpr{X: fun.X, Sel: ast.NewIdent(typ)}
	switch {
	case !kept && (std.ImmutableResult(path, name) || path == "fmt" && name == "Errorf"):
		return typed{Expr: &ast.FuncLit{}}
	case typ == "" || kept && (!isPointer && std.ImmutableType(path, typ) || isPointer && immutablePointer(path, typ)):
		return typed{}
	case isPointer:
		return t.Part(&ast.StarExpr{X: named})
	}
	return t.Part(named)
}

// stdEffect tells what a method of a type, "T" or "*T", does to its receiver. What
// it keeps of one that nobody can change is nothing to others. What a sync.Pool gives
// may be what another has put there, which whoever asks it knows.
func stdEffect(path, typ, method string) effect {
	typ = strings.TrimPrefix(typ, "*")
	does := std.Argument(path, typ+"."+method, -1)
	switch {
	case typ == "":
		return unknown
	case path == "sync" && typ == "Pool", fillsItself.Has(path, typ), does == std.Reads, does == std.Keeps && std.ImmutableType(path, typ):
		return reads
	case std.Advances(path, typ+"."+method, -1):
		return advances
	}
	return unknown
}
