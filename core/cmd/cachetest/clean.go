package main

import (
	"fmt"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/human"
)

var cleanVerb = verb{
	name:  "clean",
	args:  "[PATTERN...]",
	short: "forget fixtures, all of the module without a pattern",
	long: `
Fixtures of other modules go only if they are named with their package; the
pattern ... names all that are stored.

The records go at once, whatever their age, and so do the objects that no other
record refers to and the trees that were made of them to be used in place. What
is being built now, and a tree that a test uses, stays.`,
	setup: func(c *command) func() error { return c.clean },
}

// ownFixtures returns the fixtures of the module, or what the arguments name: by
// its key alone only what is of the module.
func ownFixtures(list []*fixture, args []string) ([]*fixture, error) {
	m, err := newModule()
	if err != nil || len(args) == 0 || m.path == "" {
		return moduleFixtures(list, args)
	}
	selected, err := pick(list, args, func(arg string, f *fixture) bool {
		return m.namesPackage(arg, f) || m.holds(f.Package) && namesKey(arg, f)
	})
	if err == nil {
		return selected, nil
	}
	for _, arg := range args {
		others, _ := pick(list, []string{arg}, m.matches)
		if len(others) > 0 && !slices.ContainsFunc(others, func(f *fixture) bool { return m.holds(f.Package) }) {
			return nil, fmt.Errorf("no fixture %q in module %s: name it with its package, as in %s", arg, m.path, others[0].name())
		}
	}
	return nil, err
}

func (c *command) clean() error {
	cache, err := c.open()
	if err != nil {
		return err
	}
	list, err := ownFixtures(fixtures(cache, false), c.args)
	if err != nil {
		return err
	}
	ids := make([]admin.FixtureID, len(list))
	for i, f := range list {
		ids[i] = admin.FixtureID{Package: f.Package, Key: f.Key}
	}
	var out admin.Trimmed
	busy := 0
	if len(ids) > 0 {
		out, busy, err = cache.Remove(ids...)
	}
	trees := " and "
	if out.Others > 0 { // they were made of objects to be used in place
		trees = ", " + human.Count(out.Others, "tree") + trees
	}
	fmt.Fprintf(c.out, "removed %s of %s%s%s (%s)\n", human.Count(out.Records, "record"), human.Count(len(list), "fixture"),
		trees, human.Count(out.Objects, "object"), human.Size(out.Freed))
	if busy > 0 {
		fmt.Fprintf(c.out, "%s being built: left alone\n", human.Count(busy, "variant"))
	}
	return err
}
