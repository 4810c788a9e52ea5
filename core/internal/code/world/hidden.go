package world

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

func isSystemCalls(path string) bool { return strings.HasPrefix(path, "golang.org/x/sys/") }

// addHidden notes what code calls that cannot be seen through, also in external
// packages whose source is at hand. run, unless it is nil, is what of all that may have
// run.
func (b *Behaviour) addHidden(w *Analysis, r *graph.Reach, run func() *graph.Run) {
	ran := func(n *graph.Node) bool { return run == nil || run().Has(n) }
	through := func(to []*graph.Node) string {
		found := w.g.OutsideFrom(to, map[*graph.Node]bool{})
		return w.lookThrough(slices.DeleteFunc(found, func(n *graph.Node) bool { return !ran(n) })).hides
	}
	for _, n := range r.Order {
		if isSystemCalls(n.Package.Path) || n.Package.IsLibrary() {
			continue // all of the package may count; and in its own tests this library looks for its own ends
		}
		for _, to := range n.Edges {
			if !isSystemCalls(to.Package.Path) {
				continue
			}
			if what := through([]*graph.Node{to}); what != "" && ran(n) {
				x := graph.External{Path: to.Package.Path, Name: to.Fact.Name}
				b.Hidden = append(b.Hidden, w.g.Use(n, shortRef(x)+": "+what, int(n.Fact.NameLine)))
			}
		}
		for _, x := range n.Externals {
			if std.Unsteady(x.Path, x.Name) {
				b.Hints = append(b.Hints, w.g.Use(n, shortRef(x), x.Line))
			}
			what, out := answerOf(n, x).hides, w.outside(x).hides
			if what == "" && out != "" && out != noSource && run != nil && ran(n) {
				out = through(w.g.ExternalNodes(x))
			}
			if what == "" && out != "" {
				what = shortRef(x) + ": " + out
			}
			if what != "" && ran(n) {
				b.Hidden = append(b.Hidden, w.g.Use(n, what, x.Line))
			}
		}
	}
	for p := range r.Whole {
		for _, f := range p.Files {
			if f.Facts.Flags&facts.FileCgo != 0 {
				b.Hidden = append(b.Hidden, graph.Use{What: "cgo", By: p.Path, File: w.g.Relative(f.Path), Line: 1})
			}
		}
	}
	b.Hidden = compactUses(b.Hidden)
	b.Hints = compactUses(b.Hints)
}

// addSettings notes what code asks of the process and its machine.
func (b *Behaviour) addSettings(w *Analysis, r *graph.Reach) {
	for _, n := range r.Order {
		for _, x := range n.Externals {
			a, out := answerOf(n, x), w.outside(x)
			for _, what := range slices.Concat(a.settings, out.settings) {
				b.Settings = append(b.Settings, w.g.Use(n, what, x.Line))
			}
			b.Early = append(append(b.Early, a.early...), out.early...)
		}
	}
	b.Settings = compactSettings(b.Settings)
	b.Early = compactReads(b.Early)
}

// compactSettings returns the first use of each setting.
func compactSettings(list []graph.Use) []graph.Use {
	return slices.CompactFunc(compactUses(list), func(a, b graph.Use) bool { return a.What == b.What })
}

// noSource stands for system calls in a package whose source is not at hand.
const noSource = "no source"

// outside looks through what a name of an external package leads to.
func (w *Analysis) outside(x graph.External) *answer {
	x.Line = 0
	out := w.outlooks[x]
	if out == nil {
		found := w.g.OutsideFrom(w.g.ExternalNodes(x), map[*graph.Node]bool{})
		out = w.lookThrough(found)
		if len(found) == 0 && isSystemCalls(x.Path) {
			out.note(noSource)
		}
		w.outlooks[x] = out
	}
	return out
}

// lookThrough finds out what external code does.
func (w *Analysis) lookThrough(found []*graph.Node) *answer {
	out := &answer{}
	var units []*graph.Node // variables, which are filled when the program starts
	for _, n := range found {
		if n.Fact.Flags&facts.DeclNoBody != 0 && isSystemCalls(n.Package.Path) { // the assembly that makes them
			out.note(n.Name())
		}
		if n.Fact.Kind == facts.KindVar {
			units = append(units, n)
		}
		for _, y := range n.Externals {
			a := answerOf(n, y)
			out.settings, out.early = append(out.settings, a.settings...), append(out.early, a.early...)
			if a.hides != "" {
				out.note(a.hides + " in " + n.Name())
			}
		}
		if slices.ContainsFunc(n.Package.Files, func(f *graph.File) bool { return f.Facts.Flags&facts.FileCgo != 0 }) {
			out.note("cgo in " + n.Package.Path)
		}
	}
	// What the variables were filled with when the program started, as far as names
	// tell; what else their initialisation read is not looked for.
	for _, n := range w.g.RunFrom(units...).Order {
		for _, x := range n.Externals {
			for _, r := range answerOf(n, x).before {
				switch r.Kind {
				case ReadVariable, ReadFile:
					out.early = append(out.early, r)
				case readSetting:
					out.settings = append(out.settings, r.Name)
				}
			}
		}
	}
	slices.Sort(out.settings)
	out.settings = slices.Compact(out.settings)
	return out
}

// note keeps the first thing that cannot be seen through.
func (a *answer) note(what string) { a.hides = cmp.Or(a.hides, what) }
