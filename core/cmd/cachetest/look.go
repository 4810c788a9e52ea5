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

// fixtures are those that a verb looks at.
type fixtures int

const (
	none   fixtures = iota
	stored          // which have records
	known           // those, and what only the logs know
)

// many is any number of arguments.
const many = 1 << 30

// A view is what a verb has to look at.
type view struct {
	cache  *admin.Cache
	limit  int64  // of the bytes that it may hold, 0 for none
	module module // that the command runs in
	events []engine.Event
	hits   []store.HitLine
	list   []*admin.Fixture // all
	chosen []*admin.Fixture // those that the arguments name, or else of the module
	left   []*admin.Fixture // the others, where no argument names any
}

// open opens the cache that the settings name, to look at it: a store that is
// not there is not made, and holds nothing.
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

// look opens the cache, and chooses among the fixtures.
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

// A verdict is what a fixture is now.
type verdict struct {
	Package string  `json:"pkg"`
	Key     string  `json:"key"`
	BuildMS float64 `json:"build_ms"` // of the newest record
	admin.Verdict
	fixture *admin.Fixture
}

// verdicts compares those of a list that are stored with the present state. Those of
// other modules can be compared in their own only.
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

// neverStored returns the fixtures whose last builds were not stored, with how
// often that was since one was, those that cost most first.
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

// others returns how many fixtures of other modules a list with -all would show:
// those that are stored, and those that never are, but none that only the logs
// remember.
func (c *command) others() int {
	gone := slices.DeleteFunc(slices.Clone(c.left), func(f *admin.Fixture) bool { return len(f.Records) > 0 })
	return len(c.left) - len(gone) + len(neverStored(gone, c.events))
}

// tellEmpty says that nothing was chosen, and where something would be.
func (c *command) tellEmpty() {
	others := c.others()
	switch {
	case len(c.args) > 0:
		fmt.Fprintf(c.out, "no fixtures of %s are stored\n", strings.Join(c.args, ", "))
	case others > 0:
		fmt.Fprintf(c.out, "no fixtures of this module are stored; -all shows %s of others\n", human.Count(others, "fixture"))
	default:
		fmt.Fprintf(c.out, "nothing is stored in %s\n", c.dir)
	}
}

// tellRest tells what stands below a list of those that are stored, or in its place.
func (c *command) tellRest(rows []verdict) {
	never := neverStored(c.chosen, c.events)
	if len(rows)+len(never) == 0 {
		c.tellEmpty()
		return
	}
	c.tellNeverStored(never)
	c.tellOthers()
}

// tellNeverStored is the block of a list that shows them, each with the first line
// of its cause.
func (c *command) tellNeverStored(list []report.NotStored) {
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

// tellOthers says how many fixtures of other modules are not shown.
func (c *command) tellOthers() {
	if others := c.others(); others > 0 {
		fmt.Fprintf(c.out, "\n%s of other modules: -all shows them\n", human.Count(others, "fixture"))
	}
}
