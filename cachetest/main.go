package cachetest

import (
	"fmt"

	"github.com/fixturecache/fixturecache/core/bridge"
)

// Main is for packages whose TestMain makes fixtures that all tests share:
//
//	var db string
//
//	func TestMain(m *testing.M) {
//		os.Exit(cachetest.Main(m, func(tb cachetest.TB) { db = cachetest.File(tb, "db", migrate) }))
//	}
//
// It calls setup, then m.Run, then the functions that were given to tb.Cleanup,
// the last one first, and returns the status for os.Exit.
//
// The TB behaves as that of a test does. Fatalf ends setup and, after the
// cleanups, the process with status 1. After Errorf setup goes on, but no test
// runs and the status is 1. In a cleanup Failed reports whether setup or a test
// has failed. Name returns "TestMain". The log goes to standard error: with -v at
// once, otherwise when setup or a test fails.
//
// Package testing records reads only while m.Run runs. A fixture of setup whose
// code reads a file or a variable is therefore stored only with [DeclaredOnly],
// and its build function must read only files and environment variables that are
// declared, by [Files] and [Env] for example. They become inputs of the result
// that go test caches.
func Main(m interface{ Run() int }, setup func(tb TB)) int {
	tb := &mainTB{}
	ended := false
	defer func() {
		if !ended {
			tb.abort(recover()) // nothing to recover after tb.Fatalf
		}
	}()
	if fmt.Sprintf("%T", m) != "*testing.M" {
		tb.Begin() // some may have
	}
	setup(tb)
	tb.Begin()
	code := 1
	if !tb.Failed() {
		code = bridge.Main(m.Run)
	}
	if code != 0 {
		tb.fail()
	}
	tb.clean()
	ended = true
	if code == 0 && tb.Failed() { // in a cleanup
		code = 1
	}
	return code
}

// Wrap is [Main] without a setup, for packages that have m.Run called by others:
//
//	func TestMain(m *testing.M) { testscript.Main(cachetest.Wrap(m), commands) }
//
// If TestMain asks for fixtures before, with a [TB] of its own, the result that
// go test caches depends on the inputs of those fixtures.
func Wrap(m interface{ Run() int }) interface{ Run() int } { return wrapped{m} }

type wrapped struct{ m interface{ Run() int } }

func (w wrapped) Run() int { return bridge.Main(w.m.Run) }
