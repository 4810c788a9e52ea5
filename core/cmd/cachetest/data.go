package main

import (
	"slices"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/report"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// collectData collects what is known of the chosen fixtures, with the hits and misses of
// a period. With compare those of this module are compared with the present state as well.
func (c *command) collectData(compare bool, p admin.Period) (*report.Data, error) {
	events := slices.DeleteFunc(slices.Clone(c.events), func(e engine.Event) bool { return !p.Holds(e.Time, e.Run) })
	d := &report.Data{Dir: c.dir, Generated: time.Now(), Fixtures: []*report.Fixture{}, Days: []report.Day{}, Used: map[string]string{},
		NotStored: neverStored(c.chosen, events), Store: report.Store{Limit: c.limit}}
	chosen := c.chosen
	if compare {
		chosen = withUsed(chosen, c.list, false)
	}
	byID := map[admin.FixtureID]*report.Fixture{}
	for _, f := range chosen {
		byID[f.FixtureID] = newFixture(f)
	}
	if compare {
		addUses(byID, chosen, d.Used)
		if err := c.addStates(byID, chosen); err != nil {
			return nil, err
		}
	}
	c.tally(d, byID, events, p)
	for _, f := range byID {
		if f.Records > 0 || f.Counts != (report.Counts{}) {
			d.Fixtures = append(d.Fixtures, f)
		}
	}
	d.Sum()
	trimmed, err := c.cache.Trim(store.Trim{Limits: engine.Limits{Age: -1, Bytes: -1}, DryRun: func(store.Gone) {}})
	d.Store.Bytes = trimmed.Left.Bytes
	return d, err
}

// tally counts the hits and events of a period, by fixture, by day and by cause.
func (c *command) tally(d *report.Data, byID map[admin.FixtureID]*report.Fixture, events []engine.Event, p admin.Period) {
	days := map[string]*report.Day{}
	count := func(id admin.FixtureID, at time.Time, n report.Counts) {
		if f := byID[id]; f != nil {
			day := at.UTC().Format(time.DateOnly)
			if days[day] == nil {
				days[day] = &report.Day{Day: day}
			}
			f.Counts.Add(n)
			days[day].Counts.Add(n)
		}
	}
	for _, line := range c.hits {
		if p.Holds(line.Time(), line.Run) {
			count(line.Fixture, line.Time(), report.Counts{Hits: line.Hits, SavedMS: float64(line.SavedMS)})
		}
	}
	var causes report.Causes
	for _, e := range events {
		switch id := admin.FixtureOf(e); e.Type {
		case engine.EventHit: // a hit of the shared tier, which c.hits counts as a hit too
			count(id, e.Time, report.Counts{RemoteHits: 1, RemoteBytes: e.Bytes, RemoteMS: e.TookMS})
		case engine.EventMiss, engine.EventNotStored:
			count(id, e.Time, report.Counts{Misses: 1, SpentMS: e.BuildMS})
			if byID[id] != nil {
				again := slices.DeleteFunc(input.RootsOf(e.Reasons), func(r input.Reason) bool { return r.Code == "first" || r.Code == "refresh" })
				addCauses(&causes, e.Package, e.Key, e.BuildMS, again, false)
			}
		}
	}
	for _, day := range days {
		d.Days = append(d.Days, *day)
	}
	d.Causes = causes.Sorted()
}

// withUsed adds to the chosen fixtures those that their newest builds used, or with every
// those that any of their builds used, and so on. They may be of other modules.
func withUsed(chosen, all []*admin.Fixture, every bool) []*admin.Fixture {
	bySlot := map[string]*admin.Fixture{}
	for _, f := range all {
		if len(f.Records) > 0 {
			bySlot[f.Records[0].Slot] = f
		}
	}
	for i := 0; i < len(chosen); i++ {
		for _, build := range chosen[i].Records {
			if !every && build != chosen[i].Newest() {
				continue
			}
			for _, child := range build.Children() {
				if f := bySlot[child.Slot]; f != nil && !slices.Contains(chosen, f) {
					chosen = append(chosen, f)
				}
			}
		}
	}
	return chosen
}

// newFixture returns what a report shows of the records of a fixture.
func newFixture(f *admin.Fixture) *report.Fixture {
	out := &report.Fixture{Package: f.Package, Key: f.Key, Records: len(f.Records), Bytes: f.Size}
	if len(f.Records) > 0 {
		newest := f.Newest()
		out.Oldest = slices.MinFunc(f.Records, func(a, b *admin.Stored) int { return a.Built.Compare(b.Built) }).Built
		out.Slot, out.Newest, out.Used, out.BuildMS = newest.Slot, newest.Built, f.LastUsed(), milliseconds(newest.BuildTime)
	}
	return out
}

// addUses adds to each fixture which fixtures and files its newest build used, and to
// used the keys of those fixtures, by their slots.
func addUses(byID map[admin.FixtureID]*report.Fixture, list []*admin.Fixture, used map[string]string) {
	for _, stored := range list {
		if len(stored.Records) == 0 {
			continue
		}
		f, newest := byID[stored.FixtureID], stored.Newest()
		for _, child := range newest.Children() {
			f.Children = append(f.Children, child.Slot)
			used[child.Slot] = child.Key
		}
		for _, in := range newest.Inputs() {
			if in.Kind == "file" && in.Detail != "absent" && in.Detail != "a directory" && !slices.Contains(f.Files, in.Name) {
				f.Files = append(f.Files, in.Name)
			}
		}
	}
}

// addStates adds to each fixture of this module whether it is outdated, and why.
func (c *command) addStates(byID map[admin.FixtureID]*report.Fixture, list []*admin.Fixture) error {
	rows, err := c.verdicts(slices.DeleteFunc(slices.Clone(list), func(f *admin.Fixture) bool { return !c.module.owns(f) }))
	for _, row := range rows {
		f := byID[row.fixture.FixtureID]
		f.State = string(row.State)
		for _, r := range row.Reasons {
			f.Reasons = append(f.Reasons, r.Text)
		}
	}
	return err
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
