package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/human"
)

var cleanVerb = verb{
	name:  "clean",
	args:  "[-n] [-all] [PATTERN...]",
	short: "forget fixtures, all of the module without a pattern",
	most:  many, fixtures: stored,
	long: `
Fixtures of other modules go only if they are named with their package, or with
-all. What goes is listed; on a terminal clean asks before it removes anything.

The records go at once, whatever their age, and so do the objects that no other
record refers to and the trees that were made of them to be used in place. What
is being built now, and a tree that a test uses, stays.`,
	setup: func(c *command) func() error {
		dry := c.flags.Bool("n", false, "remove nothing, list what would go")
		return func() error { return c.clean(*dry) }
	},
}

func (c *command) clean(dry bool) error {
	list := c.chosen
	if len(list) == 0 {
		c.writeEmpty()
		return nil
	}
	rows, err := c.verdicts(list)
	if err == nil {
		err = c.listTable(rows)
	}
	if err != nil {
		return err
	}
	if dry {
		fmt.Fprintf(c.out, "\nwould remove %s\n", human.Count(len(list), "fixture"))
		return nil
	}
	if !c.confirmed(fmt.Sprintf("Remove %s?", human.Count(len(list), "fixture"))) {
		return errStatus
	}
	ids := make([]admin.FixtureID, len(list))
	for i, f := range list {
		ids[i] = f.FixtureID
	}
	out, busy, err := c.cache.Remove(ids...)
	trees := " and "
	if out.Others > 0 { // trees that were made of objects, to be used in place
		trees = ", " + human.Count(out.Others, "tree") + trees
	}
	fmt.Fprintf(c.out, "\nremoved %s of %s%s%s (%s)\n", human.Count(out.Records, "record"), human.Count(len(list), "fixture"),
		trees, human.Count(out.Objects, "object"), human.Size(out.Freed))
	if busy > 0 {
		fmt.Fprintf(c.out, "%s under way: left alone\n", human.Count(busy, "build"))
	}
	return err
}

// confirmed asks a question on a terminal. Without one the answer is yes.
func (c *command) confirmed(question string) bool {
	if !isTerminal(os.Stdin) || !isTerminal(c.err) {
		return true
	}
	if w, ok := c.raw.(*bufio.Writer); ok {
		w.Flush()
	}
	fmt.Fprintf(c.err, "%s [y/N] ", question)
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}
