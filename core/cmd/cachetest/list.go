package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

var listVerb = verb{
	name:  "list",
	args:  "[-json] [-v] [-all] [PATTERN...]",
	short: "show the fixtures that are stored",
	most:  many, fixtures: known, json: "write JSON",
	long: `
A line for each fixture: its key, its package, whether it is outdated, how many
builds of it are remembered, the size of what they made, how long the last build
took, and when it was used last. What is outdated comes first. What is valid? is
valid unless something has changed that only a run can tell, which 'cachetest
outdated' names. Names that are too long for 80 columns are cut in the middle.

With -v the inputs of each record instead, and what ties it to this machine, so
that it is not shared; long names are broken, and nothing is cut.

Then the fixtures that are built on each run, because they cannot be stored.`,
	setup: func(c *command) func() error {
		verbose := c.flags.Bool("v", false, "show the inputs of each record")
		return func() error { return c.listAll(*verbose) }
	},
}

func (c *command) listAll(verbose bool) error {
	rows, err := c.verdicts(c.chosen)
	switch {
	case err != nil:
		return err
	case c.json:
		return c.writeJSON(listJSON(c.cache, rows, verbose))
	case verbose:
		for _, row := range rows {
			c.listInputs(row.fixture)
		}
	case len(rows) > 0:
		err = c.listTable(rows)
	}
	c.writeRest(rows)
	return err
}

// listTable writes a line for each fixture, the outdated ones first.
func (c *command) listTable(rows []verdict) error {
	const state = 2
	t := report.Table{Columns: []report.Column{{Head: "KEY", Cut: true}, {Head: "PACKAGE", Cut: true}, {Head: "STATE"}, {Head: "RECORDS", Right: true},
		{Head: "SIZE", Right: true}, {Head: "TIME", Right: true}, {Head: "USED", Right: true}}, Paint: c.paint(state)}
	unsure := ""
	for _, row := range worstFirst(rows) {
		f := row.fixture
		t.Add(f.Key, c.module.short(f.Package), row.State, len(f.Records), human.Size(f.Size), human.Duration(f.Newest().BuildTime),
			strings.TrimSuffix(strings.TrimPrefix(human.Ago(time.Since(f.LastUsed())), "just "), " ago"))
		if row.State == admin.Unknown {
			unsure = "\nvalid? is valid unless something has changed that only a run can tell:\n'cachetest outdated' says what.\n"
		}
	}
	err := t.Write(c.out)
	fmt.Fprint(c.out, unsure)
	return err
}

// listInputs writes each record of a fixture with its inputs.
func (c *command) listInputs(f *admin.Fixture) {
	c.writeName(f.Key, f.Package)
	for _, s := range f.Records {
		fmt.Fprintf(c.out, "  record %.12s  %s, built %s in %s, used %s\n", s.ID, human.Size(s.Size),
			s.Built.Format("2006-01-02 15:04"), human.Duration(s.BuildTime), human.Ago(time.Since(s.Used)))
		t := report.Table{Columns: []report.Column{{}, {Wrap: true}, {Wrap: true}}, Indent: 4}
		for _, in := range s.Inputs() {
			t.Add(in.Kind, in.Name, strings.ReplaceAll(in.Detail, "\n", ", "))
		}
		t.Write(c.out)
		if why := c.cache.Tied(s); why != "" {
			c.wrap("    not to be shared: ", why, 6)
		}
	}
}

// A jsonFixture is a fixture as list -json writes it.
type jsonFixture struct {
	Package string       `json:"pkg"`
	Key     string       `json:"key"`
	Bytes   int64        `json:"bytes"`
	Used    time.Time    `json:"used"`
	State   admin.State  `json:"state"`
	Records []jsonRecord `json:"records"`
}

type jsonRecord struct {
	*admin.Stored
	Inputs []admin.Input `json:"inputs,omitempty"`
	Tied   string        `json:"tied,omitempty"` // why it is not to be shared
}

func listJSON(cache *admin.Cache, rows []verdict, verbose bool) []jsonFixture {
	out := []jsonFixture{}
	for _, row := range rows {
		f := row.fixture
		j := jsonFixture{Package: f.Package, Key: f.Key, Bytes: f.Size, Used: f.LastUsed(), State: row.State}
		for _, s := range f.Records {
			r := jsonRecord{Stored: s}
			if verbose {
				r.Inputs, r.Tied = s.Inputs(), cache.Tied(s)
			}
			j.Records = append(j.Records, r)
		}
		out = append(out, j)
	}
	return out
}
