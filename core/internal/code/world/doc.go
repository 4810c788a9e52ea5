// Package world tells what code asks of its process and reads of the machine in
// ways that go test's log does not record: settings of the process, files and
// variables read before any test ran, names that are read past package os, and code
// that nothing can see through.
//
// Names that the source tells are reported by name; where it tells none, all variables
// or a refusal stand for them. Functions of other modules are followed through their
// source, as far as it is at hand, and a type leads to all of its methods: before the
// tests to those that code which runs then may call.
//
// It does not see whether a result is kept (Behaviour.Init and Hidden), nor that code
// of another module asks for line numbers.
package world
