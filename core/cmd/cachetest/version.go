package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

var versionVerb = verb{
	name:  "version",
	short: "show the version of this command",
	long: `
The version of the module that it was built of, or the revision of its source,
and the Go version and platform that it was built with.`,
	setup: func(c *command) func() error { return c.version },
}

func (c *command) version() error {
	if len(c.args) > 0 {
		return errUsage
	}
	version := "(unknown)"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = versionOf(info)
	}
	fmt.Fprintf(c.out, "cachetest %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// versionOf is the version of this library in a binary: of its main module, or
// of one that a tool line of another module's go.mod names.
func versionOf(info *debug.BuildInfo) string {
	const path = "github.com/fixturecache/fixturecache"
	version, replaced := info.Main.Version, false
	for _, m := range info.Deps {
		if m.Path == path {
			version, replaced = m.Version, m.Replace != nil
		}
	}
	revision := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	switch {
	case replaced:
		return version + " (replaced)"
	case version == "(devel)" && revision != "":
		return revision
	}
	return version
}
