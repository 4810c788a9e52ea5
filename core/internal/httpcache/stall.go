package httpcache

import (
	"context"
	"fmt"
	"io"
	"time"
)

// leastMove is how many bytes have to move within the time that a Cache may stall. Fewer
// do not count: a server that sends a little now and then has stalled as well, and a tier
// that is slower than a third of a MiB in a second saves little.
const leastMove = 1 << 20

// A tap counts the bytes that move in an operation, and ends the operation when too few
// do, in it and all others under way, whose turn or share it may have to wait for.
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

// A tappedReader counts the bytes that are read from it in a tap.
type tappedReader struct {
	io.Reader
	t *tap
}

func (r *tappedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.t.count(n)
	return n, err
}
