package engine

import (
	"context"
	"errors"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/compare"
)

// A flight is a variant being built, or waited for, in this process.
type flight struct {
	owner *task
	done  chan struct{}
}

// errCycle says that to wait would be to wait for oneself.
var errCycle = errors.New("cycle")

// board waits until no other goroutine of this process builds the variant and
// then takes its place; land gives it up. With errCycle (who builds it waits
// for us) or ctx's error the caller goes on by itself.
func (c *Cache) board(ctx context.Context, key compare.Variant, me *task) (land func(), err error) {
	for {
		c.mu.Lock()
		other := c.flights[key]
		if other == nil {
			mine := &flight{owner: me, done: make(chan struct{})}
			c.flights[key] = mine
			c.mu.Unlock()
			return func() { c.land(key, mine) }, nil
		}
		if other.owner.waitsFor(me, map[*task]bool{}) {
			c.mu.Unlock()
			return func() {}, errCycle
		}
		me.waiting[other]++
		c.mu.Unlock()

		select {
		case <-other.done:
		case <-ctx.Done():
			err = ctx.Err()
		}
		c.mu.Lock()
		if me.waiting[other]--; me.waiting[other] == 0 {
			delete(me.waiting, other)
		}
		c.mu.Unlock()
		if err != nil {
			return func() {}, err
		}
	}
}

// waitsFor reports whether t is, or waits through others for, the task me.
func (t *task) waitsFor(me *task, seen map[*task]bool) bool {
	if t == me {
		return true
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	for f := range t.waiting {
		if f.owner.waitsFor(me, seen) {
			return true
		}
	}
	return false
}

func (c *Cache) land(key compare.Variant, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flights[key] == f {
		delete(c.flights, key)
		close(f.done)
	}
}

// Bounds of a wait for another process: ten times as long as the last build
// took says that something is wrong with it, and so do five minutes where
// nothing is known of that.
const (
	waitFactor = 10
	waitLimit  = 5 * time.Minute
	waitMargin = 5 * time.Second // of the caller's deadline
)

// waitBound returns how long to wait for another's build: not so long that
// there would be no time left for our own.
func waitBound(lastBuild time.Duration, deadline, now time.Time) time.Duration {
	bound := waitLimit
	if lastBuild > 0 {
		bound = max(waitFactor*lastBuild, time.Second)
	}
	if !deadline.IsZero() {
		bound = min(bound, deadline.Sub(now)-lastBuild-waitMargin)
	}
	return max(bound, 0)
}

// cycleCheck is how often a waiter looks whether it waits for itself.
const cycleCheck = 200 * time.Millisecond

// lock takes the variant's lock among processes, waiting within bounds for who
// has it; if find finds a record by then, found is it. Where there is no lock to be
// had, or who has it waits for us, unlock does nothing.
func (cl *call) lock(ctx context.Context, f *frame, lastBuild time.Duration, find func() *hit) (unlock func(), found *hit) {
	none := func() {}
	s := cl.c.store
	now := time.Now()
	ctx, cancel := context.WithDeadline(ctx, now.Add(waitBound(lastBuild, cl.spec.Deadline, now)))
	defer cancel()
	for waited := false; ; waited = true {
		unlock, err := s.TryLock(cl.key.Slot, cl.key.ID)
		if err != nil {
			return none, nil
		}
		if unlock != nil {
			// Who had it when we looked last may have stored it since.
			if found := find(); found != nil {
				unlock()
				return none, found
			}
			return unlock, nil
		}
		if b, ok := s.Building(cl.key.Slot, cl.key.ID); ok && !waited {
			cl.emit(Event{Type: EventWait, Builder: b.PID, TookMS: milliseconds(time.Since(time.Unix(0, b.Since)))})
		}
		if !cl.await(ctx, f.parent) {
			return none, nil
		}
		if found := find(); found != nil {
			return none, found
		}
	}
}

// await waits until nobody else builds the variant. It returns false if that
// takes too long, or if who builds it waits, perhaps through others, for a
// fixture that is being built around us.
func (cl *call) await(ctx context.Context, around *frame) bool {
	s := cl.c.store
	for f := around; f != nil; f = f.parent {
		if f.maybe != nil {
			continue
		}
		s.Waits(f.key.Slot, f.key.ID, cl.key.String())
		defer s.Waits(f.key.Slot, f.key.ID, "")
	}
	for {
		short, cancel := context.WithTimeout(ctx, cycleCheck)
		err := s.Wait(short, cl.key.Slot, cl.key.ID)
		cancel()
		switch {
		case err == nil:
			return true
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return false
		case around != nil && cl.waitsForUs(around):
			return false
		}
	}
}

// maxHops bounds how far waiting processes are followed.
const maxHops = 20

func (cl *call) waitsForUs(around *frame) bool {
	key := cl.key
	for range maxHops {
		b, ok := cl.c.store.Building(key.Slot, key.ID)
		if !ok || b.Waits == "" {
			return false
		}
		if key, ok = compare.ParseVariant(b.Waits); !ok {
			return false
		}
		if around.builds(key) {
			return true
		}
	}
	return false
}
