package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

var outdatedVerb = verb{
	name:  "outdated",
	args:  "[-json] [-q] [-all] [PATTERN...]",
	short: "show which fixtures would be built again",
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
		c.allFlag()
		asJSON := c.flags.Bool("json", false, "write JSON")
		quiet := c.flags.Bool("q", false, "write nothing; status 1 if something is outdated")
		return func() error { return c.outdated(*asJSON, *quiet) }
	},
}

// An outdatedRow is the verdict on a fixture.
type outdatedRow struct {
	Package string  `json:"pkg"`
	Key     string  `json:"key"`
	BuildMS float64 `json:"build_ms"` // of the newest record
	admin.Verdict
	fixture *admin.Fixture
}

func (c *command) outdated(asJSON, quiet bool) error {
	v, err := c.survey()
	if err != nil {
		return err
	}
	changed := slices.ContainsFunc(v.rows, func(row outdatedRow) bool { return row.State == admin.Changed })
	switch {
	case quiet && changed:
		return errStatus
	case quiet:
		return nil
	case asJSON:
		return c.writeJSON(v.rows)
	case len(v.rows)+len(v.never) > 0:
		err = c.writeOutdated(v.rows)
	}
	c.tellRest(v)
	return err
}

// A survey is what there is of the fixtures that the command looks at.
type survey struct {
	cache  *admin.Cache
	rows   []outdatedRow      // those that are stored
	never  []report.NotStored // those that cannot be
	others int                // how many of other modules are left out
}

func (c *command) survey() (*survey, error) {
	cache, err := c.open()
	if err != nil {
		return nil, err
	}
	all, events := cache.Fixtures(), cache.Events()
	known, left, err := c.choose(admin.WithLogged(all, events, nil))
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(slices.Clone(known), func(f *admin.Fixture) bool { return len(f.Records) == 0 })
	rows, err := c.verdicts(cache, list)
	return &survey{cache, rows, neverStored(known, events), shown(left, events)}, err
}

// tellRest tells what stands below the table of a list, or in its place.
func (c *command) tellRest(v *survey) {
	if len(v.rows)+len(v.never) == 0 {
		c.tellEmpty(v.others)
		return
	}
	c.tellNeverStored(v.never)
	c.tellOthers(v.others)
}

// verdicts compares fixtures with the present state. Those of other modules can be
// compared in their own only.
func (c *command) verdicts(cache *admin.Cache, list []*admin.Fixture) ([]outdatedRow, error) {
	inspector, err := inspect(cache)
	if err != nil {
		return nil, err
	}
	rows := []outdatedRow{}
	for _, f := range list {
		row := outdatedRow{Package: f.Package, Key: f.Key, Verdict: admin.Verdict{State: admin.None}, BuildMS: milliseconds(f.Newest().BuildTime), fixture: f}
		if c.module.owns(f) {
			row.Verdict = inspector.Fixture(f.Records)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// stateNames are the states of a fixture as tables show them.
var stateNames = map[admin.State]string{admin.Same: "valid", admin.Unknown: "valid?", admin.Changed: "outdated", admin.None: "-"}

// worstFirst returns the rows with what is outdated first, then what may be.
func worstFirst(rows []outdatedRow) []outdatedRow {
	rank := map[admin.State]int{admin.Unknown: 1, admin.Same: 2, admin.None: 3}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b outdatedRow) int { return rank[a.State] - rank[b.State] })
	return rows
}

func (c *command) writeOutdated(rows []outdatedRow) error {
	var groups causeGroups
	var valid []outdatedRow
	cost := 0.0
	for _, row := range worstFirst(rows) {
		if row.State != admin.Changed {
			valid = append(valid, row)
			continue
		}
		cost += row.BuildMS
		groups.add(builtIn{row.Package, row.Key, row.BuildMS}, row.Reasons)
	}
	if n := len(rows) - len(valid); n > 0 {
		fmt.Fprintf(c.out, "%d of %s outdated, %s to build:\n\n", n, human.Count(len(rows), "fixture"), human.Milliseconds(cost))
	} else {
		fmt.Fprintf(c.out, "%s, none outdated\n\n", human.Count(len(rows), "fixture"))
	}
	if err := c.writeCauses(groups.sorted()); err != nil || len(valid) == 0 {
		return err
	}
	if len(groups.list) > 0 {
		fmt.Fprintln(c.out)
	}
	const state = 3
	t := report.Table{Columns: []report.Column{{Head: "TIME", Right: true}, {Head: "KEY", Cut: true}, {Head: "PACKAGE", Cut: true}, {Head: "STATE", Wrap: true}}, Paint: c.paint(state)}
	for _, row := range valid {
		name := stateNames[row.State]
		switch row.State {
		case admin.Unknown:
			name = stateNames[admin.Same] + " unless changed: " + strings.Join(row.In(admin.Unknown), ", ")
		case admin.None:
			name = "of another module"
		}
		t.Add(human.Milliseconds(row.BuildMS), row.Key, c.module.short(row.Package), name)
	}
	return t.Write(c.out)
}
