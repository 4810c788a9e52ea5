package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

// whyEvents is how many of the last events of a fixture are shown.
const whyEvents = 5

var whyVerb = verb{
	name:  "why",
	args:  "[-json] [-all] [KEY]",
	short: "show why fixtures were built, and whether one would be now",
	most:  1, fixtures: known, json: "write JSON",
	long: `
Without a key: what was built in the last run of the go command that built
something of this module, by its root cause.

With one: the last misses of the fixture with all their reasons, then what a
test would find now, as far as that can be known without running it. Of code
that has changed all calls are shown that lead there from the build function.`,
	setup: func(c *command) func() error { return c.why },
}

// A whyReport is what why KEY shows of one fixture.
type whyReport struct {
	Package string         `json:"pkg"`
	Key     string         `json:"key"`
	Events  []engine.Event `json:"events"`
	Now     *admin.Verdict `json:"now,omitempty"`
}

func (c *command) why() error {
	if len(c.args) == 0 {
		return c.whyLast()
	}
	f, err := c.one()
	if err != nil {
		return err
	}
	events := ofFixtures(c.events, []*admin.Fixture{f})
	events = append([]engine.Event{}, events[max(0, len(events)-whyEvents):]...)
	out := whyReport{Package: f.Package, Key: f.Key, Events: events}
	if len(f.Records) > 0 && c.module.owns(f) {
		rows, err := c.verdicts([]*admin.Fixture{f})
		if err != nil {
			return err
		}
		out.Now = &rows[0].Verdict
	}
	if c.json {
		return c.writeJSON(out)
	}
	c.writeWhy(out, len(f.Records) > 0)
	return nil
}

func (c *command) writeWhy(r whyReport, stored bool) {
	c.writeName(r.Key, r.Package)
	c.writeEvents(r.Events)
	switch {
	case r.Now == nil && stored:
		fmt.Fprintln(c.out, "now: only a command that runs in its own module can tell (-C DIR)")
	case r.Now == nil:
		fmt.Fprintln(c.out, "now: a miss: nothing is stored")
	case r.Now.State == admin.Same:
		fmt.Fprintln(c.out, "now: a hit")
	case r.Now.State == admin.Unknown:
		var what []string
		for _, sort := range r.Now.In(admin.Unknown) {
			what = append(what, unknownNames[sort])
		}
		c.wrap("", "now: a hit, unless something has changed that only a run can tell: "+strings.Join(what, ", "), 4)
	case len(r.Now.Reasons) == 1:
		c.wrap("", "now: a miss: "+input.ReasonText(r.Now.Reasons), 4)
		c.writeChain(r.Now.Code, r.Now.Reasons[0])
	default:
		fmt.Fprintf(c.out, "now: a miss, for %s:\n", human.Count(len(r.Now.Reasons), "reason"))
		for _, reason := range r.Now.Reasons {
			c.wrap("    ", reason.Text, 6)
			c.writeChain(r.Now.Code, reason)
		}
	}
}

// unknownNames has the groups of inputs as a sentence names them.
var unknownNames = map[string]string{
	"code": "its code", "files": "its files", "env": "its environment variables", "values": "the values of With or Call",
	"modules": "its modules", "toolchain": "the toolchain", "children": "the fixtures that it uses",
}

// maxIndent is how far the calls of a chain are indented at most.
const maxIndent = 40

// writeEvents writes the events of a fixture. Of builds in a row that were not stored
// for one cause it writes the last, and how many there were before.
func (c *command) writeEvents(events []engine.Event) {
	first := 0
	for i, e := range events {
		if i+1 < len(events) && e.Type == engine.EventNotStored && e.Type == events[i+1].Type && e.Cause == events[i+1].Cause {
			continue
		}
		c.writeEvent(e)
		if n := i - first; n > 0 {
			fmt.Fprintf(c.out, "      so too %s before, since %s\n", human.Count(n, "time"), events[first].Time.Local().Format(time.DateTime))
		}
		first = i + 1
	}
}

// writeEvent writes an event, a miss with all its reasons.
func (c *command) writeEvent(e engine.Event) {
	prefix, indent := e.Time.Local().Format(time.DateTime)+"  ", 6
	for line := range strings.SplitSeq(e.Text(), "\n") {
		c.wrap(prefix, strings.TrimSpace(line), indent)
		prefix, indent = "      ", 8
	}
}

// writeChain writes the calls by which the build function reaches the code that has
// changed, if it does not call it directly.
func (c *command) writeChain(closure *code.Closure, reason engine.Reason) {
	if closure == nil || reason.Code != "code.changed" {
		return
	}
	chain := closure.Chain(reason.Subject)
	if len(chain) < 3 {
		return // the reason says it all
	}
	for i, d := range chain {
		c.wrap(strings.Repeat(" ", min(8+2*i, maxIndent)), fmt.Sprintf("%s (%s:%d)", d.Name, d.File, d.Line), min(12+2*i, maxIndent))
	}
}

// whyLast writes what the last run built, by root cause.
func (c *command) whyLast() error {
	built := ofFixtures(c.events, c.chosen)
	run := admin.LastRun(built, nil)
	built = slices.DeleteFunc(built, func(e engine.Event) bool {
		return e.Type != engine.EventMiss && e.Type != engine.EventNotStored || !run.Holds(e.Time, e.Run)
	})
	var causes report.Causes
	spent, fixtures := 0.0, map[admin.FixtureID]bool{}
	for _, e := range built {
		spent += e.BuildMS
		fixtures[admin.FixtureOf(e)] = true
		if e.Type == engine.EventMiss { // the others follow in a block of their own
			addCauses(&causes, e.Package, e.Key, e.BuildMS, e.Reasons, true)
		}
	}
	switch {
	case c.json:
		return c.writeJSON(causes.Sorted())
	case len(built) == 0:
		fmt.Fprintln(c.out, "the log knows of no build: run go test")
	default:
		fmt.Fprintf(c.out, "%s: %s of %s in %s\n", built[0].Time.Local().Format(time.DateTime), human.Count(len(built), "build"), human.Count(len(fixtures), "fixture"), human.Milliseconds(spent))
		if list := causes.Sorted(); len(list) > 0 {
			fmt.Fprintln(c.out)
			if err := c.writeCauses(list); err != nil {
				return err
			}
		}
	}
	c.writeNeverStored(neverStored(c.chosen, built))
	c.writeOthers()
	return nil
}

// ofFixtures returns the events of some fixtures.
func ofFixtures(events []engine.Event, list []*admin.Fixture) []engine.Event {
	wanted := map[admin.FixtureID]bool{}
	for _, f := range list {
		wanted[f.FixtureID] = true
	}
	return slices.DeleteFunc(slices.Clone(events), func(e engine.Event) bool { return !wanted[admin.FixtureOf(e)] })
}
