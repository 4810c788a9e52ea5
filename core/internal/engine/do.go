package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/tree"
)

// An Output is what a build made.
type Output struct {
	Data []byte // to be stored, and returned by hits
	Path string // instead: the directory or file that was made, to be stored

	// NotStored says why this output must not be kept, as "the test failed".
	NotStored string

	built time.Duration // how long fn took, without encoding and checking its value; 0: all of the build
}

// A Result is the outcome of a look-up.
type Result struct {
	Data      []byte
	Tree      tree.Tree // the directory or file: a *tree.Stored if it is stored; nil if the output is none
	Hit       bool
	Stored    bool     // Data is in the store, or in that of this process; always so after a hit
	Reasons   []Reason // why it was built
	BuildTime time.Duration

	output store.ObjectID // names what was built and stored
}

// Do returns what build made: from the store if a record says that a build now would make
// the same, else by calling build, once however many goroutines and processes ask, or for
// each, and at the same time, if that cannot be stored. A fixture asked for within build,
// with its context, is an input of this one. s.Package must be given.
//
// Errors are those of build, unchanged, and misuse of s. If build panics or
// ends its goroutine, so does Do; nothing is stored and no lock is left.
func (c *Cache) Do(ctx context.Context, s Spec, build func(context.Context) (Output, error)) (Result, error) {
	cl, err := c.newCall(&s, build)
	if err != nil {
		return Result{}, err
	}
	return cl.do(ctx, build)
}

// off reports whether there is no cache for this call, and emits the event that says so.
func (cl *call) off() bool {
	if cl.unusable != nil {
		cl.emit(Event{Type: EventOff, Cause: cmp.Or(cl.c.disabled, cl.unusable).Error()})
	}
	return cl.unusable != nil
}

// do looks up, then takes its turn among goroutines and processes, looking again
// when another may have built meanwhile.
func (cl *call) do(ctx context.Context, build func(context.Context) (Output, error)) (Result, error) {
	if cl.off() {
		out, err := build(cl.inFrame(ctx))
		return Result{Data: out.Data, Tree: tree.Made(out.Path)}, err
	}
	parent := frameOf(ctx)
	if cl.noted != nil {
		return cl.serveHit(ctx, cl.noted, build)
	}
	if h := cl.find(); h != nil {
		return cl.serveHit(ctx, h, build)
	}
	if err := cl.useOwnCode(); err != nil {
		return Result{}, err
	}
	if parent.builds(cl.key) && parent.maybe == nil {
		// A fixture that asks for itself would wait for itself for ever.
		return Result{}, fmt.Errorf("its own build function asks for %q, and would wait for itself: give what it asks for a key of its own", cl.spec.Key)
	}
	cl.excerptValues()
	reasons, nearest := cl.explain()
	if cl.mode == Require {
		if h, _ := cl.fetch(nil); h != nil {
			return cl.serveHit(ctx, h, build)
		}
		return Result{}, fmt.Errorf("CACHETEST=require: miss %q: %s", cl.spec.Key, human.Plain(input.ReasonText(reasons)))
	}
	var last time.Duration
	if nearest != nil {
		last = nearest.BuildTime
	}
	around := parent
	if around.builds(cl.key) {
		around = nil // it is one of parent.maybe, and may be this goroutine's: nobody waits for itself
	}
	unlock, found := cl.lock(ctx, around, last)
	defer func() { unlock(cl.unstored) }()
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	if found == nil && cl.forced() == "" && cl.mode != ReadOnly {
		found, reasons = cl.fetch(reasons)
	}
	if found != nil {
		return cl.serveHit(ctx, found, build)
	}
	ctx = cl.inFrame(ctx)
	b := &builder{call: cl, frame: frameOf(ctx), reasons: reasons, nearest: nearest}
	return b.run(ctx, build)
}

// forced returns why the fixture is to be built even if a record is valid.
func (cl *call) forced() string {
	if cl.mode == Refresh {
		cl.c.mu.Lock()
		defer cl.c.mu.Unlock()
		if !slices.ContainsFunc(cl.c.got[cl.key], func(ch child) bool { return ch.dir == cl.c.config.Dir }) { // a run refreshes each once
			return "CACHETEST=refresh"
		}
	}
	if cl.spec.Refresh {
		return "Refresh() asks for it"
	}
	return ""
}

func (cl *call) serveHit(ctx context.Context, h *hit, build func(context.Context) (Output, error)) (Result, error) {
	if cl.mode == Verify {
		if err := cl.verify(ctx, h, build); err != nil {
			return Result{}, err
		}
	}
	cl.c.serve(frameOf(ctx), cl.child(h.rec, true))
	took := time.Since(cl.start) // with the copy of a directory
	if cl.mode != ReadOnly {
		cl.c.store.CountHit(cl.pkg, cl.spec.Key, max(0, h.rec.BuildTime-took))
	}
	cl.emit(Event{Type: EventHit, TookMS: milliseconds(took), BuildMS: milliseconds(h.rec.BuildTime), Bytes: h.rec.Bytes, CopyMS: milliseconds(h.copied), Remote: h.from})
	res := Result{Data: h.data, Hit: true, Stored: true, BuildTime: h.rec.BuildTime, output: h.rec.Output.ID}
	if h.tree != nil {
		res.Tree = h.tree
	}
	return res, nil
}

// verify builds a hit again and compares the bytes.
func (cl *call) verify(ctx context.Context, h *hit, build func(context.Context) (Output, error)) error {
	start := time.Now()
	out, err := build(cl.inFrame(ctx))
	if err != nil {
		return err
	}
	if h.tree != nil {
		err = cl.verifyTree(out, h.tree.Manifest)
	} else if string(out.Data) != string(h.data) {
		err = verifyError(cl.spec.Key, "value", fmt.Sprintf("%d B stored, %d B built", len(h.data), len(out.Data)))
	}
	if err != nil {
		return err
	}
	cl.emit(Event{Type: EventVerified, BuildMS: milliseconds(time.Since(start))})
	return nil
}

// verifyError says that a build made another value or tree than what is stored.
func verifyError(key, what, difference string) error {
	return fmt.Errorf("CACHETEST=verify: %q built again is another %s (%s): "+
		"the build function is not deterministic, or depends on what cannot be seen: declare it with cachetest.With, Files or Version", key, what, difference)
}

// Bounds of a wait for another process: ten times as long as the last build took says that
// something is wrong with it, and so do five minutes where nothing is known of that.
const (
	waitFactor = 10
	waitLimit  = 5 * time.Minute
	waitMargin = 5 * time.Second // before the caller's deadline
)

// waitBound returns how long to wait for another process and have time left to build.
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

// lock takes the variant's lock. It waits for the holder, another goroutine or, within
// bounds, another process, and returns the record that is valid then. unlock does
// nothing where there is a record, or no lock, or where the call goes on by itself.
func (cl *call) lock(ctx context.Context, around *frame, lastBuild time.Duration) (unlock func(unstored string), found *hit) {
	none := func(string) {}
	bounded, cancel := context.WithTimeout(ctx, waitBound(lastBuild, cl.spec.Deadline, time.Now()))
	defer cancel()
	for waited := false; ; waited = true {
		var s *store.Store
		release, before, err := none, "", store.ErrNoLock
		for s = range cl.keepers {
			before, _ = s.Unstored(cl.key.Slot, cl.key.ID) // by an earlier holder: the present one may end at any time
			if release, err = s.TryLock(cl.key.Slot, cl.key.ID); err == nil {
				break
			}
		}
		if err != nil {
			return none, nil
		}
		if release != nil {
			cl.c.locked.Store(cl.key, s)
			unlock = func(unstored string) { cl.c.locked.Delete(cl.key); release(unstored) }
			// The last holder may have stored the fixture since the call looked.
			if found = cl.findAgain(); found != nil {
				unlock("")
				return none, found
			}
			return unlock, nil
		}
		wait := ctx
		if _, ours := cl.c.locked.Load(cl.key); !ours {
			wait = bounded
			if b, ok := s.Building(cl.key.Slot, cl.key.ID); ok && !waited {
				cl.emit(Event{Type: EventWait, Builder: b.PID, TookMS: milliseconds(time.Since(time.Unix(0, b.Since)))})
			}
		}
		again := cl.await(wait, s, around, before)
		if found = cl.findAgain(); found != nil || !again {
			return none, found
		}
	}
}

// keepers yields the stores that may keep what is built, until one can.
func (cl *call) keepers(yield func(*store.Store) bool) {
	if cl.mode != ReadOnly && !yield(cl.c.store) {
		return
	}
	if own := cl.c.ownStore(); own != nil {
		yield(own)
	}
}

// allOptions tells the options of the call and of the settings: another call with the same
// ones, of the same variant, is taken to fare alike.
func (cl *call) allOptions() string { return fmt.Sprint(cl.spec.NoStore, cl.options, cl.c.lists) }

// await waits until nobody else builds the variant. It returns false if that takes
// too long, if the builder waits, perhaps through others, for a build that is under way
// around this call, or if a build with the same options has ended meanwhile that could not
// be stored: all who waited for it build at once, since the next may not be stored either.
func (cl *call) await(ctx context.Context, s *store.Store, around *frame, before string) bool {
	for f := around; f != nil; f = f.parent {
		if has, ok := cl.c.locked.Load(f.key); ok && f.maybe == nil {
			has.(*store.Store).Waits(f.key.Slot, f.key.ID, cl.key.String())
			defer has.(*store.Store).Waits(f.key.Slot, f.key.ID, "")
		}
	}
	for {
		short, cancel := context.WithTimeout(ctx, cycleCheck)
		err := s.Wait(short, cl.key.Slot, cl.key.ID)
		cancel()
		build, options := s.Unstored(cl.key.Slot, cl.key.ID)
		switch {
		case build != before && options == cl.allOptions():
			return false
		case err == nil:
			return true
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return false
		case around != nil && cl.waitsForUs(around):
			return false
		}
	}
}

// maxHops bounds how many waiting processes are followed.
const maxHops = 20

// waitsForUs reports whether the variant's builder waits for a build around this call.
func (cl *call) waitsForUs(around *frame) bool {
	key := cl.key
	for range maxHops {
		has, ok := cl.c.locked.Load(key)
		if !ok {
			has = cl.c.store
		}
		b, _ := has.(*store.Store).Building(key.Slot, key.ID)
		if key, ok = compare.ParseVariant(b.Waits); !ok {
			return false
		}
		if around.builds(key) {
			return true
		}
	}
	return false
}
