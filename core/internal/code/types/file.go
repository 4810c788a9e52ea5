package types

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A File is a parsed file, with its names resolved, or the outline of one: for types that
// are parsed alone, of which nothing is known but what its package tells, and its imports.
type File struct {
	*syntax.Source // nil in an outline
	Package        Package
	In             string // the import path of its package, "" if that is the package asked about

	// Result returns the type of the first result of a function, where more is known
	// of it than its declaration says.
	Result func(f *File, call *ast.CallExpr) (t Type, known bool)

	Imports syntax.Imports
	parent  map[ast.Node]ast.Node
	defs    []*scope.Def
	depth   int // of calls of TypeOf
}

// NewFile returns a parsed file of the package with an import path, "" for the
// package asked about.
func NewFile(pkg Package, path string, source *syntax.Source) *File {
	f := &File{Source: source, Package: pkg, In: path, Imports: syntax.ImportsOf(source.Syntax), parent: map[ast.Node]ast.Node{}}
	ast.PreorderStack(source.Syntax, nil, func(n ast.Node, stack []ast.Node) bool {
		if len(stack) > 0 {
			f.parent[n] = stack[len(stack)-1]
		}
		id, _ := n.(*ast.Ident)
		if d := scope.Of(id); d != nil && d.Ident == id {
			f.defs = append(f.defs, d)
		}
		return true
	})
	return f
}

// Name returns the name of a file in its directory.
func (f *File) Name() string { return filepath.Base(f.Path) }

// Parent returns the node that a node is directly part of.
func (f *File) Parent(n ast.Node) ast.Node { return f.parent[n] }

// Bound returns what a name stands for at a place, nil if no function binds it there.
func (f *File) Bound(name string, pos token.Pos) (inner *scope.Def) {
	for _, d := range f.defs {
		if d.Ident.Name == name && d.From <= pos && pos < d.End && (inner == nil || inner.From < d.From) {
			inner = d
		}
	}
	return inner
}

// Definition returns the expression that a variable is defined by, where that
// is one expression for this variable alone, and whether it is bound by a
// statement of its own: a declaration without a value is, a parameter is not.
func (f *File) Definition(d *scope.Def) (value ast.Expr, bound bool) {
	if d.Kind != scope.Var {
		return nil, false
	}
	switch n := d.Node.(type) {
	case *ast.AssignStmt:
		i := slices.Index(n.Lhs, ast.Expr(d.Ident))
		_, isGuard := f.parent[n].(*ast.TypeSwitchStmt) // x := y.(type)
		if i >= 0 && len(n.Lhs) == len(n.Rhs) && !isGuard {
			return n.Rhs[i], true
		}
	case *ast.ValueSpec:
		i := slices.Index(n.Names, d.Ident)
		switch {
		case len(n.Values) == 0:
			return nil, true
		case i >= 0 && len(n.Values) == len(n.Names):
			return n.Values[i], true
		}
	}
	return nil, false
}
