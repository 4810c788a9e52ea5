package main

import (
	"fmt"

	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

// addCauses adds a build of a fixture to the causes that it has in the first place.
// What the same thing was and is differs from one time to another; at one time it
// tells two causes apart.
func addCauses(causes *report.Causes, pkg, key string, ms float64, reasons []input.Reason, oneTime bool) {
	for _, root := range input.RootsOf(reasons) {
		what := root.Code + " " + root.Subject
		if oneTime {
			what += "\x00" + root.Old + "\x00" + root.New
		}
		causes.Add(what, root.Text, pkg, key, ms)
	}
}

// writeCauses writes a line for each cause with what it costs, and below whom it
// hits.
func (c *command) writeCauses(causes []*report.Cause) error {
	for _, cause := range causes {
		fmt.Fprintf(c.out, "%7s  %s\n", human.Milliseconds(cause.LostMS), c.colour(bold, report.Wrap(cause.Text, 9, 9)))
		t := report.Table{Columns: []report.Column{{Right: true}, {Cut: true}, {Cut: true}}, Indent: 9}
		for _, hit := range cause.Hits {
			t.Add(human.Milliseconds(hit.LostMS), hit.Key, c.module.short(hit.Package))
		}
		if err := t.Write(c.out); err != nil {
			return err
		}
	}
	return nil
}
