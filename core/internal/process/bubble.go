package process

import (
	"bytes"
	"errors"
	"runtime"
	"time"
)

// errBubble is misuse. In a bubble of testing/synctest the clock stands at the
// year 2000, so that no file would look old enough to be relied upon, and what
// one test waits for there no other goroutine may touch.
var errBubble = errors.New("asked for inside a synctest bubble: ask for it before synctest.Test and use what you got inside")

// CheckBubble returns an error in a bubble of testing/synctest, where nothing of
// a cache works. It touches neither the bubble's clock nor a channel.
//
// Two signs must agree, as neither is promised: the runtime leaves the monotonic
// clock out of the times that it tells in a bubble, which costs nothing to see,
// and names the bubble in the goroutine's heading.
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
