package engine

import (
	"time"

	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// Limits are what a store may hold before what was not used for longest goes.
// A limit of 0 is the default one, a negative one is none.
type Limits = store.Limits

// DefaultLimits are those of a Config that has none: a month is longer than
// most branches live, and the bytes are what a laptop can spare.
var DefaultLimits = Limits{Age: 30 * 24 * time.Hour, Bytes: 5e9}

// dailyVisits is about how many files a trim looks at while a test waits for it:
// a fraction of a second. What is left is for the next days.
const dailyVisits = 10_000

// trimDaily removes what is old or over the limits if nobody has for a day. A
// failure of it is nothing that the test that has just stored something could
// do anything about; `cachetest trim` tells it.
func (c *Cache) trimDaily() {
	c.store.TrimDaily(store.Trim{Limits: InForce(c.config.Limits), Refs: c.RecordRefs, Visits: dailyVisits})
}

// InForce returns limits in the form of package store: 0 for none.
func InForce(limits Limits) Limits {
	return Limits{
		Age:   orDefault(limits.Age, DefaultLimits.Age),
		Bytes: orDefault(limits.Bytes, DefaultLimits.Bytes),
		Count: orDefault(limits.Count, DefaultLimits.Count),
	}
}

func orDefault[N int64 | time.Duration](n, otherwise N) N {
	if n == 0 {
		return otherwise
	}
	return max(n, 0)
}

// RecordRefs returns the objects that a record refers to, the files of a tree
// among them. One whose output cannot be read is of no use, and keeps nothing
// else; the error says why. A tree's manifest is always told: the tree in place bears
// its name.
func (c *Cache) RecordRefs(payload []byte) ([]store.ObjectRef, error) {
	rec, err := record.Decode(payload)
	if err != nil {
		return nil, err
	}
	refs, err := rec.Objects(c.store.ReadObject)
	if rec.Form == record.Tree && rec.HasInline {
		refs = append(refs, store.ObjectRef{ID: rec.Output.ID}) // its bytes are the record's
	}
	return refs, err
}
