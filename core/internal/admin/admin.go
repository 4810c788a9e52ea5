// Package admin is a store as the command cachetest sees it: what is in it, which
// of that a test would still use, what its logs and counts tell of earlier runs,
// and what can be removed.
//
// It promises to change nothing but what Remove and Trim are asked to, whatever
// else uses the store meanwhile: what another process builds or uses stays. It
// does not build, does not run a test, and does not answer for what only a run
// can tell: a Verdict says "valid?" of that.
//
// What cannot be read is left out of lists. Errors are those of the settings, and
// of a store that cannot be opened or changed.
package admin

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A Cache is a cache as the command sees it.
type Cache struct {
	engine *engine.Cache
	store  *store.Store // nil: there is none, and nothing in it
}

// Open opens a cache. In mode off it is an empty one.
func Open(config engine.Config) (*Cache, error) {
	c, err := engine.Open(config)
	if err != nil {
		return nil, err
	}
	return &Cache{c, c.Store()}, nil
}

// Events returns what the cache remembers of misses and of results not stored,
// oldest first: as much as its logs hold.
func (c *Cache) Events() (events []engine.Event) {
	if c.store == nil {
		return nil
	}
	for line := range bytes.Lines(c.store.Events()) {
		var e engine.Event
		if json.Unmarshal(line, &e) == nil && e.Key != "" {
			events = append(events, e)
		}
	}
	return events
}

// Hits returns the counts of hits, in no order.
func (c *Cache) Hits() []store.HitLine {
	if c.store == nil {
		return nil
	}
	return c.store.Hits()
}

// A FixtureID names a fixture of a package, or of a Scope.
type FixtureID = store.Fixture

// Remove forgets fixtures, whatever their age. busy counts those that are being built, which
// stay. Of an empty cache nothing is removed.
func (c *Cache) Remove(ids ...FixtureID) (removed store.Trimmed, busy int, err error) {
	if c.store == nil {
		return removed, 0, nil
	}
	slots := make([]store.SlotID, len(ids))
	for i, id := range ids {
		slots[i] = store.SlotOf(id.Package, id.Key)
	}
	return c.store.Remove(slots, engine.RecordRefs(c.store))
}

// A Period bounds the hits and misses that are counted.
type Period struct {
	Since time.Time // zero: from the beginning
	Run   int       // of the go command with this process id, 0 for all
}

// Holds reports whether a hit or a miss at a time, in a run, counts.
func (p Period) Holds(at time.Time, run int) bool {
	return !at.Before(p.Since) && (p.Run == 0 || run == p.Run)
}

// longestRun is how far apart two events of one run may be: the id of a go
// command is that of another process some day.
const longestRun = 24 * time.Hour

// LastRun is the period of the go command that started the process which had a
// hit or a miss last.
func LastRun(events []engine.Event, hits []store.HitLine) (p Period) {
	var last time.Time
	later := func(at time.Time, run int) {
		if at.After(last) {
			last, p.Run = at, run
		}
	}
	for _, line := range hits {
		later(line.Time(), line.Run)
	}
	for _, e := range events {
		later(e.Time, e.Run)
	}
	p.Since = last.Add(-longestRun)
	return p
}

// Trim removes what was not used for longer than the limits allow, and what
// processes that are gone left behind. What is in use or being built, or was
// used within the hour, stays. It may run beside any number of tests.
func (c *Cache) Trim(t store.Trim) (store.Trimmed, error) {
	if c.store == nil {
		return store.Trimmed{}, nil
	}
	t.Limits, t.Refs = engine.InForce(t.Limits), engine.RecordRefs(c.store)
	return c.store.Trim(t)
}

// Goes names what a dry run would remove: a record by its fixture, a file by its path.
func (c *Cache) Goes(g store.Gone) FixtureID {
	if rec, err := load(c.store, &g.RecordFile); err == nil {
		return FixtureID{Package: rec.Package, Key: rec.Key}
	}
	return FixtureID{Key: g.Path}
}
