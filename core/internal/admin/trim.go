package admin

import (
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A Trim says how to trim a cache.
type Trim struct {
	engine.Limits
	DryRun   bool          // remove nothing, count what would go
	Gone     func(Gone)    // told of each thing that a dry run would remove, but for objects
	Progress func(Trimmed) // told now and then
}

// Gone is what a dry run would remove: a record, if it has a key, or a file.
type Gone struct {
	Key, Package string
	store.Gone
}

// Trimmed is what a trim did.
type Trimmed = store.Trimmed

// Trim removes what was not used for longer than the limits allow, and what
// processes that are gone left behind. What is in use or being built, or was
// used within the hour, stays. It may run beside any number of tests.
func (c *Cache) Trim(t Trim) (Trimmed, error) {
	if c.store == nil {
		return Trimmed{Done: true}, nil
	}
	st := store.Trim{Limits: engine.InForce(t.Limits), Refs: c.engine.RecordRefs, DryRun: t.DryRun, Progress: t.Progress}
	if t.DryRun && t.Gone != nil {
		st.Gone = func(gone store.Gone) {
			g := Gone{Gone: gone}
			if rec, err := load(c.store, &gone.Record); err == nil {
				g.Key, g.Package = rec.Key, rec.Package
			}
			t.Gone(g)
		}
	}
	return c.store.Trim(st)
}
