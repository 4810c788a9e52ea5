// Package capture tells which values a function literal takes from around it,
// and what tells them.
//
// A value is constant if it is built of literals, constants and conversions
// alone, in every part, and nothing can change it: then its definition is part
// of the code of the literal. Every other value has to be told: by an option
// With, by the argument of Call, or by the key. What nothing tells is listed,
// with what to do about it.
//
// A judgement is a fold over the syntax in which the worst part decides. A form
// that the package does not know is the worst: a value that is constant may be
// listed, but none that is not is taken for constant.
//
// The package parses nothing and reads no file. What the names of other files
// and packages stand for, it asks of a Package.
package capture

import (
	"go/ast"
	"go/token"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// A Package tells what names stand for that a file does not bind itself, in all
// files of its package together. No answer may be a guess.
type Package interface {
	// Kind tells what a name stands for at package level: Undeclared if no file
	// of the package declares it.
	Kind(name string) Kind

	// Import returns the path of the package that a name qualifies in a file, ""
	// if there is none or more than one can be meant.
	Import(f *File, name string) string

	// Imported tells what a name of another package stands for.
	Imported(path, name string) Kind

	// Decl returns the only declaration of a package-level name, of this package
	// if path is "": a *ast.TypeSpec, *ast.ValueSpec or *ast.FuncDecl; and the
	// file that it stands in. Both are nil where it is not known.
	Decl(path, name string) (ast.Node, *File)

	// Method reports whether a package-level type of the package has a method,
	// and whether its receiver is a pointer. Of several declarations, for other
	// systems, it is the worst.
	Method(typ, name string) (found, pointer bool)

	// Fixed reports whether nothing but initialization changes a package-level
	// variable or what it leads to.
	Fixed(name string) bool

	// Immutable reports whether nobody can change what a copy of a value of
	// another package's type leads to: time.Duration.
	Immutable(path, name string) bool

	// Pure reports whether the result of another package's function depends on
	// nothing but its arguments and what they lead to, and whether nobody can
	// change what that result leads to.
	Pure(path, name string) (pure, immutable bool)

	// Unsteady reports that the result of another package's function differs from
	// run to run: time.Now.
	Unsteady(path, name string) bool

	// Reads reports whether another package's function does no more with an
	// argument, counted from 0, than to look at it. The receiver is argument -1 of
	// a method, "Duration.String".
	Reads(path, name string, arg int) bool
}

// A Kind is what a package-level name stands for.
type Kind int

const (
	Unknown Kind = iota
	Undeclared
	Constant
	Type
	Func
	Variable
)

// A File is a parsed file, with its names resolved.
type File struct {
	Syntax *ast.File
	Name   string                  // its base name
	Path   string                  // the import path of its package, "" if that is the package asked about
	Line   func(pos token.Pos) int // the line of a position

	parent map[ast.Node]ast.Node
	uses   map[*scope.Def][]*ast.Ident // of each definition, in the order of the source
}

// NewFile resolves the names of a file that was parsed without errors, and with
// parser.SkipObjectResolution.
func NewFile(name string, file *ast.File, line func(token.Pos) int) *File {
	f := &File{Syntax: file, Name: name, Line: line, parent: map[ast.Node]ast.Node{}, uses: map[*scope.Def][]*ast.Ident{}}
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
			f.note(id)
		}
		return true
	})
	return f
}

func (f *File) note(id *ast.Ident) {
	d := scope.Of(id)
	if d == nil {
		return
	}
	uses := f.uses[d]
	if d.Ident != id {
		uses = append(uses, id)
	}
	f.uses[d] = uses // there even if nothing uses it
}

// Parent returns the node that a node is directly part of.
func (f *File) Parent(n ast.Node) ast.Node { return f.parent[n] }

// Uses returns the identifiers that stand for a definition, its own apart.
func (f *File) Uses(d *scope.Def) []*ast.Ident { return f.uses[d] }

// Visible reports whether a definition is what its name stands for at a place.
func (f *File) Visible(d *scope.Def, pos token.Pos) bool {
	var inner *scope.Def
	for o := range f.uses {
		if o.Ident.Name == d.Ident.Name && o.From <= pos && pos < o.End && (inner == nil || inner.From < o.From) {
			inner = o
		}
	}
	return inner == d
}
