package main

import (
	"errors"
	"os"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

var statsVerb = verb{
	name:  "stats",
	args:  "[-json|-summary] [-since AGE|-since-run] [-all] [KEY...]",
	short: "show how much is stored, and what it has saved",
	most:  many, fixtures: known, json: "write JSON",
	long: `
Entries, their size and age, hits and misses, the time that hits saved, by
package and by fixture. Hits are counted by each process that has them; misses
are as many as the log holds. With -since 7d only those of that time count, with
-since-run those of the last run of the go command.

With -summary it is Markdown for the summary of a CI job, which is added to the
file that GITHUB_STEP_SUMMARY names where that is set.`,
	setup: func(c *command) func() error {
		summary := c.flags.Bool("summary", false, "write Markdown")
		var age time.Duration
		c.flags.Func("since", "count hits and misses of the last `age` only: 30d, 2w, 12h", func(text string) (err error) {
			age, err = human.ParseAge(text)
			return err
		})
		run := c.flags.Bool("since-run", false, "count those of the last run of the go command only")
		return func() error {
			if c.json && *summary || age != 0 && *run {
				return errUsage
			}
			return c.stats(*summary, age, *run)
		}
	},
}

func (c *command) stats(summary bool, age time.Duration, run bool) error {
	var p admin.Period
	switch {
	case age > 0:
		p.Since = time.Now().Add(-age)
	case run:
		p = admin.LastRun(c.events, c.hits)
	}
	data, err := c.collectData(false, p)
	switch {
	case err != nil:
		return err
	case c.json:
		return c.writeJSON(data)
	case summary:
		return c.summary(data)
	}
	if err := report.Stats(c.out, data, c.module.short); err != nil {
		return err
	}
	c.writeNeverStored(data.NotStored)
	return nil
}

func (c *command) summary(data *report.Data) error {
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return report.Summary(c.out, data)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(report.Summary(f, data), f.Close())
}
