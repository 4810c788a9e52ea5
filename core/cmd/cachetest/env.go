package main

import (
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

var envVerb = verb{
	name:  "env",
	args:  "[-json]",
	short: "show the settings in force and where they come from",
	long: `
Settings come from the variables CACHETEST, CACHETEST_DIR, CACHETEST_MAX_AGE,
CACHETEST_MAX_BYTES, CACHETEST_MAX_COUNT and CACHETEST_REMOTE, then from
.cachetest.yaml at the module root:

    dir: .cache/fixtures       # of the store, relative to the module root
    max_age: 30d               # limits of the store
    max_bytes: 5GB
    max_count: 10000
    ignore: ['testdata/*.tmp'] # files that are inputs of no fixture
    env: [PGVERSION]           # variables that are inputs of every fixture
    remote: http://cache:8080  # of a shared tier: see 'cachetest help remote'
    values: hidden             # keep no excerpts of With, Call and Version`,
	setup: func(c *command) func() error {
		asJSON := c.flags.Bool("json", false, "write JSON")
		return func() error { return c.env(*asJSON) }
	},
}

func (c *command) env(asJSON bool) error {
	if len(c.args) > 0 {
		return errUsage
	}
	list, err := admin.Settings()
	if err != nil {
		return err
	}
	if asJSON {
		return c.writeJSON(list)
	}
	t := report.Table{Columns: make([]report.Column, 3), Whole: true}
	for _, s := range list {
		t.Add(s.Name, s.Value, strings.TrimSpace("("+s.From+") "+s.Note))
	}
	return t.Write(c.out)
}
