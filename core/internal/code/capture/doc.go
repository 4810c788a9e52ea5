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

import "go/ast"

// A Package tells what names stand for that a file does not bind itself, in all
// files of a package together. Path is that of another package, "" for its own.
// No answer may be a guess.
type Package interface {
	// Kind tells what a name stands for at package level: Undeclared if no file
	// of the package declares it.
	Kind(path, name string) Kind

	// Decl returns the only declaration of a package-level name, a *ast.TypeSpec,
	// *ast.ValueSpec or *ast.FuncDecl, and the file that it stands in. Both are
	// nil where it is not known.
	Decl(path, name string) (ast.Node, *File)

	// Method reports whether a package-level type has a method, and whether its
	// receiver is a pointer. Of several declarations, for other systems, it is the
	// worst.
	Method(path, typ, name string) (found, pointer bool)

	// Fixed reports whether nothing but initialization changes a variable of the
	// package itself, which holds a list or map of immutable elements.
	Fixed(name string) bool

	// Unsteady reports that the result of another package's function differs from
	// run to run: time.Now.
	Unsteady(path, name string) bool
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
