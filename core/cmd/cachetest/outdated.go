package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

var outdatedVerb = verb{
	name:  "outdated",
	args:  "[-json] [-q] [-all] [PATTERN...]",
	short: "show which fixtures would be built again",
	most:  many, fixtures: known, json: "write JSON",
	long: `
For each fixture of the module, or those that the patterns name, whether one of
its records is valid, and where none is, what has changed. Nothing is run: the
records are compared with the files, variables and toolchain as they are now,
and with what a plain 'go test' would compile: with GOFLAGS, without -short,
-tags and other flags of the command line. A record of a test run with such a
flag is outdated where the flag makes a difference to its fixture.

What is outdated comes first, by its root cause: what that costs, which is how
long the last builds took, and whom it hits. Then what is valid, with what only
a run can tell, such as the values of With. With -q nothing is written, and the
status is 1 if something is outdated.`,
	setup: func(c *command) func() error {
		quiet := c.flags.Bool("q", false, "write nothing; status 1 if something is outdated")
		return func() error { return c.outdated(*quiet) }
	},
}

func (c *command) outdated(quiet bool) error {
	rows, err := c.verdicts(c.chosen)
	changed := slices.ContainsFunc(rows, func(row verdict) bool { return row.State == admin.Changed })
	switch {
	case err != nil:
		return err
	case quiet && changed:
		return errStatus
	case quiet:
		return nil
	case c.json:
		return c.writeJSON(rows)
	case len(rows)+len(neverStored(c.chosen, c.events)) > 0:
		err = c.writeOutdated(rows)
	}
	c.writeRest(rows)
	return err
}

// worstFirst returns the rows with the outdated ones first, then those that may be.
func worstFirst(rows []verdict) []verdict {
	rank := map[admin.State]int{admin.Unknown: 1, admin.Same: 2, admin.None: 3}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b verdict) int { return rank[a.State] - rank[b.State] })
	return rows
}

func (c *command) writeOutdated(rows []verdict) error {
	var causes report.Causes
	var valid []verdict
	cost := 0.0
	for _, row := range worstFirst(rows) {
		if row.State != admin.Changed {
			valid = append(valid, row)
			continue
		}
		cost += row.BuildMS
		addCauses(&causes, row.Package, row.Key, row.BuildMS, row.Reasons, true)
	}
	if n := len(rows) - len(valid); n > 0 {
		fmt.Fprintf(c.out, "%d of %s outdated, %s to build:\n\n", n, human.Count(len(rows), "fixture"), human.Milliseconds(cost))
	} else {
		fmt.Fprintf(c.out, "%s, none outdated\n\n", human.Count(len(rows), "fixture"))
	}
	if err := c.writeCauses(causes.Sorted()); err != nil || len(valid) == 0 {
		return err
	}
	if len(rows) > len(valid) {
		fmt.Fprintln(c.out)
	}
	const state = 3
	t := report.Table{Columns: []report.Column{{Head: "TIME", Right: true}, {Head: "KEY", Cut: true}, {Head: "PACKAGE", Cut: true}, {Head: "STATE", Wrap: true}}, Paint: c.paint(state)}
	for _, row := range valid {
		name := string(row.State)
		switch row.State {
		case admin.Unknown:
			name = string(admin.Same) + " unless changed: " + strings.Join(row.In(admin.Unknown), ", ")
		case admin.None:
			name = "of another module"
		}
		t.Add(human.Milliseconds(row.BuildMS), row.Key, c.module.short(row.Package), name)
	}
	return t.Write(c.out)
}

// addCauses adds a build of a fixture to its root causes. Two causes are one if the
// same thing has changed; with oneTime, which says that all builds are of one time,
// only if it has also changed from the same to the same.
func addCauses(causes *report.Causes, pkg, key string, ms float64, reasons []input.Reason, oneTime bool) {
	for _, root := range input.RootsOf(reasons) {
		what := root.Code + " " + root.Subject
		if oneTime {
			what += "\x00" + root.Old + "\x00" + root.New
		}
		causes.Add(what, root.Text, pkg, key, ms)
	}
}

// writeCauses writes a line for each cause with what it costs, and below it a line for
// each fixture that it hits.
func (c *command) writeCauses(causes []*report.Cause) error {
	for _, cause := range causes {
		fmt.Fprintf(c.out, "%7s  %s\n", human.Milliseconds(cause.LostMS), c.colour(bold, report.Wrap(cause.Text, 9, 9)))
		t := report.Table{Columns: []report.Column{{Right: true}, {Cut: true}, {Cut: true}}, Indent: 9}
		for _, hit := range cause.Hits {
			t.Add(human.Milliseconds(hit.LostMS), hit.Key, c.module.short(hit.Package))
		}
		if err := t.Write(c.out); err != nil {
			return err
		}
	}
	return nil
}
