package main

import (
	"bytes"
	"os"

	"github.com/fixturecache/fixturecache/core/internal/report"
)

var statsVerb = verb{
	name:  "stats",
	args:  "[-json | -summary]",
	short: "show how much is stored, and what it has saved",
	long: `
Entries, their size and age, hits and misses, the time that hits saved, by
package and by fixture. Hits are counted by each process that has them; misses
are as many as the log holds.

With -summary it is Markdown for the summary of a CI job, which is added to the
file that GITHUB_STEP_SUMMARY names where that is set.`,
	setup: func(c *command) func() error {
		asJSON := c.flags.Bool("json", false, "write JSON")
		summary := c.flags.Bool("summary", false, "write Markdown")
		return func() error { return c.stats(*asJSON, *summary) }
	},
}

func (c *command) stats(asJSON, summary bool) error {
	if len(c.args) > 0 || asJSON && summary {
		return errUsage
	}
	cache, err := c.open()
	if err != nil {
		return err
	}
	data, err := gather(c.dir, cache, false)
	switch {
	case err != nil:
		return err
	case asJSON:
		return c.writeJSON(data)
	case summary:
		return c.summary(data)
	}
	return report.Stats(c.out, data)
}

func (c *command) summary(data *report.Data) error {
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return report.Summary(c.out, data)
	}
	var b bytes.Buffer
	if err := report.Summary(&b, data); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
