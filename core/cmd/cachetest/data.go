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

// gather collects what is known of the fixtures that the command looks at. With
// judge each is compared with the present state as well, where it is one of this
// module.
func (c *command) gather(judge bool, p admin.Period) (*report.Data, error) {
	events := during(c.events, p)
	g := &gatherer{
		data:  &report.Data{Dir: c.dir, Generated: time.Now(), Fixtures: []*report.Fixture{}, Days: []report.Day{}, Used: map[string]string{}, NotStored: neverStored(c.chosen, events), Store: report.Store{Limit: c.limit}},
		byID:  map[admin.FixtureID]*report.Fixture{},
		days:  map[string]*report.Day{},
		wants: map[admin.FixtureID]bool{},
	}
	for _, f := range c.list {
		g.data.Store.Bytes += f.Size
	}
	chosen := c.chosen
	if judge {
		chosen = withUsed(chosen, c.list)
	}
	for _, f := range chosen {
		g.wants[f.FixtureID] = true
		if len(f.Records) > 0 {
			g.stored(f, judge)
		}
	}
	if judge {
		if err := c.judge(g, chosen); err != nil {
			return nil, err
		}
	}
	for _, line := range c.hits {
		if p.Holds(line.Time(), line.Run) {
			g.hits(line)
		}
	}
	for _, e := range events {
		g.event(e)
	}
	for _, day := range g.days {
		g.data.Days = append(g.data.Days, *day)
	}
	g.data.Causes = g.causes.Sorted()
	g.data.Sum()
	return g.data, nil
}

// during returns the events of a period.
func during(events []engine.Event, p admin.Period) []engine.Event {
	return slices.DeleteFunc(slices.Clone(events), func(e engine.Event) bool { return !p.Holds(e.Time, e.Run) })
}

// withUsed adds the fixtures that the chosen ones use, of other modules too.
func withUsed(chosen, all []*admin.Fixture) []*admin.Fixture {
	bySlot, known := map[string]*admin.Fixture{}, map[*admin.Fixture]bool{}
	for _, f := range all {
		if len(f.Records) > 0 {
			bySlot[f.Records[0].Slot] = f
		}
	}
	for _, f := range chosen {
		known[f] = true
	}
	for i := 0; i < len(chosen); i++ {
		if len(chosen[i].Records) == 0 {
			continue
		}
		for _, child := range chosen[i].Newest().Children() {
			if f := bySlot[child.Slot]; f != nil && !known[f] {
				known[f] = true
				chosen = append(chosen, f)
			}
		}
	}
	return chosen
}

type gatherer struct {
	data   *report.Data
	byID   map[admin.FixtureID]*report.Fixture
	days   map[string]*report.Day
	causes report.Causes
	wants  map[admin.FixtureID]bool
}

func (g *gatherer) fixture(id admin.FixtureID) *report.Fixture {
	f := g.byID[id]
	if f == nil {
		f = &report.Fixture{Package: id.Package, Key: id.Key}
		g.byID[id] = f
		g.data.Fixtures = append(g.data.Fixtures, f)
	}
	return f
}

func (g *gatherer) day(day string) *report.Day {
	if g.days[day] == nil {
		g.days[day] = &report.Day{Day: day}
	}
	return g.days[day]
}

func (g *gatherer) stored(f *admin.Fixture, inputs bool) {
	newest := f.Newest()
	out := g.fixture(f.FixtureID)
	out.Slot, out.Records, out.Bytes, out.Used = newest.Slot, len(f.Records), f.Size, f.LastUsed()
	out.Oldest, out.Newest = newest.Built, newest.Built
	out.BuildMS = milliseconds(newest.BuildTime)
	for _, s := range f.Records {
		if s.Built.Before(out.Oldest) {
			out.Oldest = s.Built
		}
	}
	if !inputs {
		return
	}
	for _, child := range newest.Children() {
		out.Children = append(out.Children, child.Slot)
		g.data.Used[child.Slot] = child.Key
	}
	for _, in := range newest.Inputs() {
		if in.Kind == "file" && in.Detail != "absent" && in.Detail != "a directory" && !slices.Contains(out.Files, in.Name) {
			out.Files = append(out.Files, in.Name)
		}
	}
}

// judge says of the fixtures of this module whether they are outdated.
func (c *command) judge(g *gatherer, list []*admin.Fixture) error {
	rows, err := c.verdicts(slices.DeleteFunc(slices.Clone(list), func(f *admin.Fixture) bool { return !c.module.owns(f) }))
	for _, row := range rows {
		f := g.fixture(row.fixture.FixtureID)
		f.State = string(row.State)
		for _, r := range row.Reasons {
			f.Reasons = append(f.Reasons, r.Text)
		}
	}
	return err
}

func (g *gatherer) hits(line store.HitLine) {
	if !g.wants[line.Fixture] {
		return
	}
	f, d := g.fixture(line.Fixture), g.day(line.Time().UTC().Format(time.DateOnly))
	f.Hits += line.Hits
	d.Hits += line.Hits
	f.SavedMS += float64(line.SavedMS)
	d.SavedMS += float64(line.SavedMS)
}

// event counts a miss, and what caused it, or a hit of the shared tier.
func (g *gatherer) event(e engine.Event) {
	if !g.wants[admin.FixtureOf(e)] {
		return
	}
	if e.Type == engine.EventHit { // of the shared tier: others are counted, not logged
		f := g.fixture(admin.FixtureOf(e))
		f.RemoteHits++
		f.RemoteBytes += e.Bytes
		f.RemoteMS += e.TookMS
		return
	}
	if e.Type != engine.EventMiss && e.Type != engine.EventNotStored {
		return
	}
	f, d := g.fixture(admin.FixtureOf(e)), g.day(e.Time.UTC().Format(time.DateOnly))
	f.Misses++
	d.Misses++
	f.SpentMS += e.BuildMS
	d.SpentMS += e.BuildMS
	again := slices.DeleteFunc(input.RootsOf(e.Reasons), func(r input.Reason) bool { return r.Code == "first" || r.Code == "refresh" })
	addCauses(&g.causes, e.Package, e.Key, e.BuildMS, again, false)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
