package engine

import (
	"flag"
	"strings"
	"sync/atomic"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

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
