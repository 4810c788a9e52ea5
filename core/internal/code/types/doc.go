// Package types tells what the names of one file stand for, and the types of its
// expressions, as far as the source at hand tells them.
//
// It is no type checker: it looks at no more than a question needs, and if that is not
// enough, the answer is that the type is not known. No answer is a guess.
//
// The package parses nothing and reads no file. It asks a Package for what the names of
// other files and packages stand for.
package types

import "go/ast"

// A Package tells what names stand for that a file does not bind itself, in all
// files of a package together. Path is that of another package, "" for its own.
type Package interface {
	// Kind returns what a name stands for at package level: Undeclared if no file
	// of the package declares it.
	Kind(path, name string) Kind

	// Decl returns the only declaration of a package-level name, a *ast.TypeSpec,
	// *ast.ValueSpec or *ast.FuncDecl, and the file that it stands in. Both are
	// nil where it is not known.
	Decl(path, name string) (ast.Node, *File)

	// Method reports whether a package-level type has a method, and whether its receiver is
	// a pointer. Of several declarations, for other systems, it is the worst.
	Method(path, typ, name string) (found, pointer bool)
}

// A Kind is what a package-level name stands for.
type Kind int

const (
	Unknown Kind = iota
	Undeclared
	Constant
	TypeName
	Func
	Variable
)
