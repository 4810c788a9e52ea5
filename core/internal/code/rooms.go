package code

import (
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/state"
	"github.com/fixturecache/fixturecache/core/internal/code/world"
)

// What the packages below declare and callers of this one need.
type (
	Digest   = codec.Digest   // of the tokens of a declaration, or of other code
	Cache    = pack.Cache     // where facts are kept
	Decl     = graph.Decl     // a declaration of a closure
	Module   = graph.Module   // an external module and its version
	Turn     = graph.Turn     // which tests have run when a function is called
	Use      = graph.Use      // something that code does at a place
	Path     = world.Path     // a constant that names a file or directory
	Read     = world.Read     // what code reads by a name that its source tells
	ReadKind = world.ReadKind // what such a name is
	Covered  = state.Covered  // package variables that the caller answers for
)

// Constants of the packages below, which say what they stand for.
const (
	HandleName   = facts.HandleName
	ReadVariable = world.ReadVariable
	ReadFile     = world.ReadFile
	ReadDir      = world.ReadDir
)
