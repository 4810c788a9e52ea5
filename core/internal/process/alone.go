package process

import (
	"bytes"
	"runtime"
	"time"
)

// Alone reports whether no goroutine but this one can run code of the user's:
// all others wait in package testing, for a subtest or for their turn. Only
// then do the lines of the log between two points belong to what this
// goroutine did. One that is on its way, on a busy machine perhaps, to where it waits
// is given the time for that.
func Alone() bool {
	buf := make([]byte, 256<<10)
	for pause := time.Millisecond; ; pause *= 2 {
		n := runtime.Stack(buf, true)
		if n == len(buf) {
			return false // too many to tell
		}
		alone, moving := othersWait(buf[:n])
		if alone || !moving || pause > 32*time.Millisecond {
			return alone
		}
		time.Sleep(pause)
	}
}

// othersWait reports whether all goroutines but the first wait in package testing
// or, of those that do not, whether all are moving.
func othersWait(stacks []byte) (all, moving bool) {
	all, moving = true, true
	for _, stack := range bytes.Split(stacks, []byte("\n\n"))[1:] { // the first is our own
		if waitsInTesting(stack) {
			continue
		}
		head, _, _ := bytes.Cut(stack, []byte("\n"))
		all = false
		moving = moving && bytes.Contains(head, []byte("[run")) // runnable, or running
	}
	return all, moving
}

// waitsInTesting reports whether a goroutine waits for a channel of package
// testing, or for a signal.
func waitsInTesting(stack []byte) bool {
	head, rest, _ := bytes.Cut(stack, []byte("\n"))
	top, _, _ := bytes.Cut(rest, []byte("\n"))
	return bytes.Contains(head, []byte("[chan receive")) && bytes.HasPrefix(top, []byte("testing.")) ||
		bytes.HasPrefix(top, []byte("os/signal.signal_recv"))
}
