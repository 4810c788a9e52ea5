package world

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// addEarly notes what the code reads before any test runs, into variables that
// it uses.
func (b *Behaviour) addEarly(w *Analysis, r *graph.Reach, filled []*graph.Node) {
	b.Kept = slices.ContainsFunc(r.Order, func(n *graph.Node) bool { return slices.ContainsFunc(n.Externals, w.keepsReads) })
	before := slices.Clip(filled)
	for _, n := range r.Order {
		if n.Fact.Flags&facts.DeclLazy == 0 && n.Fact.Flags&facts.DeclInit != 0 || n.Fact.Flags&facts.DeclLazy != 0 && w.g.BeforeTests().Has(n) {
			before = append(before, n)
		}
	}
	b.addInit(w, before)
	b.Init = compactUses(b.Init)
}

// presets reports whether code that runs before any test sets environment
// variables, and no test does: all that tests read is what is set when they
// begin.
func (w *Analysis) presets() bool {
	sets := func(n *graph.Node) bool {
		return slices.ContainsFunc(n.Externals, func(x graph.External) bool {
			return slices.Contains(answerOf(n, x).settings, SettingOfVariables) || slices.Contains(w.outside(x).settings, SettingOfVariables)
		})
	}
	return slices.ContainsFunc(w.g.BeforeTests().Order, sets) && !slices.ContainsFunc(w.g.RunByTests().Order, sets)
}

func compactUses(list []graph.Use) []graph.Use {
	sort.Slice(list, func(i, j int) bool { // SortFunc weighs 15 kB for each type
		a, b := &list[i], &list[j]
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.File, b.File), a.Line-b.Line) < 0
	})
	return slices.Compact(list)
}

// keepsReads reports whether a mention of something outside may use what it has
// read for somebody else before.
func (w *Analysis) keepsReads(x graph.External) bool {
	return std.IsPackage(x.Path) && std.WorldOf(x.Path, x.Name)&std.Kept != 0 || len(w.outside(x).before) > 0
}
