package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

// A causeGroup is a root cause with the fixtures that it has built again.
type causeGroup struct {
	Text string    `json:"text"`
	MS   float64   `json:"build_ms"`
	Hits []builtIn `json:"fixtures"`
}

type builtIn struct {
	Package string  `json:"pkg"`
	Key     string  `json:"key"`
	MS      float64 `json:"build_ms"`
}

// causeGroups group by what changed in the first place.
type causeGroups struct {
	byCause map[cause]*causeGroup
	list    []*causeGroup
}

// A cause is a reason but for its text, which says how one fixture depends on what
// has changed.
type cause struct{ code, subject, old, new string }

// add adds a fixture to the groups of its reasons.
func (g *causeGroups) add(b builtIn, reasons []input.Reason) {
	for _, root := range input.RootsOf(reasons) {
		what := cause{root.Code, root.Subject, root.Old, root.New}
		group := g.byCause[what]
		if group == nil {
			group = &causeGroup{Text: root.Text}
			if g.byCause == nil {
				g.byCause = map[cause]*causeGroup{}
			}
			g.byCause[what] = group
			g.list = append(g.list, group)
		}
		if slices.Contains(group.Hits, b) {
			continue
		}
		group.MS += b.MS
		group.Hits = append(group.Hits, b)
	}
}

// sorted returns the groups, the one that costs most first, each with its fixtures
// by package and key.
func (g *causeGroups) sorted() []*causeGroup {
	for _, group := range g.list {
		slices.SortFunc(group.Hits, func(a, b builtIn) int {
			return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Key, b.Key))
		})
	}
	slices.SortStableFunc(g.list, func(a, b *causeGroup) int { return cmp.Compare(b.MS, a.MS) })
	return g.list
}

// writeCauses writes a line for each cause with what it costs, and below whom it
// hits.
func (c *command) writeCauses(groups []*causeGroup) error {
	for _, group := range groups {
		fmt.Fprintf(c.out, "%7s  %s\n", human.Milliseconds(group.MS), c.colour(bold, report.Wrap(group.Text, 9, 9)))
		t := report.Table{Columns: []report.Column{{Right: true}, {Cut: true}, {Cut: true}}, Indent: 9}
		for _, b := range group.Hits {
			t.Add(human.Milliseconds(b.MS), b.Key, c.module.short(b.Package))
		}
		if err := t.Write(c.out); err != nil {
			return err
		}
	}
	return nil
}

// neverStored returns the fixtures whose last builds were not stored, with how
// often that was since one was, those that cost most first.
func neverStored(known []*admin.Fixture, events []engine.Event) []report.NotStored {
	byID := map[admin.FixtureID]*report.NotStored{}
	for _, e := range events {
		id := admin.FixtureOf(e)
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
