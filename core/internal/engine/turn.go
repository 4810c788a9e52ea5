package engine

import (
	"flag"
	"strings"
	"sync/atomic"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// Where other tests may change state that the code of a fixture reaches, those
// count that have run before, up to the test that asks for it: its turn. So the
// code is another for each test. But a test that asks for what this process got
// already, in an earlier test, is given that: the fixture is looked up by the code of
// the earlier turn first. It is never built by that code, since the tests between the
// two may have changed something.

// allTests is the turn of a call of which it is not known what has run before it.
const allTests = "*"

// turnNow returns the test that is running, if none that follows can have begun.
func (s *Spec) turnNow() string {
	if s.InTurn == nil || !s.InTurn() || !process.InOrder() || mains.Load() > 1 {
		return allTests
	}
	test, _, _ := strings.Cut(s.Test, "/")
	return test
}

// servedIn returns the turn of the code by which this process got a variant last,
// "" if none matters.
func (c *Cache) servedIn(key compare.Variant) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.turns[key]
}

// serveIn notes by which code this process got a variant.
func (c *Cache) serveIn(key compare.Variant, code codeKey) {
	if code.turn == "" || code.test != "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.turns == nil {
		c.turns = map[compare.Variant]string{}
	}
	c.turns[key] = code.turn
}

// useOwnCode turns to the code of this turn, after a look-up by that of an earlier
// one.
func (cl *call) useOwnCode() error {
	if cl.builds = true; cl.code == nil || cl.code.key.turn == "" || cl.code.key.turn == cl.turn {
		return nil
	}
	return cl.digestAgain()
}

// mains is how often tests were run by Main.
var mains atomic.Int32

// Main runs run, which runs a package's tests (m.Run), and then tells the go
// command what fixtures looked at before: package testing logs only what
// happens while m.Run does, and without the rest go test would print (cached)
// after such an input changed. Lines at the end of the log count like others
// (measured with Go 1.26).
func Main(run func() int) int {
	mains.Add(1)
	early := logged.Early()
	code := run()
	f := flag.Lookup("test.testlogfile")
	if f == nil || f.Value.String() == "" || len(early) == 0 {
		return code
	}
	// A log that cannot be written costs what it would have cost without us.
	store.AppendLine(f.Value.String(), []byte(strings.Join(early, "\n")))
	return code
}
