package main

import (
	"fmt"
	"io"

	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

var reportVerb = verb{
	name:  "report",
	args:  "-o FILE [-all]",
	short: "write a page about what the cache saves, and what costs most",
	long: `
One page of HTML that needs no network: time saved, hits and misses by day, the
slowest builds, what invalidates most, size by fixture, the graph, and a table
of all fixtures to search.`,
	setup: func(c *command) func() error {
		c.allFlag()
		path := c.flags.String("o", "", "write to this `file`; - is the standard output")
		return func() error { return c.report(*path) }
	},
}

func (c *command) report(path string) error {
	if len(c.args) > 0 || path == "" {
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
	if path == "-" {
		return report.HTML(c.out, data)
	}
	if err := writeFile(path, func(w io.Writer) error { return report.HTML(w, data) }); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "wrote %s: %s\n", path, human.Count(data.Totals.Fixtures, "fixture"))
	return nil
}
