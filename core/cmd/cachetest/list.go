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
	long: `
A line for each fixture: its key, its package, how many builds of it are
remembered, the size of what they made, how long the last build took, when that
was and when it was used last. Names that are too long for 80 columns are cut in
the middle. With -v the inputs of each record follow, and what ties it to this
machine, so that it is not shared; nothing is cut.

Then the fixtures that are built on each run, because they cannot be stored.`,
	setup: func(c *command) func() error {
		c.allFlag()
		asJSON := c.flags.Bool("json", false, "write JSON")
		verbose := c.flags.Bool("v", false, "show the inputs of each record")
		return func() error { return c.list(*asJSON, *verbose) }
	},
}

func (c *command) list(asJSON, verbose bool) error {
	cache, err := c.open()
	if err != nil {
		return err
	}
	all := fixtures(cache, verbose)
	events := cache.Events()
	known, others, err := c.choose(withLogged(all, events, nil))
	if err != nil {
		return err
	}
	var list []*fixture
	for _, f := range known {
		if len(f.Records) > 0 {
			list = append(list, f)
		}
	}
	never := neverStored(known, events)
	switch {
	case asJSON:
		return c.writeJSON(listJSON(cache, list, verbose))
	case len(list) == 0 && len(never) == 0:
		c.tellEmpty(others)
		return nil
	case verbose:
		for _, f := range list {
			c.listInputs(cache, f)
		}
	case len(list) > 0:
		if err := c.listTable(list); err != nil {
			return err
		}
	}
	c.tellNeverStored(never)
	c.tellOthers(others)
	return nil
}

func (c *command) listTable(list []*fixture) error {
	t := report.Table{Columns: []report.Column{{Head: "KEY", Cut: true}, {Head: "PACKAGE", Cut: true}, {Head: "RECORDS", Right: true},
		{Head: "SIZE", Right: true}, {Head: "TIME", Right: true}, {Head: "BUILT", Right: true}, {Head: "USED", Right: true}}}
	for _, f := range list {
		newest := f.newest()
		t.Add(f.Key, c.module.short(f.Package), len(f.Records), human.Size(f.Size), human.Duration(newest.BuildTime),
			human.ShortAgo(time.Since(newest.Built)), human.ShortAgo(time.Since(f.used())))
	}
	return t.Write(c.out)
}

// listInputs writes each record of a fixture with its inputs.
func (c *command) listInputs(cache *admin.Cache, f *fixture) {
	fmt.Fprintf(c.out, "%s  %s\n", human.Plain(f.Key), f.Package)
	for _, s := range f.Records {
		fmt.Fprintf(c.out, "  record %.12s  %s, built %s in %s, used %s\n", s.ID, human.Size(s.Size),
			s.Built.Format("2006-01-02 15:04:05"), human.Duration(s.BuildTime), human.Ago(time.Since(s.Used)))
		t := report.Table{Columns: make([]report.Column, 3), Indent: 4, Whole: true}
		for _, in := range s.Inputs() {
			t.Add(in.Kind, strings.ReplaceAll(in.Name, "\n", " without "), oneLine(in.Detail))
		}
		t.Write(c.out)
		if why := cache.Tied(s); why != "" {
			fmt.Fprintf(c.out, "    not to be shared: %s\n", human.Plain(why))
		}
	}
}

// maxDetail is how much of a detail a line shows.
const maxDetail = 100

func oneLine(text string) string {
	text = strings.ReplaceAll(text, "\n", ", ")
	if len(text) > maxDetail {
		text = strings.ToValidUTF8(text[:maxDetail], "") + "…"
	}
	return text
}

// jsonFixture is a fixture for programs.
type jsonFixture struct {
	Package string       `json:"pkg"`
	Key     string       `json:"key"`
	Bytes   int64        `json:"bytes"`
	Used    time.Time    `json:"used"`
	Records []jsonRecord `json:"records"`
}

type jsonRecord struct {
	*admin.Stored
	Inputs []admin.Input `json:"inputs,omitempty"`
	Tied   string        `json:"tied,omitempty"` // why it is not to be shared
}

func listJSON(cache *admin.Cache, list []*fixture, verbose bool) []jsonFixture {
	out := []jsonFixture{}
	for _, f := range list {
		j := jsonFixture{Package: f.Package, Key: f.Key, Bytes: f.Size, Used: f.used()}
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
