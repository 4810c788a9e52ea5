package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/fixturecache/fixturecache/core/internal/admin"
)

var outdatedVerb = verb{
	name:  "outdated",
	args:  "[-json] [-q] [PATTERN...]",
	short: "show which fixtures would be built again",
	long: `
For each fixture of the module, or those that the patterns name, whether one of
its records is valid, and where none is, what has changed. Nothing is run: the
records are compared with the files, variables and toolchain as they are now,
and with what a plain 'go test' would compile: with GOFLAGS, without -short,
-tags and other flags of the command line. A record of a test run with such a
flag is outdated where the flag makes a difference to its fixture.

    ok       the same        changed  not the same
    ?        only a run can tell (values of With, the test binary)
    -        it has no inputs of this kind

With -q nothing is written, and the status is 1 if something is outdated.`,
	setup: func(c *command) func() error {
		asJSON := c.flags.Bool("json", false, "write JSON")
		quiet := c.flags.Bool("q", false, "write nothing; status 1 if something is outdated")
		return func() error { return c.outdated(*asJSON, *quiet) }
	},
}

// An outdatedRow is the verdict on a fixture.
type outdatedRow struct {
	Package string      `json:"pkg"`
	Key     string      `json:"key"`
	State   admin.State `json:"state"`
	admin.Verdict
}

func (c *command) outdated(asJSON, quiet bool) error {
	cache, err := c.open()
	if err != nil {
		return err
	}
	list, err := moduleFixtures(fixtures(cache, true), c.args)
	if err != nil {
		return err
	}
	rows, err := verdicts(cache, list)
	if err != nil {
		return err
	}
	changed := 0
	for _, row := range rows {
		if row.State == admin.Changed {
			changed++
		}
	}
	switch {
	case quiet && changed > 0:
		return errStatus
	case quiet:
		return nil
	case asJSON:
		return c.writeJSON(rows)
	}
	return c.writeOutdated(rows, changed)
}

// moduleFixtures returns what the arguments name, or all fixtures of the
// module: those of other modules cannot be judged from here.
func moduleFixtures(list []*fixture, args []string) ([]*fixture, error) {
	if len(args) > 0 {
		return selectFixtures(list, args)
	}
	m, err := newModule()
	if err != nil {
		return nil, err
	}
	if m.path == "" {
		return nil, fmt.Errorf("there is no go.mod here or above: run it in a module, or name fixtures")
	}
	var own []*fixture
	for _, f := range list {
		if m.holds(f.Package) {
			own = append(own, f)
		}
	}
	return own, nil
}

func verdicts(cache *admin.Cache, list []*fixture) ([]outdatedRow, error) {
	inspector, err := inspect(cache)
	if err != nil {
		return nil, err
	}
	rows := []outdatedRow{}
	for _, f := range list {
		v := inspector.Fixture(f.Records)
		rows = append(rows, outdatedRow{f.Package, f.Key, v.State(), v})
	}
	return rows, nil
}

func (c *command) writeOutdated(rows []outdatedRow, changed int) error {
	if len(rows) == 0 {
		of := "this module"
		if len(c.args) > 0 {
			of = strings.Join(c.args, ", ")
		}
		fmt.Fprintf(c.out, "no fixtures of %s are stored\n", of)
		return nil
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "KEY\t%s\tPACKAGE\n", strings.ToUpper(strings.Join(admin.Columns, "\t")))
	for _, row := range rows {
		fmt.Fprint(w, row.Key)
		for _, column := range admin.Columns {
			fmt.Fprintf(w, "\t%s", row.Columns[column])
		}
		fmt.Fprintf(w, "\t%s\n", row.Package)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, row := range rows {
		if row.State != admin.Changed {
			continue
		}
		fmt.Fprintf(c.out, "\n%s (%s):\n", row.Key, row.Package)
		for _, r := range row.Reasons {
			fmt.Fprintf(c.out, "    %s\n", r.Text)
		}
	}
	fmt.Fprintf(c.out, "\n%d of %d outdated\n", changed, len(rows))
	return nil
}
