// Package source knows a Go function by its source: what a function value is,
// which values it captures, and which declarations it can reach.
//
// Everything is read with go/parser alone, never with go/types and never
// through package os: a source file must not become an input of go test's
// cached result.
package source
