package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/human"
)

var envVerb = verb{
	name:  "env",
	args:  "[-json]",
	short: "show the settings in force and where they come from",
	json:  "write JSON",
	long: `
CACHETEST_LOG, CACHETEST_KEEP and CACHETEST_UPDATE are shown where they are set.
Settings come from CACHETEST, CACHETEST_DIR, CACHETEST_MAX_AGE, _MAX_BYTES,
_MAX_COUNT and CACHETEST_REMOTE, then from .cachetest.yaml at the module root:

    dir: .cache/fixtures       # of the store, relative to the module root
    max_age: 30d               # limits of the store
    max_bytes: 5GB
    max_count: 10000
    ignore: ['testdata/*.tmp'] # files that are inputs of no fixture
    env: [PGVERSION]           # variables that are inputs of every fixture
    remote: http://cache:8080  # of a shared tier: see 'cachetest help remote'
    values: hidden             # keep no excerpts of With, Call and Version`,
	setup: func(c *command) func() error { return c.env },
}

func (c *command) env() error {
	list, err := admin.Settings()
	if err != nil {
		return err
	}
	if c.json {
		return c.writeJSON(list)
	}
	for _, s := range list {
		c.wrap(fmt.Sprintf("%-9s  ", s.Name), s.Value+" ("+human.FromHere(s.From)+") "+s.Note, 11)
	}
	return nil
}

var versionVerb = verb{
	name:  "version",
	short: "show the version of this command",
	long: `
The version of the module that it was built of, or the revision of its source,
and the Go version and platform that it was built with.`,
	setup: func(c *command) func() error { return c.version },
}

func (c *command) version() error {
	version := "(unknown)"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version // which names the revision, if the command was built in a checkout
		for _, m := range info.Deps {
			if m.Path == "github.com/fixturecache/fixturecache" { // built as a tool of another module
				version = m.Version
				if m.Replace != nil {
					version += " (replaced)"
				}
			}
		}
	}
	fmt.Fprintf(c.out, "cachetest %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
