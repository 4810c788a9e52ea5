package world

import (
	"cmp"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// addHidden notes what of code cannot be seen through, in all modules.
func (b *Behaviour) addHidden(w *Analysis, led *graph.Led) {
	said := map[graph.Mentioner]bool{} // each mention of another module is told once
	hide := func(n *graph.Node, what string, line int) {
		by := led.By(n)
		if cmp.Or(by.Node, n).Package.IsLibrary() {
			return // in its own tests it looks for its own ends
		}
		if by.Node == nil || !said[by] {
			said[by] = true
			b.Hidden = append(b.Hidden, w.use(led, n, what, line))
		}
	}
	for _, n := range led.Order {
		if n.Fact.Flags&facts.DeclNoBody != 0 && graph.MakesSystemCalls(n.Package.Path) {
			hide(n, "assembly", 0)
		}
		for _, a := range w.answers(n) {
			if a.hides != "" {
				hide(n, a.hides, a.Line)
			}
		}
		for _, f := range n.Package.Files {
			switch {
			case f.Facts.Flags&facts.FileCgo == 0:
			case n.Package.External:
				hide(n, "cgo", 0)
			default:
				b.Hidden = append(b.Hidden, graph.Use{What: "cgo", By: n.Package.Path, File: f.Rel, Line: 1})
			}
		}
	}
	b.Hidden = compactUses(b.Hidden)
}

// use says what a declaration does at a line; of one of another module it names what
// of ours leads there.
func (w *Analysis) use(led *graph.Led, n *graph.Node, what string, line int) graph.Use {
	by := led.By(n)
	if by.Node == nil {
		return w.g.Use(n, what, line)
	}
	return w.g.Use(by.Node, shortRef(by.What)+": "+what+" in "+n.Name(), by.What.Line)
}

// addSettings notes what code asks of the process and its machine, in all modules.
func (b *Behaviour) addSettings(w *Analysis, led *graph.Led) {
	for _, n := range led.Order {
		for _, a := range w.answers(n) {
			for _, what := range a.settings {
				use := w.use(led, n, what, a.Line)
				use.What = what
				b.Settings = append(b.Settings, use)
			}
			b.Early = append(b.Early, a.early...)
		}
	}
	b.Settings = slices.CompactFunc(compactUses(b.Settings), func(a, b graph.Use) bool { return a.What == b.What }) // the first use of each
	b.Early = compactReads(b.Early)
}
