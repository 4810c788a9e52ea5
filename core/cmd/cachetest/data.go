package main

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

// gather collects what is known of the fixtures, of those in the store and of
// those that only the logs know. With judge each is compared with the present
// state as well, where it is one of this module.
func gather(dir string, cache *admin.Cache, judge bool) (*report.Data, error) {
	g := &gatherer{
		data:  &report.Data{Dir: dir, Generated: time.Now(), Packages: []report.Package{}, Fixtures: []*report.Fixture{}, Days: []report.Day{}, Causes: []report.Cause{}, Used: map[string]string{}},
		byID:  map[admin.FixtureID]*report.Fixture{},
		days:  map[string]*report.Day{},
		cause: map[string]*report.Cause{},
	}
	list := fixtures(cache, judge)
	for _, f := range list {
		g.stored(f, judge)
	}
	if judge {
		if err := g.judge(cache, list); err != nil {
			return nil, err
		}
	}
	g.hits(cache)
	for _, e := range cache.Events() {
		g.event(e)
	}
	for _, day := range g.days {
		g.data.Days = append(g.data.Days, *day)
	}
	for _, cause := range g.cause {
		g.data.Causes = append(g.data.Causes, *cause)
	}
	g.data.Sum()
	return g.data, nil
}

type gatherer struct {
	data  *report.Data
	byID  map[admin.FixtureID]*report.Fixture
	days  map[string]*report.Day
	cause map[string]*report.Cause
}

func (g *gatherer) fixture(pkg, key string) *report.Fixture {
	id := admin.FixtureID{Package: pkg, Key: key}
	f := g.byID[id]
	if f == nil {
		f = &report.Fixture{Package: pkg, Key: key}
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

func (g *gatherer) stored(f *fixture, inputs bool) {
	newest := f.newest()
	out := g.fixture(f.Package, f.Key)
	out.Slot, out.Records, out.Bytes, out.Used = newest.Slot, len(f.Records), f.Size, f.used()
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
func (g *gatherer) judge(cache *admin.Cache, list []*fixture) error {
	m, err := newModule()
	if err != nil {
		return err
	}
	own := slices.DeleteFunc(slices.Clone(list), func(f *fixture) bool { return !m.holds(f.Package) })
	rows, err := verdicts(cache, own)
	if err != nil {
		return err
	}
	for _, row := range rows {
		f := g.fixture(row.Package, row.Key)
		f.State = string(row.State)
		for _, r := range row.Reasons {
			f.Reasons = append(f.Reasons, r.Text)
		}
	}
	return nil
}

func (g *gatherer) hits(cache *admin.Cache) {
	hits := cache.Hits()
	for id, n := range hits.Fixtures {
		f := g.fixture(id.Package, id.Key)
		f.Hits, f.SavedMS = n.Hits, float64(n.SavedMS)
	}
	for day, n := range hits.Days {
		d := g.day(day)
		d.Hits, d.SavedMS = n.Hits, float64(n.SavedMS)
	}
}

// event counts a miss, and what caused it, or a hit of the shared tier.
func (g *gatherer) event(e engine.Event) {
	if e.Type == engine.EventHit { // of the shared tier: others are counted, not logged
		f := g.fixture(e.Package, e.Key)
		f.RemoteHits++
		f.RemoteBytes += e.Bytes
		f.RemoteMS += e.TookMS
		return
	}
	if e.Type != engine.EventMiss {
		return
	}
	f, d := g.fixture(e.Package, e.Key), g.day(e.Time.UTC().Format("2006-01-02"))
	f.Misses++
	d.Misses++
	f.SpentMS += e.BuildMS
	d.SpentMS += e.BuildMS
	if len(e.Reasons) == 0 || e.Reasons[0].Code == "first" || e.Reasons[0].Code == "refresh" {
		return
	}
	text := rootCause(e.Reasons[0])
	if g.cause[text] == nil {
		g.cause[text] = &report.Cause{Text: text}
	}
	g.cause[text].Count++
	g.cause[text].LostMS += e.BuildMS
}

// particulars are what a reason says of one occasion.
var particulars = regexp.MustCompile(` \([^()]*\)$|: [^:]* -> .*$`)

// rootCause is a reason without what is particular to one occasion: of a
// fixture that another changed, what that other changed for.
func rootCause(r engine.Reason) string {
	text := r.Text
	if r.Code == "child.changed" {
		if i := strings.LastIndex(text, " changed: "); i >= 0 {
			text = text[i+len(" changed: "):]
		}
	}
	return particulars.ReplaceAllString(text, "")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
