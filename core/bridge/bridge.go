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
	EventWait     = engine.EventWait
	EventBuilding = engine.EventBuilding
)

// ErrNotReady is engine.ErrNotReady.
var ErrNotReady = engine.ErrNotReady

// The functions of packages engine and process, which say what they do.

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
