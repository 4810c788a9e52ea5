package main

import (
	"fmt"
	"io"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

var reportVerb = verb{
	name:     "report",
	args:     "-o FILE [-all]",
	short:    "write a page about what the cache saves, and what costs most",
	fixtures: known,
	long: `
One page of HTML that needs no network: time saved, hits and misses by day, the
slowest builds, what invalidates most, size by fixture, the graph, and a table
of all fixtures to search.`,
	setup: func(c *command) func() error {
		path := c.flags.String("o", "", "write to this `file`; - is the standard output")
		return func() error { return c.report(*path) }
	},
}

func (c *command) report(path string) error {
	if path == "" {
		return errUsage
	}
	data, err := c.collectData(true, admin.Period{})
	if err != nil {
		return err
	}
	if path == "-" {
		return report.HTML(c.out, data)
	}
	if err := writeFile(path, func(w io.Writer) error { return report.HTML(w, data) }); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "wrote %s: %s\n", path, human.Count(data.Totals.Fixtures, "fixture"))
	return nil
}

var graphVerb = verb{
	name:  "graph",
	args:  "[-dot | -json | -html] [-all] [PATTERN...]",
	short: "show the fixtures with the fixtures and files that they use",
	most:  many, fixtures: known, json: "write JSON: nodes and edges",
	long: `
Below each fixture stands what its last build used. What is outdated is marked,
with the first reason, and what is valid unless a run tells otherwise.`,
	setup: func(c *command) func() error {
		dot := c.flags.Bool("dot", false, "write the DOT language, for Graphviz")
		html := c.flags.Bool("html", false, "write a page of HTML")
		return func() error { return c.graph(*dot, *html) }
	},
}

func (c *command) graph(dot, html bool) error {
	if dot && c.json || dot && html || c.json && html {
		return errUsage
	}
	data, err := c.collectData(true, admin.Period{})
	if err != nil {
		return err
	}
	g := report.NewGraph(data)
	switch {
	case html:
		return report.GraphHTML(c.out, data)
	case dot:
		return g.WriteDOT(c.out)
	case c.json:
		return c.writeJSON(g)
	case len(g.Nodes) == 0:
		c.writeEmpty()
		return nil
	}
	return g.WriteText(c.out, c.module.short)
}
