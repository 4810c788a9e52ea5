// Package bridge gives the engine to package cachetest and its subpackages, which lie
// outside core and so may not import core/internal. It names what they need of the
// engine, and no more.
//
// It promises nothing to programs, which have package memo, and may change with each
// version. It adds nothing to the engine, and fails as the engine does.
package bridge

import (
	"context"

	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/process"
)

// The types are documented in package engine.
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

// Events of these types are logged at once, all others at the end of the call.
const (
	EventWait     = engine.EventWait
	EventBuilding = engine.EventBuilding
)

// ErrNotReady is engine.ErrNotReady.
var ErrNotReady = engine.ErrNotReady

// The functions are documented in packages engine and process.

func Default() (*Cache, error)                        { return engine.Default() }
func Main(run func() int) int                         { return process.Main(run) }
func Caller(skip int) (Site, error)                   { return engine.Caller(skip + 1) }
func CheckBubble() error                              { return process.CheckBubble() }
func Within(ctxs ...context.Context) context.Context  { return engine.Within(ctxs...) }
func InBuild() bool                                   { return engine.InBuild() }
func Box[T any](c engine.Codec[T]) *AnyCodec          { return engine.Box(c) }
func RegisterCodec(c *AnyCodec)                       { engine.RegisterCodec(c) }
func RegisterGlobal(name string, p any, fixed bool)   { engine.RegisterGlobal(name, p, fixed) }
func FileName(name string) bool                       { return engine.FileName(name) }
func WorkDir() (dir string, remove func(), err error) { return process.WorkDir() }
func KeepWorkDir(dir string) (kept string, err error) { return process.KeepWorkDir(dir) }
