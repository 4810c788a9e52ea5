package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

// neverStored returns the fixtures whose last builds were not stored, with how
// often that was since one was, those that cost most first.
func neverStored(known []*fixture, events []engine.Event) []report.NotStored {
	byID := map[admin.FixtureID]*report.NotStored{}
	for _, e := range events {
		id := fixtureOf(e)
		switch {
		case e.Type == engine.EventMiss && !e.Failed:
			delete(byID, id)
		case e.Type == engine.EventNotStored:
			n := byID[id]
			if n == nil {
				n = &report.NotStored{Package: e.Package, Key: e.Key}
				byID[id] = n
			}
			n.Count++
			n.SpentMS += e.BuildMS
			n.Cause = e.Cause
		}
	}
	var list []report.NotStored
	for _, f := range known {
		if n := byID[f.FixtureID]; n != nil {
			list = append(list, *n)
		}
	}
	slices.SortStableFunc(list, func(a, b report.NotStored) int { return cmp.Compare(b.SpentMS, a.SpentMS) })
	return list
}

// tellNeverStored is the block of a list that shows them, each with the first
// line of its cause.
func (c *command) tellNeverStored(list []report.NotStored) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(c.out, "\nNot stored when last built:")
	for _, n := range list {
		cause, more, _ := strings.Cut(n.Cause, "\n")
		if more != "" {
			cause += " …"
		}
		head := fmt.Sprintf("%s (%s), built %s: ", human.Plain(n.Key), c.module.short(n.Package), human.Count(n.Count, "time"))
		fmt.Fprintf(c.out, "%7s  %s\n", human.Milliseconds(n.SpentMS), report.Wrap(head+cause, 9, 9))
	}
}
