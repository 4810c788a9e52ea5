// Package script is how package cachescript asks package cachetest for a
// fixture on behalf of a script: by the place where the user named it, without
// ending a test, and without building it.
package script

import "errors"

// A Call asks for a fixture.
type Call struct {
	TB    any // cachetest.TB; nil for a Probe
	Kind  string
	Key   string // for GoBuild, the package
	Build func(path string) error
	Site  any   // bridge.Site of the user's call of cachescript's function Kind
	Opts  []any // cachetest.Option

	InPlace bool
	Dest    string // where a copy goes; the directory of one, if what is InPlace could not be stored
	Probe   bool   // only whether it would be had without building it
}

// ErrNotReady is the answer to a Probe that would build.
var ErrNotReady = errors.New("not stored, or not valid any more")

// Get and Check are set by package cachetest. Check reports an option that means
// nothing for a kind of fixture.
var (
	Get   func(Call) (path string, err error)
	Check func(kind string, opts []any) error
)
