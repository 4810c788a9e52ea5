package cachetest

import "github.com/fixturecache/fixturecache/core/memo"

// Main is for packages whose TestMain makes what all tests share:
//
//	var db string
//
//	func TestMain(m *testing.M) {
//		os.Exit(cachetest.Main(m, func(tb cachetest.TB) { db = cachetest.File(tb, "db", migrate) }))
//	}
//
// It calls setup, then m.Run, and then the functions that setup gave to
// tb.Cleanup, last one first; it returns the status for os.Exit. What tb is
// told is what a test would be told: where setup has called tb.Errorf the tests
// do not run and the status is 1; tb.Fatalf, or a panic, ends setup and, after
// the cleanups, the process, with status 1 for Fatalf. tb.Failed reports in a
// cleanup whether setup or a test has failed. What is logged goes to standard
// error, with -v at once, else when setup or a test fails.
//
// Package testing records what is read only while m.Run runs. A build function
// that reads files is kept here if the files are declared: by [Files] with
// [DeclaredOnly]. They become inputs of the result that go test itself caches,
// as everything does that setup's fixtures depend on.
func Main(m interface{ Run() int }, setup func(tb TB)) int {
	tb := &mainTB{}
	ended := false
	defer func() {
		if !ended {
			tb.abort(recover()) // nothing to recover after tb.Fatalf
		}
	}()
	setup(tb)
	code := 1
	if !tb.Failed() {
		code = memo.Main(m.Run)
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

// Wrap is [Main] without a setup, for packages that call m.Run by other means:
//
//	func TestMain(m *testing.M) { testscript.Main(cachetest.Wrap(m), commands) }
//
// A TestMain that asks for fixtures before m.Run, with a [TB] of its own, needs
// it so that go test's own result cache learns what those depend on.
func Wrap(m interface{ Run() int }) interface{ Run() int } { return wrapped{m} }

type wrapped struct{ m interface{ Run() int } }

func (w wrapped) Run() int { return memo.Main(w.m.Run) }
