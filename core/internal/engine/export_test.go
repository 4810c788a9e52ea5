package engine

import "github.com/fixturecache/fixturecache/core/internal/record"

// ManyStore is manyStore for tests that need package admin as well.
var ManyStore = manyStore

// ChildrenHold returns what a look-up and an explanation find of the children of
// a record.
func (c *Cache) ChildrenHold(rec *record.Record) bool {
	cl := &call{c: c, spec: &Spec{}, world: c.world}
	e := &explainer{cl: cl, why: map[ChildName]*candidate{}}
	return cl.sameChildren(rec) && len(e.compare(rec, true).reasons) == 0
}
