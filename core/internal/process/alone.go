package process

import (
	"bytes"
	"runtime"
)

// Alone reports whether no goroutine but this one can run code of the user's:
// all others wait in package testing, for a subtest or for their turn. Only
// then do the lines of the log between two points belong to what this
// goroutine did.
func Alone() bool {
	buf := make([]byte, 256<<10)
	n := runtime.Stack(buf, true)
	if n == len(buf) {
		return false // too many to tell
	}
	stacks := bytes.Split(buf[:n], []byte("\n\n"))
	for _, stack := range stacks[1:] { // the first is our own
		if !waitsInTesting(stack) {
			return false
		}
	}
	return true
}

// waitsInTesting reports whether a goroutine waits for a channel of package
// testing, or for a signal.
func waitsInTesting(stack []byte) bool {
	head, rest, _ := bytes.Cut(stack, []byte("\n"))
	top, _, _ := bytes.Cut(rest, []byte("\n"))
	return bytes.Contains(head, []byte("[chan receive")) && bytes.HasPrefix(top, []byte("testing.")) ||
		bytes.HasPrefix(top, []byte("os/signal.signal_recv"))
}
