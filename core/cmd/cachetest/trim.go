package main

import (
	"errors"
	"flag"
	"fmt"
	"strconv"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/report"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

var trimVerb = verb{
	name:  "trim",
	args:  "[-age 30d] [-max 5GB] [-count N] [-n]",
	short: "remove what was not used for long",
	long: `
Tests do this by themselves, once a day. Removed is what was last used longer
ago than -age, and then what was not used for longest, until no more than -max
bytes and -count records are left; 0 is no limit. Limits that are not given are
those of the settings (see 'cachetest env'). Bytes are those of records, of
their objects, of trees made to be used in place and of facts found in source
files. What was stored or used within the last hour, or is being built, stays.
Objects that no record refers to, and what processes that are gone left behind,
go as well.

With -n a line for each record that would go, with the size of it and of its
objects, and when it was used last, and one for each tree and file.`,
	setup: func(c *command) func() error {
		var limits engine.Limits
		limitFlag(c.flags, "age", "remove what was last used longer ago than this `age`: 30d, 2w, 12h", &limits.Age, human.ParseAge)
		limitFlag(c.flags, "max", "keep at most this `size`, as 5GB", &limits.Bytes, human.ParseSize)
		limitFlag(c.flags, "count", "keep at most `N` records", &limits.Count, func(text string) (int64, error) {
			n, err := strconv.ParseUint(text, 10, 62)
			if err != nil {
				err = errors.New("not a number of records")
			}
			return int64(n), err
		})
		dry := c.flags.Bool("n", false, "remove nothing, list what would go")
		return func() error { return c.trim(limits, *dry) }
	},
}

// limitFlag defines a flag that sets a limit. 0, for no limit, becomes -1.
func limitFlag[N ~int64](flags *flag.FlagSet, name, usage string, limit *N, parse func(string) (N, error)) {
	flags.Func(name, usage, func(text string) error {
		n, err := parse(text)
		if *limit = n; n == 0 {
			*limit = -1
		}
		return err
	})
}

func (c *command) trim(limits engine.Limits, dry bool) error {
	cache, err := c.open()
	if err != nil {
		return err
	}
	config, _, err := engine.LoadConfig(engine.Config{Limits: limits})
	if err != nil {
		return err
	}
	show := c.progress()
	list := report.Table{Columns: []report.Column{{Cut: true}, {Cut: true}, {Right: true}, {}}}
	trim, verb := store.Trim{Limits: config.Limits, Progress: func(t store.Trimmed) {
		show("%d files looked at, %s removed", t.Visits, human.Count(t.Records, "record"))
	}}, "removed"
	if dry {
		verb, trim.DryRun = "would remove", func(g store.Gone) {
			id := cache.Goes(g)
			list.Add(id.Key, id.Package, human.Size(g.Size), human.Ago(time.Since(g.Used)))
		}
	}
	out, err := cache.Trim(trim)
	show("")
	list.Write(c.out)
	fmt.Fprintf(c.out, "%s %s, %s and %s (%s)\n", verb, human.Count(out.Records, "record"), human.Count(out.Objects, "object"),
		human.Count(out.Others, "other file"), human.Size(out.Freed))
	if out.Young.Count > 0 {
		fmt.Fprintf(c.out, "kept, because used within the last hour: %s (%s)\n", human.Count(out.Young.Count, "record"), human.Size(out.Young.Bytes))
	}
	if err == nil {
		fmt.Fprintf(c.out, "%s left (%s)\n", human.Count(out.Left.Count, "record"), human.Size(out.Left.Bytes))
	}
	return err
}
