// Package report writes what is known of a cache: statistics, the graph of its
// fixtures, a page of HTML. All of it comes from a [Data]; the package reads no files.
package report

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Data is the content of a report.
type Data struct {
	Dir       string      `json:"dir"`
	Generated time.Time   `json:"generated"`
	Totals    Totals      `json:"totals"`
	Packages  []Package   `json:"packages"`
	Fixtures  []*Fixture  `json:"fixtures"`
	Days      []Day       `json:"days"`
	Causes    []*Cause    `json:"causes"`
	NotStored []NotStored `json:"not_stored"`
	Store     Store       `json:"store"`

	// Used has the keys of the fixtures that others use, by slot. Of those that are
	// no longer stored nothing else is known.
	Used map[string]string `json:"-"`
}

// Totals are sums over all fixtures. Misses, and the time that they took, count only
// as far back as the log goes.
type Totals struct {
	Fixtures int       `json:"fixtures"`
	Packages int       `json:"packages"`
	Records  int       `json:"records"`
	Bytes    int64     `json:"bytes"`
	Oldest   time.Time `json:"oldest,omitzero"` // when the oldest record was built
	Newest   time.Time `json:"newest,omitzero"`
	Counts
}

// Counts are the hits and misses of fixtures, and their times.
type Counts struct {
	Hits    int64   `json:"hits"`
	Misses  int64   `json:"misses"`
	SavedMS float64 `json:"saved_ms"` // by hits
	SpentMS float64 `json:"spent_ms"` // by misses

	// Of the hits, those that came from the shared tier, as far back as the log goes.
	RemoteHits  int64   `json:"remote_hits,omitempty"`
	RemoteBytes int64   `json:"remote_bytes,omitempty"`
	RemoteMS    float64 `json:"remote_ms,omitempty"`
}

// Add adds m to n.
func (n *Counts) Add(m Counts) {
	n.Hits += m.Hits
	n.Misses += m.Misses
	n.SavedMS += m.SavedMS
	n.SpentMS += m.SpentMS
	n.RemoteHits += m.RemoteHits
	n.RemoteBytes += m.RemoteBytes
	n.RemoteMS += m.RemoteMS
}

// A Package is the sum over the fixtures of one package.
type Package struct {
	Path     string `json:"pkg"`
	Fixtures int    `json:"fixtures"`
	Records  int    `json:"records"`
	Bytes    int64  `json:"bytes"`
	Counts
}

// A Fixture is what is known of one fixture. If only the logs name it, it has no records.
type Fixture struct {
	Slot     string    `json:"slot"`
	Package  string    `json:"pkg"`
	Key      string    `json:"key"`
	Records  int       `json:"records"`
	Bytes    int64     `json:"bytes"`
	Oldest   time.Time `json:"oldest,omitzero"`
	Newest   time.Time `json:"newest,omitzero"`
	Used     time.Time `json:"used,omitzero"`
	BuildMS  float64   `json:"build_ms"`           // of the newest record
	Children []string  `json:"children,omitempty"` // slots
	Files    []string  `json:"files,omitempty"`
	State    string    `json:"state,omitempty"` // "valid", "valid?", "outdated"
	Reasons  []string  `json:"reasons,omitempty"`
	Counts
}

// A Day is the sum over one day, in UTC.
type Day struct {
	Day string `json:"day"` // 2006-01-02
	Counts
}

// A Cause is a change that led to builds of fixtures, with what these cost.
type Cause struct {
	Text string `json:"text"`
	Cost
	Hits []*CauseHit `json:"fixtures,omitempty"` // by package and key
}

// A CauseHit is what a cause has cost one fixture.
type CauseHit struct {
	Package string `json:"pkg"`
	Key     string `json:"key"`
	Cost
}

// A Cost is the cost of some builds.
type Cost struct {
	Count   int     `json:"count"`
	LostMS  float64 `json:"lost_ms"`
	BuildMS float64 `json:"build_ms"` // the same, under the name that why -json gives it
}

func (c *Cost) add(ms float64) {
	c.Count++
	c.LostMS += ms
	c.BuildMS += ms
}

// Causes collects the causes of builds.
type Causes struct {
	byWhat map[string]*Cause
	list   []*Cause
}

// Add adds a build of a fixture to its cause. Builds with the same what have the same
// cause, whose text is the one that was given last.
func (c *Causes) Add(what, text, pkg, key string, ms float64) {
	cause := c.byWhat[what]
	if cause == nil {
		cause = &Cause{}
		if c.byWhat == nil {
			c.byWhat = map[string]*Cause{}
		}
		c.byWhat[what] = cause
		c.list = append(c.list, cause)
	}
	i := slices.IndexFunc(cause.Hits, func(h *CauseHit) bool { return h.Package == pkg && h.Key == key })
	if i < 0 {
		i = len(cause.Hits)
		cause.Hits = append(cause.Hits, &CauseHit{Package: pkg, Key: key})
	}
	cause.Text = text
	cause.add(ms)
	cause.Hits[i].add(ms)
}

// Sorted returns the causes, the one that cost most first.
func (c *Causes) Sorted() []*Cause {
	for _, cause := range c.list {
		slices.SortFunc(cause.Hits, func(a, b *CauseHit) int {
			return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Key, b.Key))
		})
	}
	list := append([]*Cause{}, c.list...)
	slices.SortStableFunc(list, func(a, b *Cause) int { return cmp.Compare(b.LostMS, a.LostMS) })
	return list
}

// A NotStored is a fixture whose last builds were not stored.
type NotStored struct {
	Package string  `json:"pkg"`
	Key     string  `json:"key"`
	Count   int     `json:"count"` // how many builds there were since one was stored
	SpentMS float64 `json:"spent_ms"`
	Cause   string  `json:"cause"` // why the last build was not stored
}

// A Store is the size of the whole store, with the fixtures of all modules, and its limit.
type Store struct {
	Bytes int64 `json:"bytes"`
	Limit int64 `json:"limit,omitempty"` // 0 for none
}

// Sum computes the totals and the packages from the fixtures, and sorts packages,
// fixtures and days.
func (d *Data) Sum() {
	d.Totals = Totals{}
	packages := map[string]*Package{}
	for _, f := range d.Fixtures {
		p := packages[f.Package]
		if p == nil {
			p = &Package{Path: f.Package}
			packages[f.Package] = p
		}
		p.Counts.Add(f.Counts)
		d.Totals.Counts.Add(f.Counts)
		if f.Records == 0 {
			continue
		}
		p.Fixtures++
		p.Records += f.Records
		p.Bytes += f.Bytes
		d.Totals.Fixtures++
		d.Totals.Records += f.Records
		d.Totals.Bytes += f.Bytes
		if d.Totals.Oldest.IsZero() || f.Oldest.Before(d.Totals.Oldest) {
			d.Totals.Oldest = f.Oldest
		}
		if f.Newest.After(d.Totals.Newest) {
			d.Totals.Newest = f.Newest
		}
	}
	d.Packages = []Package{}
	for _, path := range slices.Sorted(maps.Keys(packages)) {
		if p := packages[path]; p.Fixtures > 0 {
			d.Totals.Packages++
			d.Packages = append(d.Packages, *p)
		}
	}
	slices.SortFunc(d.Fixtures, func(a, b *Fixture) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Key, b.Key))
	})
	slices.SortFunc(d.Days, func(a, b Day) int { return cmp.Compare(a.Day, b.Day) })
}

// stored returns the fixtures that have records.
func (d *Data) stored() []*Fixture {
	return slices.DeleteFunc(slices.Clone(d.Fixtures), func(f *Fixture) bool { return f.Records == 0 })
}
