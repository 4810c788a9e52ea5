package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/report"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// fixtures says which fixtures a verb looks at.
type fixtures int

const (
	none   fixtures = iota
	stored          // those that have records
	known           // those that have records, and those that only the logs name
)

// many, as the most arguments of a verb, is any number of them.
const many = 1 << 30

// A view is the cache as a verb looks at it.
type view struct {
	cache  *admin.Cache
	limit  int64  // bytes that the store may hold, 0 for no limit
	module module // the module that the command runs in
	events []engine.Event
	hits   []store.HitLine
	list   []*admin.Fixture // all fixtures
	chosen []*admin.Fixture // those that the arguments name; without arguments, those of the module
	others []*admin.Fixture // without arguments, those of other modules
}

// open opens the cache that the settings name, to look at it: a store that does not
// exist is not made, and reads as empty.
func (c *command) open() (*admin.Cache, error) {
	config, _, err := engine.LoadConfig(engine.Config{Mode: engine.On})
	if err != nil {
		return nil, err
	}
	c.dir, c.limit = config.Dir, engine.InForce(config.Limits).Bytes
	if _, err := os.Stat(c.dir); errors.Is(err, fs.ErrNotExist) {
		config.Mode = engine.Off
	}
	return admin.Open(config)
}

// look opens the cache, reads it, and chooses the fixtures that the arguments name.
func (c *command) look(which fixtures) (err error) {
	if c.cache, err = c.open(); err != nil {
		return err
	}
	c.events, c.list = c.cache.Events(), c.cache.Fixtures()
	if which == known {
		c.hits = c.cache.Hits()
		c.list = admin.WithLogged(c.list, c.events, c.hits)
	}
	if c.module, err = newModule(); err != nil {
		return err
	}
	return c.choose()
}

// A verdict says of a fixture whether it is outdated now.
type verdict struct {
	Package string  `json:"pkg"`
	Key     string  `json:"key"`
	BuildMS float64 `json:"build_ms"` // of the newest record
	admin.Verdict
	fixture *admin.Fixture
}

// verdicts compares the stored fixtures of a list with the present state. Those of other
// modules have the state [admin.None]: only in their own can they be compared.
func (c *command) verdicts(list []*admin.Fixture) ([]verdict, error) {
	inspector, err := c.inspect()
	if err != nil {
		return nil, err
	}
	rows := []verdict{}
	for _, f := range list {
		if len(f.Records) == 0 {
			continue
		}
		row := verdict{Package: f.Package, Key: f.Key, Verdict: admin.Verdict{State: admin.None}, BuildMS: milliseconds(f.Newest().BuildTime), fixture: f}
		if c.module.owns(f) {
			row.Verdict = inspector.Fixture(f.Records)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (c *command) inspect() (*admin.Inspector, error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	inspector := c.cache.Inspect(wd)
	inspector.AskGo()
	return inspector, nil
}

// neverStored returns the fixtures whose last builds were not stored, with how many
// builds that were since one was stored. Those that cost most come first.
func neverStored(list []*admin.Fixture, events []engine.Event) []report.NotStored {
	byID := map[admin.FixtureID]*report.NotStored{}
	for _, e := range events {
		id := admin.FixtureOf(e)
		switch {
		case e.Type == engine.EventMiss && !e.Failed:
			delete(byID, id)
		case e.Type == engine.EventNotStored:
			n := byID[id]
			if n == nil {
				n = &report.NotStored{Package: e.Package, Key: e.Key}
				byID[id] = n
			}
			n.Count++
			n.SpentMS += e.BuildMS
			n.Cause = e.Cause
		}
	}
	never := []report.NotStored{}
	for _, f := range list {
		if n := byID[f.FixtureID]; n != nil {
			never = append(never, *n)
		}
	}
	slices.SortStableFunc(never, func(a, b report.NotStored) int { return cmp.Compare(b.SpentMS, a.SpentMS) })
	return never
}

// countOthers returns how many fixtures of other modules a list with -all would show:
// those that have records, and those whose builds are not stored. Fixtures whose
// records are gone do not count.
func (c *command) countOthers() int {
	gone := slices.DeleteFunc(slices.Clone(c.others), func(f *admin.Fixture) bool { return len(f.Records) > 0 })
	return len(c.others) - len(gone) + len(neverStored(gone, c.events))
}

// writeEmpty writes that no fixture was chosen, and how some would be.
func (c *command) writeEmpty() {
	others := c.countOthers()
	switch {
	case len(c.args) > 0:
		fmt.Fprintf(c.out, "no fixtures of %s are stored\n", strings.Join(c.args, ", "))
	case others > 0:
		fmt.Fprintf(c.out, "no fixtures of this module are stored; -all shows %s of others\n", human.Count(others, "fixture"))
	default:
		fmt.Fprintf(c.out, "nothing is stored in %s\n", c.dir)
	}
}

// writeRest writes what stands below a list of the stored fixtures, or in its place.
func (c *command) writeRest(rows []verdict) {
	never := neverStored(c.chosen, c.events)
	if len(rows)+len(never) == 0 {
		c.writeEmpty()
		return
	}
	c.writeNeverStored(never)
	c.writeOthers()
}

// writeNeverStored writes what neverStored returned, with the first line of each cause.
func (c *command) writeNeverStored(list []report.NotStored) {
	if len(list) > 0 {
		fmt.Fprintln(c.out, "\nNot stored when last built:")
	}
	for _, n := range list {
		cause, more, _ := strings.Cut(n.Cause, "\n")
		if more != "" {
			cause += " …"
		}
		head := fmt.Sprintf("%s (%s), built %s: ", human.Plain(n.Key), c.module.short(n.Package), human.Count(n.Count, "time"))
		fmt.Fprintf(c.out, "%7s  %s\n", human.Milliseconds(n.SpentMS), report.Wrap(head+cause, 9, 9))
	}
}

// writeOthers writes how many fixtures of other modules are not shown.
func (c *command) writeOthers() {
	if others := c.countOthers(); others > 0 {
		fmt.Fprintf(c.out, "\n%s of other modules: -all shows them\n", human.Count(others, "fixture"))
	}
}
