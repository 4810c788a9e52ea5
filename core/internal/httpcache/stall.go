package httpcache

import (
	"context"
	"fmt"
	"io"
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

// A tap watches what moves in an operation, and ends it when nothing does: neither
// there nor in the others under way, whose turn or share it may have to wait for.
type tap struct {
	c      *Cache
	cancel context.CancelCauseFunc
	timer  *time.Timer
	moved  func()
}

func (c *Cache) watch(ctx context.Context, moved func()) (context.Context, *tap) {
	ctx, cancel := context.WithCancelCause(ctx)
	t := &tap{c: c, cancel: cancel, moved: moved}
	t.timer = time.AfterFunc(c.stall, func() { cancel(fmt.Errorf("nothing has moved for %v", c.stall)) })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taps[t] = true
	return ctx, t
}

func (t *tap) end() {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	delete(t.c.taps, t)
	t.timer.Stop()
	t.cancel(nil)
}

func (t *tap) count(n int) {
	t.c.mu.Lock()
	t.c.bytes += n
	enough := t.c.bytes >= leastMove
	if enough {
		t.c.bytes = 0
		for under := range t.c.taps {
			under.timer.Reset(t.c.stall)
		}
	}
	t.c.mu.Unlock()
	if enough && t.moved != nil {
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
