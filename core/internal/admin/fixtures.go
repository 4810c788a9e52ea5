package admin

import (
	"cmp"
	"slices"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A Fixture is all records under one key.
type Fixture struct {
	FixtureID
	Records []*Stored // the last used first
	Size    int64     // of the outputs, equal ones counted once
}

// Name names it whatever other packages there are.
func (f *Fixture) Name() string { return f.Package + ":" + f.Key }

// Home returns the package whose source asks for it, "" if that is not known: a
// Scope stands in its place.
func (f *Fixture) Home() string { return f.Records[0].Home }

// LastUsed returns when a record of it was last used.
func (f *Fixture) LastUsed() time.Time { return f.Records[0].Used }

// Newest returns the record that was built last.
func (f *Fixture) Newest() *Stored {
	return slices.MaxFunc(f.Records, func(a, b *Stored) int { return a.Built.Compare(b.Built) })
}

// Fixtures returns what the cache holds, by package and key.
func (c *Cache) Fixtures() []*Fixture {
	bySlot := map[string]*Fixture{}
	var list []*Fixture
	for s := range c.Records() {
		f := bySlot[s.Slot]
		if f == nil {
			f = &Fixture{FixtureID: FixtureID{Package: s.Package, Key: s.Key}}
			bySlot[s.Slot] = f
			list = append(list, f)
		}
		f.Records = append(f.Records, s)
	}
	for _, f := range list {
		f.finish()
	}
	slices.SortFunc(list, func(a, b *Fixture) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// WithLogged adds the fixtures of which only the logs know.
func WithLogged(list []*Fixture, events []engine.Event, hits []store.HitLine) []*Fixture {
	known := map[FixtureID]bool{}
	for _, f := range list {
		known[f.FixtureID] = true
	}
	add := func(id FixtureID) {
		if !known[id] {
			known[id] = true
			list = append(list, &Fixture{FixtureID: id})
		}
	}
	for _, e := range events {
		add(FixtureOf(e))
	}
	for _, line := range hits {
		add(line.Fixture)
	}
	return list
}

// FixtureOf names the fixture of an event.
func FixtureOf(e engine.Event) FixtureID {
	return FixtureID{Package: e.Package, Key: e.Key}
}

func (f *Fixture) finish() {
	slices.SortStableFunc(f.Records, func(a, b *Stored) int { return b.Used.Compare(a.Used) })
	outputs := map[string]bool{}
	for _, s := range f.Records {
		if !outputs[s.Output] {
			outputs[s.Output] = true
			f.Size += s.Size
		}
	}
}
