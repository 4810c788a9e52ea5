package main

import (
	"github.com/fixturecache/fixturecache/core/internal/report"
)

var graphVerb = verb{
	name:  "graph",
	args:  "[-dot | -json | -html] [-all] [PATTERN...]",
	short: "show the fixtures with the fixtures and files that they use",
	long: `
Below each fixture stands what its last build used. What is outdated is marked,
with the first reason; what only a run can tell has a question mark.`,
	setup: func(c *command) func() error {
		c.allFlag()
		dot := c.flags.Bool("dot", false, "write the DOT language, for Graphviz")
		asJSON := c.flags.Bool("json", false, "write JSON: nodes and edges")
		html := c.flags.Bool("html", false, "write a page of HTML")
		return func() error { return c.graph(*dot, *asJSON, *html) }
	},
}

func (c *command) graph(dot, asJSON, html bool) error {
	if dot && asJSON || dot && html || asJSON && html {
		return errUsage
	}
	cache, err := c.open()
	if err != nil {
		return err
	}
	data, err := c.gather(cache, true, period{})
	if err != nil {
		return err
	}
	g := report.NewGraph(data)
	switch {
	case html:
		return report.GraphHTML(c.out, data)
	case dot:
		return g.WriteDOT(c.out)
	case asJSON:
		return g.WriteJSON(c.out)
	case len(g.Nodes) == 0:
		c.tellEmpty(0)
		return nil
	}
	return g.WriteText(c.out)
}
