package engine

import (
	"context"
	"errors"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/compare"
)

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

// lock takes the variant's lock, waiting for who has it, another goroutine or, within
// bounds, another process; if find finds a record by then, found is it. Where there
// is no lock to be had, or who has it waits for us, unlock does nothing.
func (cl *call) lock(ctx context.Context, around *frame, lastBuild time.Duration, find func() *hit) (unlock func(), found *hit) {
	none := func() {}
	s := cl.c.store
	now := time.Now()
	bounded, cancel := context.WithDeadline(ctx, now.Add(waitBound(lastBuild, cl.spec.Deadline, now)))
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
			cl.c.locked.Store(cl.key, true)
			return func() { cl.c.locked.Delete(cl.key); unlock() }, nil
		}
		wait := ctx
		if _, ours := cl.c.locked.Load(cl.key); !ours {
			wait = bounded
			if b, ok := s.Building(cl.key.Slot, cl.key.ID); ok && !waited {
				cl.emit(Event{Type: EventWait, Builder: b.PID, TookMS: milliseconds(time.Since(time.Unix(0, b.Since)))})
			}
		}
		if !cl.await(wait, around) {
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
