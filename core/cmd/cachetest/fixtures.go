package main

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A fixture is all records under one key.
type fixture struct {
	admin.FixtureID
	Records []*admin.Stored // the last used first
	Size    int64           // of the outputs, equal ones counted once
}

func (f *fixture) name() string { return f.Package + ":" + f.Key }

// home returns the package whose source asks for it, "" if that is not known: a
// Scope stands in its place.
func (f *fixture) home() string { return f.Records[0].Home }

// used returns when a record of it was last used.
func (f *fixture) used() time.Time { return f.Records[0].Used }

// newest returns the record that was built last.
func (f *fixture) newest() *admin.Stored {
	return slices.MaxFunc(f.Records, func(a, b *admin.Stored) int { return a.Built.Compare(b.Built) })
}

// fixtures returns what the cache holds, by package and key.
func fixtures(c *admin.Cache, inputs bool) []*fixture {
	bySlot := map[string]*fixture{}
	var list []*fixture
	for s := range c.Records(inputs) {
		f := bySlot[s.Slot]
		if f == nil {
			f = &fixture{FixtureID: admin.FixtureID{Package: s.Package, Key: s.Key}}
			bySlot[s.Slot] = f
			list = append(list, f)
		}
		f.Records = append(f.Records, s)
	}
	for _, f := range list {
		f.finish()
	}
	slices.SortFunc(list, func(a, b *fixture) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// withLogged adds the fixtures of which only the logs know.
func withLogged(list []*fixture, events []engine.Event, hits []store.HitLine) []*fixture {
	known := map[admin.FixtureID]bool{}
	for _, f := range list {
		known[f.FixtureID] = true
	}
	add := func(id admin.FixtureID) {
		if !known[id] {
			known[id] = true
			list = append(list, &fixture{FixtureID: id})
		}
	}
	for _, e := range events {
		add(fixtureOf(e))
	}
	for _, line := range hits {
		add(line.Fixture)
	}
	return list
}

// fixtureOf names the fixture of an event.
func fixtureOf(e engine.Event) admin.FixtureID {
	return admin.FixtureID{Package: e.Package, Key: e.Key}
}

func (f *fixture) finish() {
	slices.SortStableFunc(f.Records, func(a, b *admin.Stored) int { return b.Used.Compare(a.Used) })
	outputs := map[string]bool{}
	for _, s := range f.Records {
		if !outputs[s.Output] {
			outputs[s.Output] = true
			f.Size += s.Size
		}
	}
}

// writeJSON writes what programs read: one value.
func (c *command) writeJSON(v any) error {
	e := json.NewEncoder(c.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
