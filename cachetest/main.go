package cachetest

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/cachetest/internal/fixture"
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
		tb.Begin() // only of a *testing.M is it known that no test has begun
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

// A mainTB is the TB of a TestMain, for which package testing has none. It behaves as
// the TB of a test.
type mainTB struct {
	fixture.Main

	mu       sync.Mutex
	failed   bool
	lines    []byte // lines of the log, shown once something fails
	cleanups []func()
	helpers  sync.Map // names of functions
}

func (tb *mainTB) Name() string { return "TestMain" }

func (tb *mainTB) Helper() {
	at, _ := callers(3).Next()
	tb.helpers.Store(at.Function, true)
}

func (tb *mainTB) Failed() bool {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return tb.failed
}

// fail marks tb as failed and shows what was logged.
func (tb *mainTB) fail() {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	os.Stderr.Write(tb.lines)
	tb.failed, tb.lines = true, nil
}

func (tb *mainTB) Logf(format string, args ...any) { tb.log(fmt.Sprintf(format, args...)) }

func (tb *mainTB) Errorf(format string, args ...any) {
	tb.fail()
	tb.log(fmt.Sprintf(format, args...))
}

func (tb *mainTB) Fatalf(format string, args ...any) {
	tb.fail()
	tb.log(fmt.Sprintf(format, args...))
	runtime.Goexit()
}

// log writes a line with the place of the call of its caller, the method that the user called.
func (tb *mainTB) log(text string) {
	frames := callers(4)
	at, more := frames.Next()
	for ; more; at, more = frames.Next() {
		if _, helps := tb.helpers.Load(at.Function); !helps {
			break
		}
	}
	text = strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") // as package testing does
	fmt.Fprintf(tb, "%s:%d: %s\n", filepath.Base(at.File), at.Line, text)
}

// Output returns a writer of lines that have their place already.
func (tb *mainTB) Output() io.Writer { return tb }

// Write shows lines now or later.
func (tb *mainTB) Write(lines []byte) (int, error) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	if tb.failed || verbose() {
		return os.Stderr.Write(lines)
	}
	tb.lines = append(tb.lines, lines...)
	return len(lines), nil
}

// callers returns the frames of the stack. skip is that of runtime.Callers, called here.
func callers(skip int) *runtime.Frames {
	pcs := make([]uintptr, 64)
	return runtime.CallersFrames(pcs[:runtime.Callers(skip, pcs)])
}

// verbose reports whether -v is given. It looks at the arguments, since flags may not be
// parsed before m.Run, which may define more of them.
func verbose() bool {
	return slices.ContainsFunc(os.Args[1:], func(arg string) bool {
		name, value, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		on, err := strconv.ParseBool(value)
		return name == "test.v" && (on || err != nil) // "" and "test2json" are no bools
	})
}

func (tb *mainTB) Cleanup(f func()) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.cleanups = append(tb.cleanups, f)
}

// clean calls the cleanups, last one first, and those that are left where one
// panics or calls Fatalf.
func (tb *mainTB) clean() {
	tb.mu.Lock()
	last := len(tb.cleanups) - 1
	if last < 0 {
		tb.mu.Unlock()
		return
	}
	f := tb.cleanups[last]
	tb.cleanups = tb.cleanups[:last]
	tb.mu.Unlock()
	defer tb.clean()
	f()
}

// abort cleans up and ends the process: by the panic that it was given, or with status 1
// after Fatalf, which has ended the goroutine.
func (tb *mainTB) abort(panicked any) {
	tb.fail()
	defer func() {
		if p := recover(); p != nil {
			panicked = p
		}
		if panicked != nil {
			panic(panicked)
		}
		os.Exit(1)
	}()
	tb.clean()
}

func (tb *mainTB) TempDir() string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "main")
	if err != nil {
		tb.Fatalf("TempDir: %v", err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Errorf("TempDir: %v", err)
		}
	})
	return dir
}
