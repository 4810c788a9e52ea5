// Package bridge is package engine for package cachetest, and for nothing else.
// Go lets no package outside core import core/internal, and cachetest is outside:
// what it needs of the engine, and not more, has its names here.
//
// It promises nothing to programs, and may change with each version: those have
// package memo. It adds nothing to the engine, and fails as that does.
package bridge

import (
	"context"

	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/process"
)

// The types of package engine, which says what they are.
type (
	Cache    = engine.Cache
	Spec     = engine.Spec
	Value    = engine.Value
	Path     = engine.Path
	CodeMode = engine.CodeMode
	AnyCodec = engine.AnyCodec
	Want     = engine.Want
	Site     = engine.Site
	Event    = engine.Event
)

// The types of events that are told apart.
const (
	EventHit      = engine.EventHit
	EventWait     = engine.EventWait
	EventBuilding = engine.EventBuilding
)

// ErrNotReady is the answer to a Probe: it would be built.
var ErrNotReady = engine.ErrNotReady

// Default returns the cache that the environment names.
func Default() (*Cache, error) { return engine.Default() }

// Main runs run, which runs a package's tests, and tells the go command what
// fixtures looked at before.
func Main(run func() int) int { return process.Main(run) }

// Caller returns the place that called the function that called Caller, skip
// frames further up.
func Caller(skip int) (Site, error) { return engine.Caller(skip + 1) }

// CheckBubble returns an error in a bubble of testing/synctest.
func CheckBubble() error { return process.CheckBubble() }

// Within returns the context of whoever asks for a fixture while builds are under
// way, of which only their contexts are known.
func Within(ctxs ...context.Context) context.Context { return engine.Within(ctxs...) }

// InBuild reports whether this goroutine runs a build's function.
func InBuild() bool { return engine.InBuild() }

// Box makes the Codec of a Spec.
func Box[T any](c engine.Codec[T]) *AnyCodec { return engine.Box(c) }

// RegisterCodec makes c the way in which values of its type are stored.
func RegisterCodec(c *AnyCodec) { engine.RegisterCodec(c) }

// RegisterGlobal gives a package variable that p points to a name. What a fixed one
// leads to never changes.
func RegisterGlobal(name string, p any, fixed bool) { engine.RegisterGlobal(name, p, fixed) }

// FileName reports whether name can be that of a file of a tree everywhere.
func FileName(name string) bool { return engine.FileName(name) }

// WorkDir makes an empty directory, private to the user, and returns the undo.
func WorkDir() (dir string, remove func(), err error) { return process.WorkDir() }

// KeepWorkDir moves what WorkDir returned to where nobody removes it.
func KeepWorkDir(dir string) (kept string, err error) { return process.KeepWorkDir(dir) }
