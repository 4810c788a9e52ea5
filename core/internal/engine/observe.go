package engine

import (
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// An Observer compares records with the present without a call for a fixture, as
// a look-up would. It looks at each thing once.
type Observer struct{ present }

// Observe returns an Observer of records whose relative paths hold against dir,
// in the module at root. What callers give, and what the process of a test would
// be, given tells.
func (c *Cache) Observe(root logged.Root, dir string, given Given) *Observer {
	w := *c.world
	w.Root, w.Dir = root, dir
	return &Observer{present{c: c, world: &w, noRun: true, given: given, nodes: map[nodeKey]*node{}, read: map[variantKey][]*found{}}}
}

// Differences compares a record with the present.
func (o *Observer) Differences(file store.RecordFile, rec *record.Record) *Comparison {
	return o.of(rec).differences(&found{file: file, rec: rec}, false)
}

// Nearer reports whether a record is nearer to the present than another.
func (c *Comparison) Nearer(o *Comparison) bool { return c.nearer(o) > 0 }

// Store returns the store, nil if there is none.
func (c *Cache) Store() *store.Store { return c.store }
