// Package typeid tells types apart, in this process and others: by a name with
// full package paths, and by a digest of all that a type is made of.
//
// It knows what lies where in a type, too.
//
// What it promises. Types of one digest hold, in binaries of one Go version, the same
// values in the same layout.
// What it does not: two types that are declared in functions, have one name and
// are built alike are one to it.
package typeid
