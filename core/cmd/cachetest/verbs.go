package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

// A verb is one thing that the command does.
type verb struct {
	name  string
	args  string // flags and arguments, in the usage
	short string // what it does, in one line
	long  string // the rest of its help
	most  int    // how many arguments it takes at most

	fixtures fixtures // the fixtures that it looks at; unless none, it has -all
	json     string   // the usage of -json; "" if it has no such flag
	// setup defines the other flags and returns what to do when they are parsed.
	setup func(c *command) func() error
}

func (v *verb) usage() string { return strings.TrimRight("cachetest "+v.name+" "+v.args, " ") }

// verbs are in the order of the help.
var verbs []verb

func init() {
	// Not in the declaration, which would depend on itself: help uses the list.
	verbs = []verb{
		listVerb, whyVerb, outdatedVerb, depsVerb, graphVerb, statsVerb, reportVerb,
		trimVerb, cleanVerb, exportVerb, importVerb, remoteVerb, envVerb, versionVerb,
	}
}

// newCommand returns a run of the verb, and what to do when its flags are parsed.
func (v *verb) newCommand(out, errOut io.Writer) (*command, func() error) {
	c := &command{verb: v, out: visible(out), raw: out, err: errOut, flags: flag.NewFlagSet(v.name, flag.ContinueOnError)}
	c.flags.SetOutput(io.Discard)
	c.flags.String("C", "", "run in this `directory`")
	if v.fixtures != none {
		c.flags.BoolVar(&c.all, "all", false, "the fixtures of the whole store, not those of this module")
	}
	if v.json != "" {
		c.flags.BoolVar(&c.json, "json", false, v.json)
	}
	return c, v.setup(c)
}

func findVerb(name string) *verb {
	for i := range verbs {
		if verbs[i].name == name {
			return &verbs[i]
		}
	}
	return nil
}

func verbNames() (names []string) {
	for _, v := range verbs {
		names = append(names, v.name)
	}
	return append(names, "help")
}

const intro = `cachetest shows and keeps the cache of test fixtures.

Usage: cachetest <command> [flags] [arguments]

`

const outro = `
The fixtures are those of the module that the command runs in; with -all those
of the whole store. One is named by its key or the end of it after a slash, by
PACKAGE:KEY where several packages have one of that key (./dir:KEY, or the end
of the package's path), or by a pattern: a glob of keys (*), or of packages
(./..., ./dir, example.com/m/...). Run 'cachetest help <command>' for its flags.
`

// help writes the list of verbs, or the help of one.
func help(out, errOut io.Writer, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(out, intro)
		for _, v := range verbs {
			fmt.Fprintf(out, "    %-10s %s\n", v.name, v.short)
		}
		fmt.Fprint(out, outro)
		return 0
	}
	v := findVerb(args[0])
	if v == nil {
		return unknownVerb(errOut, args[0])
	}
	fmt.Fprintf(out, "usage: %s\n\n%s\n", v.usage(), strings.ToUpper(v.short[:1])+v.short[1:]+".")
	fmt.Fprintf(out, "\n%s\n\nFlags:\n", strings.TrimSpace(v.long))
	c, _ := v.newCommand(out, errOut)
	c.flags.SetOutput(out)
	c.flags.PrintDefaults()
	return 0
}

func unknownVerb(errOut io.Writer, name string) int {
	if strings.HasPrefix(name, "-") {
		fmt.Fprintf(errOut, "cachetest: flags follow the command, as in 'cachetest list %s'\nRun 'cachetest help' for a list.\n", name)
		return 2
	}
	fmt.Fprintf(errOut, "cachetest: unknown command %q%s\nRun 'cachetest help' for a list.\n", name, nearestText(name, verbNames()))
	return 2
}

// nearestText returns the end of an error about an unknown name: the names that are
// most like it.
func nearestText(name string, names []string) string {
	near := human.Nearest(name, names)
	if len(near) == 0 {
		return ""
	}
	return fmt.Sprintf(" (nearest: %s)", strings.Join(near, ", "))
}
