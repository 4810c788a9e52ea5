// Package syntax reads one Go file, with go/parser alone.
//
// It tells which imports a qualifier may name, and the tokens of a piece of source.
// Which identifiers a function binds, package scope resolves.
//
// The name of a package that an import does not tell is a guess, but for those of the
// standard library: package graph reads the package. Two pieces of source with equal tokens
// differ by layout and comments alone; that tokens differ does not mean that the code does.
//
// It reads files through package unlogged, for a source file must not become an
// input of go test's cached result. A file that does not parse is an error.
package syntax
