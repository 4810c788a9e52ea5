package httpcache

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	// defaultStall is how long an operation may go on without moving anything: a
	// test waits for it. A fixture is built again in about that time.
	defaultStall = 3 * time.Second
	// leastMove is what has to move within it, or all that there is: a server that
	// sends a little now and then has stalled as well. A tier that is slower than a
	// third of a MiB in a second saves little.
	leastMove = 1 << 20
)

// stallOf is three quarters of how long who asks waits for an answer, so that it gets
// one.
func stallOf(getenv func(string) string) time.Duration {
	if d, err := time.ParseDuration(getenv(VarTimeout)); err == nil && d > 0 {
		return d * 3 / 4
	}
	return defaultStall
}

// A tap watches what moves in an operation, and ends it when that is too little.
type tap struct {
	cancel context.CancelCauseFunc
	timer  *time.Timer
	stall  time.Duration
	moved  func()

	mu    sync.Mutex
	bytes int // since the timer was set
}

func watch(ctx context.Context, stall time.Duration, moved func()) (context.Context, *tap) {
	ctx, cancel := context.WithCancelCause(ctx)
	t := &tap{cancel: cancel, stall: stall, moved: moved}
	t.timer = time.AfterFunc(stall, func() { cancel(fmt.Errorf("nothing has moved for %v", stall)) })
	return ctx, t
}

func (t *tap) end() {
	t.timer.Stop()
	t.cancel(nil)
}

func (t *tap) count(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bytes += n; t.bytes < leastMove {
		return
	}
	t.bytes = 0
	if t.timer.Reset(t.stall) && t.moved != nil {
		t.moved()
	}
}

// A tappedReader tells a tap what is read.
type tappedReader struct {
	io.Reader
	t *tap
}

func (r *tappedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.t.count(n)
	return n, err
}
