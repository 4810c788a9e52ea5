package engine

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

const (
	slowBuild    = 10 * time.Second // after which a line says what takes so long
	lastMoment   = time.Second      // before the time of the test is up
	deadlineText = "cachetest: the time of %s is up (go test -timeout) while it builds %q, for %s by now\n"
)

// watch says which fixture is being built when that takes long, and when the
// time of the test is up meanwhile: go test tells that one of its tests was
// running, and not what for. The line of the latter goes to the standard error,
// since the log of a test that is cut off is not shown. It ends with stop.
func (b *builder) watch() (stop func()) {
	var mu sync.Mutex // held while a line is written, so that none comes after stop
	stopped := false
	after := func(d time.Duration, say func(took float64)) *time.Timer {
		return time.AfterFunc(d, func() {
			mu.Lock()
			defer mu.Unlock()
			if !stopped {
				say(milliseconds(time.Since(b.start)))
			}
		})
	}
	timers := []*time.Timer{after(slowBuild, func(took float64) {
		b.emit(Event{Type: EventBuilding, TookMS: took, Reasons: b.reasons})
	})}
	if d := b.spec.Deadline; !d.IsZero() {
		timers = append(timers, after(time.Until(d)-lastMoment, func(took float64) {
			fmt.Fprintf(os.Stderr, deadlineText, b.spec.Test, b.spec.Key, human.Milliseconds(took))
		}))
	}
	return func() {
		mu.Lock()
		defer mu.Unlock()
		stopped = true
		for _, t := range timers {
			t.Stop()
		}
	}
}
