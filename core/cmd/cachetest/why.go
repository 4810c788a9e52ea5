package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/input"
)

// whyEvents is how many of the last events of a fixture are told.
const whyEvents = 5

var whyVerb = verb{
	name:  "why",
	args:  "[-json] KEY",
	short: "show why a fixture was built, and whether it would be now",
	long: `
The last misses of the fixture with all their reasons, then what a test would
find now, as far as that can be known without running it.`,
	setup: func(c *command) func() error {
		asJSON := c.flags.Bool("json", false, "write JSON")
		return func() error { return c.why(*asJSON) }
	},
}

// A whyReport is what there is to say of one fixture.
type whyReport struct {
	Package string         `json:"pkg"`
	Key     string         `json:"key"`
	Events  []engine.Event `json:"events"`
	Now     *admin.Verdict `json:"now,omitempty"`
}

func (c *command) why(asJSON bool) error {
	if len(c.args) != 1 {
		return errUsage
	}
	cache, err := c.open()
	if err != nil {
		return err
	}
	events := cache.Events()
	f, err := oneFixture(withEvents(fixtures(cache, true), events), c.args[0])
	if err != nil {
		return err
	}
	report := whyReport{Package: f.Package, Key: f.Key, Events: []engine.Event{}}
	for _, e := range events {
		if e.Key == f.Key && e.Package == f.Package {
			report.Events = append(report.Events, e)
		}
	}
	report.Events = report.Events[max(0, len(report.Events)-whyEvents):]
	if len(f.Records) > 0 {
		inspector, err := inspect(cache)
		if err != nil {
			return err
		}
		now := inspector.Fixture(f.Records)
		report.Now = &now
	}
	if asJSON {
		return c.writeJSON(report)
	}
	c.writeWhy(report)
	return nil
}

// withEvents adds the fixtures of which only events are known.
func withEvents(list []*fixture, events []engine.Event) []*fixture {
	known := map[string]bool{}
	for _, f := range list {
		known[f.name()] = true
	}
	for _, e := range events {
		f := &fixture{Package: e.Package, Key: e.Key}
		if !known[f.name()] {
			known[f.name()] = true
			list = append(list, f)
		}
	}
	return list
}

func inspect(cache *admin.Cache) (*admin.Inspector, error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	inspector := cache.Inspect(wd)
	inspector.Toolchain, inspector.Build = goToolchain()
	return inspector, nil
}

func (c *command) writeWhy(r whyReport) {
	fmt.Fprintf(c.out, "%s  %s\n", r.Key, r.Package)
	for _, e := range r.Events {
		fmt.Fprintf(c.out, "%s  %s\n", e.Time.Local().Format(time.DateTime), strings.ReplaceAll(e.Text(), "\n", "\n  "))
	}
	switch {
	case r.Now == nil:
		fmt.Fprintln(c.out, "now: a miss: nothing is stored")
	case r.Now.State() == admin.Same:
		fmt.Fprintln(c.out, "now: a hit")
	case r.Now.State() == admin.Unknown:
		fmt.Fprintf(c.out, "now: a hit, unless this has changed, which only a run can tell: %s\n", strings.Join(columnsIn(*r.Now, admin.Unknown), ", "))
	default:
		fmt.Fprintf(c.out, "now: a miss: %s\n", input.ReasonText(r.Now.Reasons))
		if len(r.Now.Reasons) > 1 {
			for _, reason := range r.Now.Reasons {
				fmt.Fprintf(c.out, "    %s\n", reason.Text)
			}
		}
	}
}

// columnsIn returns the columns that are in a state.
func columnsIn(v admin.Verdict, state admin.State) (columns []string) {
	for _, column := range admin.Columns {
		if v.Columns[column] == state {
			columns = append(columns, column)
		}
	}
	return columns
}
