package capture

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A File is a parsed file, with its names resolved.
type File struct {
	Syntax *ast.File
	Name   string                  // its base name
	Path   string                  // the import path of its package, "" if that is the package asked about
	Line   func(pos token.Pos) int // the line of a position

	pkg     Package
	imports map[string]string
	dots    []string // paths imported with a dot
	parent  map[ast.Node]ast.Node
	uses    map[*scope.Def][]*ast.Ident // of each definition, in the order of the source
}

// NewFile resolves the names of a file that was parsed without errors, and with
// parser.SkipObjectResolution.
func NewFile(pkg Package, path, name string, file *ast.File, line func(token.Pos) int) *File {
	f := &File{Syntax: file, Name: name, Path: path, Line: line, pkg: pkg, parent: map[ast.Node]ast.Node{}, uses: map[*scope.Def][]*ast.Ident{}}
	f.imports, f.dots = syntax.ImportsOf(file)
	scope.Resolve(file)
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			f.parent[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		if id, ok := n.(*ast.Ident); ok {
			if d := scope.Of(id); d != nil && d.Ident == id {
				f.uses[d] = f.uses[d] // there even if nothing uses it
			} else if d != nil {
				f.uses[d] = append(f.uses[d], id)
			}
		}
		return true
	})
	return f
}

// anyUse reports whether one of the identifiers that stand for a definition, its
// own apart, is of a kind.
func (f *File) anyUse(d *scope.Def, is func(id *ast.Ident) bool) bool {
	return slices.ContainsFunc(f.uses[d], is)
}

// visible reports whether a definition is what its name stands for at a place.
func (f *File) visible(d *scope.Def, pos token.Pos) bool {
	var inner *scope.Def
	for o := range f.uses {
		if o.Ident.Name == d.Ident.Name && o.From <= pos && pos < o.End && (inner == nil || inner.From < o.From) {
			inner = o
		}
	}
	return inner == d
}

// definition returns the expression that a variable is defined by, where that
// is one expression for this variable alone, and whether it is bound by a
// statement of its own: a declaration without a value is, a parameter is not.
func (f *File) definition(d *scope.Def) (value ast.Expr, bound bool) {
	if d.Kind != scope.Var {
		return nil, false
	}
	switch n := d.Node.(type) {
	case *ast.AssignStmt:
		i := slices.Index(n.Lhs, ast.Expr(d.Ident))
		if _, guard := f.parent[n].(*ast.TypeSwitchStmt); !guard && i >= 0 && len(n.Lhs) == len(n.Rhs) {
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

// within reports whether a position lies in a node.
func within(pos token.Pos, n ast.Node) bool { return n.Pos() <= pos && pos < n.End() }

func isName(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// any reports whether some node inside another is of a kind.
func contains(n ast.Node, is func(n ast.Node) bool) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		found = found || n != nil && is(n)
		return !found
	})
	return found
}
