// Package graph tells which declarations a function of a test binary can reach.
//
// Declarations are nodes; every identifier that is not bound around it, and every
// qualified name, is an edge. A name that may mean two things leads to both. A type leads
// to all its methods, however they are called. Initialisation code, in all packages of the
// test binary, counts where it can fill a package variable in reach, or one that code in
// reach comes to in another module or in the standard library, and where it may leave
// something behind in another way; so does its order. The caller chooses the roots.
//
// It promises that whatever a root can execute is reached, and that nothing is taken for
// compiled that is younger than the binary. A package that cannot be taken apart (with
// cgo, with assembly, with a file that does not parse, with a link that leads to nothing
// known) counts whole.
//
// It judges no values: packages state and world do that with it. For other modules the
// version stands for the code; one that requires a local module, itself or by way of
// others, is followed for what it calls there. It does not see what code of another
// module does with a function that other tests registered in it, nor the order in which
// local packages are initialised, as far as imports of other modules decide it, nor that a
// module calls a local one that no go.mod on the way requires.
//
// A *build.StaleError says that the source on disk is not what was compiled; any
// other error that the graph cannot be known.
package graph
