package engine

import (
	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// ManyStore is manyStore for tests that need package admin as well.
var ManyStore = manyStore

// Begin makes the cache that of a process which has got no fixture yet.
func (c *Cache) Begin() { c.gotten = &gotten{got: map[compare.Variant][]child{}} }

// ChildrenHold returns what a look-up finds of the children of a record.
func (c *Cache) ChildrenHold(file store.RecordFile) bool {
	f, err := open(c.store, file)
	if err != nil {
		return false
	}
	p := compare.Present{World: c.world, Read: c.read, Current: func(*record.Record, *input.Input, bool) (*input.Input, bool) { return nil, true }}
	return len(p.Differences(&f.Record, true).Found) == 0
}
