// Package code knows a Go function by its source: which function a value is (Find),
// which values it captures and whether a call tells them (Binary.Captures), and which
// declarations it can reach (Binary.Closure).
//
// It promises that a change of any declaration that the function can execute changes the
// closure's digest, and that nothing else does but what might be executed. It parses alone,
// never with go/types or go list, and reads never through package os: a source file must
// not become an input of go test's cached result.
//
// Package facts tells what one file declares, mentions and does, package pack
// keeps that, and package graph finds what a function can reach. Package state
// judges the package variables in reach, package world what the code asks of the
// machine, and package capture what a literal takes from around it. This package
// puts a closure together from their answers, writes it as text (Encode), and tells
// how two differ (Explain). State, world and capture do not use each other.
//
// # Fallbacks
//
// Each is wider than the closure would be, and thus sound; each says its
// reason in Closure.Fallback or in an error.
//
//	what                                                what counts then
//	---------------------------------------------------------------------------------------
//	no _testmain.go beside the binary (a -c binary)     nothing here: the binary's content (NoSource)
//	-overlay, -toolexec, -modfile, or perhaps these     nothing here: the binary's content (NoSource)
//	-trimpath, with -ldflags or nobody to ask for them  the binary's content as well (LinkHidden)
//	a file or directory not older than the build        nothing: no cache in this run (StaleError)
//	no go.mod, or fn's package in no local module       nothing here: the binary's content (error)
//	a file that does not parse                          its whole package and that file's bytes
//	import "C"                                          its whole package, the file's bytes and the binary's content
//	assembly, a function without body                   its whole package and its assembly's bytes, with each local
//	                                                    package whose symbols that names; where it may
//	                                                    include files of elsewhere, the binary's content
//	a go:linkname to a symbol that is not known         its whole package
//	fn's source in no local package                     all local packages
//	fn is a method value or made by the compiler        also the test that is running
//	fn has type arguments                               also those types, or the versions of their modules
//	a type argument is declared in a function           also the test that is running
//	a value handed to fn holds a type of another module also the version of that
//	fn captures a type parameter, or perhaps code       also the declaration around it and the running test
//	no Test function of the running test's name         all local packages
//	an import of which the package name is not known    its module, for each qualifier that no other import has
//	a build tag that cannot be known                    the file, whichever way
//	go test was given files                             all files of their directory, whatever their constraints, and
//	                                                    the binary's content as well (LinkHidden)
//	fn in a file that is not known to be compiled       nothing here: the binary's content (error)
//	an import of another module                         its version and those of what it requires, whichever package has it
//	an external package in no go.mod                    all module versions
//	a workspace                                         all module versions, if any is imported
//	Code(CodePackage) asks for it                       all of the build function's package and of the local ones that it imports
//	an import that sets state of the standard library   the import itself, whichever package has it, where the state is used
//
// # What it does not see
//
// It does not see what packages graph, state, world and build say that they do not. Of keys:
// types whose String says less than they hold, and paths that path.Join makes equal ("a" and "./a").
// Whether a key of several values could be made of others is decided by its text (Captured.Ambiguous).
package code
