package httpcache

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

const (
	// stallLimit is how long an operation may go on without moving anything: a
	// test waits for it. A fixture is built again in about that time.
	stallLimit = 3 * time.Second
	// leastMove is what has to move within it: a server that sends a byte now and
	// then has stalled as well.
	leastMove = 64 << 10
)

var errStalled = errors.New("nothing has moved for " + stallLimit.String())

// A tap watches what moves in an operation, and ends it when that is too little.
type tap struct {
	cancel context.CancelCauseFunc
	timer  *time.Timer
	moved  func()

	mu    sync.Mutex
	bytes int // since the timer was set
}

func watch(ctx context.Context, moved func()) (context.Context, *tap) {
	ctx, cancel := context.WithCancelCause(ctx)
	t := &tap{cancel: cancel, moved: moved}
	t.timer = time.AfterFunc(stallLimit, func() { cancel(errStalled) })
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
	if t.timer.Reset(stallLimit) && t.moved != nil {
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
