package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/human"
)

var listVerb = verb{
	name:  "list",
	args:  "[-json] [-v] [PATTERN...]",
	short: "show the fixtures that are stored",
	long: `
A line for each fixture: its key, its package, how many builds of it are
remembered, the size of what they made, when it was built last and used last,
and how long that build took. With -v the inputs of each record follow,
and what ties it to this machine, so that it is not shared.`,
	setup: func(c *command) func() error {
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
	list, err := selectFixtures(all, c.args)
	if err != nil {
		return err
	}
	switch {
	case asJSON:
		return c.writeJSON(listJSON(cache, list, verbose))
	case len(all) == 0:
		fmt.Fprintf(c.out, "nothing is stored in %s\n", c.dir)
		return nil
	case len(list) == 0:
		fmt.Fprintf(c.out, "no fixtures of %s are stored\n", strings.Join(c.args, ", "))
		return nil
	}
	if verbose {
		for _, f := range list {
			c.listInputs(cache, f)
		}
		return nil
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KEY\tPACKAGE\tRECORDS\tSIZE\tBUILT\tUSED\tBUILD TIME")
	for _, f := range list {
		newest := f.newest()
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\n", f.Key, f.Package, len(f.Records), human.Size(f.Size),
			human.Ago(time.Since(newest.Built)), human.Ago(time.Since(f.used())), human.Duration(newest.BuildTime))
	}
	return w.Flush()
}

// listInputs writes each record of a fixture with its inputs.
func (c *command) listInputs(cache *admin.Cache, f *fixture) {
	fmt.Fprintf(c.out, "%s  %s\n", f.Key, f.Package)
	for _, s := range f.Records {
		fmt.Fprintf(c.out, "  record %.12s  %s, built %s in %s, used %s\n", s.ID, human.Size(s.Size),
			s.Built.Format("2006-01-02 15:04:05"), human.Duration(s.BuildTime), human.Ago(time.Since(s.Used)))
		w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		for _, in := range s.Inputs() {
			line := "    " + in.Kind + "\t" + strings.ReplaceAll(in.Name, "\n", " without ")
			if in.Detail != "" {
				line += "\t" + oneLine(in.Detail)
			}
			fmt.Fprintln(w, line)
		}
		w.Flush()
		if why := cache.Tied(s); why != "" {
			fmt.Fprintf(c.out, "    not to be shared: %s\n", why)
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
