// Package global tells pointers to package variables from pointers to data, and
// knows the variables that have a name: a copy of a value refers to those, as it
// would not be == to a copy of what they hold.
//
// What it does not know: memory outside the Go heap that is neither a variable
// nor was named to [Except] passes for a variable.
package global
