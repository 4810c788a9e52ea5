package process

import (
	"bytes"
	"errors"
	"runtime"
	"sync/atomic"
	"time"
)

// fruitless counts how often the time that Alone gave was not enough.
var fruitless atomic.Int32

// Alone reports whether no goroutine but this one can run code of the user's:
// all others wait in package testing, for a subtest or for their turn. Only
// then do the lines of the log between two points belong to what this
// goroutine did. A goroutine that is about to wait, perhaps on a busy machine, is given
// time to do so; tests that compute in parallel do not wait, so that after a few times
// none is given.
func Alone() bool {
	pauses := 6
	if fruitless.Load() >= 4 {
		pauses = 0
	}
	return alone(pauses)
}

// AloneNow is Alone without giving time: a goroutine that runs may still read.
func AloneNow() bool { return alone(0) }

// alone gives time in a number of pauses, of 1 ms, 2 ms, 4 ms and so on.
func alone(pauses int) bool {
	buf := make([]byte, 256<<10)
	for i := 0; ; i++ {
		n := runtime.Stack(buf, true)
		if n == len(buf) {
			return false // too many to tell
		}
		alone, moving := othersWait(buf[:n])
		if alone || !moving || i == pauses {
			if !alone && moving && pauses > 0 {
				fruitless.Add(1)
			}
			return alone
		}
		time.Sleep(time.Millisecond << i)
	}
}

// othersWait reports whether all goroutines but the first wait in package testing, and
// whether those that do not are all running.
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

// errBubble is misuse. In a bubble of testing/synctest the clock stands at the
// year 2000, so that no file would look old enough to be relied upon, and channels
// that are made there may not be used by goroutines outside.
var errBubble = errors.New("asked for inside a synctest bubble: ask for it before synctest.Test and use what you got inside")

// CheckBubble returns an error in a bubble of testing/synctest, where nothing of
// a cache works. It touches neither the bubble's clock nor a channel.
//
// Two signs must agree, as neither is promised: times that are taken in a bubble have
// no monotonic clock, which costs nothing to see, and the goroutine's heading names
// the bubble.
func CheckBubble() error {
	now := time.Now()
	if now != now.Round(0) {
		return nil
	}
	heading := make([]byte, 256)
	heading = heading[:runtime.Stack(heading, false)]
	if line, _, _ := bytes.Cut(heading, []byte("\n")); bytes.Contains(line, []byte("synctest bubble")) {
		return errBubble
	}
	return nil
}
