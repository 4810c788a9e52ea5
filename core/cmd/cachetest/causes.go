package main

import (
	"cmp"
	"fmt"
	"slices"

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
		fmt.Fprintf(c.out, "%7s  ", human.Milliseconds(group.MS))
		c.bold(report.Wrap(group.Text, 9, 9))
		fmt.Fprintln(c.out)
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
