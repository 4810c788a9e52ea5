// Package source knows a Go function by its source: what a function value is
// (Find), which values it captures and whether a call tells them (Captures),
// and which declarations it can reach (Binary.Closure).
//
// It promises that a change of any declaration that the function can execute
// changes the closure's digest, and that nothing else does but what might be
// executed. It parses alone, never with go/types or go list, and reads
// never through package os: a source file must not become an input of go
// test's cached result.
//
// # How a closure is found
//
// Declarations are nodes; every identifier that is not proved local, and every
// qualified name, is an edge. A type leads to all its methods, however they
// are called. Initialisation code, in all packages of the test binary, counts
// where it can touch a package variable in reach or calls what is not known to
// keep to itself; so does its order. The root is fn's literal; what it captures
// and may hold code brings in the running test, and what is handed to it the
// types that it is made of. Where declarations stand counts if fn asks for that.
//
// What one file declares, mentions and does (fileFacts) is found by parsing it
// alone, and kept: a file whose stat is unchanged is not read again, and a file
// whose content is known is not parsed again, in whatever checkout it lies.
// # State
//
// A package variable in reach is fixed if every mention of it in the binary
// reads what cannot be changed, as the types say that the source tells; or if
// what writes to it is initialisation, or code of the closure that fills it once
// by what it finds out itself. All others are state: what an earlier test has
// read counts (Closure.State), and where code outside the closure does more to
// it than read, or calls what in the closure does, the code of the whole run
// counts (Closure.Cause), and which tests are selected.
//
// # Fallbacks
//
// Each is wider than the closure would be, and thus sound; each says its
// reason in Closure.Fallback or in an error.
//
//	what                                                what counts then
//	---------------------------------------------------------------------------------------
//	no _testmain.go beside the binary (a -c binary)     nothing here: the binary's content (NoSource)
//	-overlay, -toolexec, -modfile                       nothing here: the binary's content (NoSource)
//	-trimpath, with -ldflags or nobody to ask for them  the binary's content as well (LinkHidden)
//	a file or directory not older than the build        nothing: no cache in this run (StaleError)
//	no go.mod, or fn's package in no local module       nothing here: the binary's content (error)
//	a file that does not parse                          its whole package and that file's bytes
//	import "C"                                          its whole package, C files and the file's bytes
//	assembly, a function without body                   its whole package and its assembly's bytes
//	a go:linkname to a symbol that is not known         its whole package
//	a local package that another module imports         its whole package, for what reaches that module
//	fn's source in no local package                     all local packages
//	fn is a method value or made by the compiler        also the test that is running
//	fn has type arguments                               also those types, or the versions of their modules
//	a type argument is declared in a function           also the test that is running
//	a value handed to fn holds a type of another module also the version of that
//	fn captures a type parameter, or perhaps code       also the declaration around it and the running test
//	no Test function of the running test's name         all local packages
//	an import of which the package name is not known    its module, for each qualifier that matches nothing
//	a build tag that cannot be known                    the file, whichever way
//	go test was given files                             all files of their directory, whatever their constraints
//	fn in a file that is not known to be compiled       nothing here: the binary's content (error)
//	an external package in no go.mod                    all module versions
//	a workspace                                         all module versions, if any is reached
//	Code(CodePackage) asks for it                       all of fn's package and of the local ones that it imports
//	the module of a blank import                        its version
//	an import that may register something               the import itself, whichever package has it, and the
//	                                                    version of its module, if fn can find what that leaves
//
// # What it does not see
//
// Of code: what an external package does with a function that other tests
// registered in it. Its version stands for its code. Nor the
// order in which local packages are initialised, as far as imports of other
// modules decide it, nor that code of another module asks for line numbers.
//
// Of state: what a package of another module keeps and hands out, as long as
// nothing in it surely writes to a variable; what it keeps in a sync.Map or an
// atomic value. A fixture that several tests of one run ask for is built once,
// by the first, though a test between them may have changed what it reads: each
// run with the same selection of tests does the same. Tests that run in parallel
// have no order that could be known. Whether a result is kept (Init, Hidden), a
// command run by initialisation code that leaves its result in another package's
// state. What functions of external modules read is followed through functions,
// not methods.
//
// Of keys: types whose String says less than they hold, and paths that
// path.Join makes equal ("a" and "./a"). Whether a key of several values could
// be made of others is decided by its text (Captured.Ambiguous).
//
// Of the build: what package build says of itself.
package source
