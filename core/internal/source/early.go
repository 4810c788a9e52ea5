package source

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// addEarly notes what the code reads before any test runs, into variables that
// it uses.
func (b *behaviour) addEarly(w *world, r *reach, filled []*node) {
	b.Kept = slices.ContainsFunc(r.order, func(n *node) bool { return slices.ContainsFunc(n.ext, w.keepsReads) })
	before := slices.Clip(filled)
	for _, n := range r.order {
		if n.fact.flags&declLazy == 0 && n.fact.flags&declUnit != 0 || n.fact.flags&declLazy != 0 && w.g.early().has(n) {
			before = append(before, n)
		}
	}
	b.addInit(w, before)
	b.Init = compactUses(b.Init)
}

// presets reports whether code that runs before any test sets environment
// variables, and no test does: all that tests read is what is set when they
// begin.
func (w *world) presets() bool {
	setsItself := func(x extRef) bool { return envSetters.has(x.path, x.name) }
	if !slices.ContainsFunc(w.g.early().order, func(n *node) bool { return slices.ContainsFunc(n.ext, setsItself) }) {
		return false
	}
	sets := func(n *node) bool {
		return slices.ContainsFunc(n.ext, func(x extRef) bool {
			return setsItself(x) || !isOpaque(x) && slices.Contains(w.outside(x).asks, AsksToSet)
		})
	}
	var tests []*node
	for _, n := range w.g.executed().order {
		if n.pkg.dir == w.g.target.dir && isTestFunc(n) && n.fact.name != "TestMain" {
			tests = append(tests, n)
		}
	}
	return !slices.ContainsFunc(w.g.reachFrom(tests...).order, sets)
}

func compactUses(list []Use) []Use {
	sort.Slice(list, func(i, j int) bool { // SortFunc weighs 15 kB for each type
		a, b := &list[i], &list[j]
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.File, b.File), a.Line-b.Line) < 0
	})
	return slices.Compact(list)
}

// keepers are packages of the standard library that read the world when they
// are first asked, and keep it.
var keepers = wordSet{text: "crypto/tls crypto/x509 mime net/http os/user"}

// keepsReads reports whether a mention of something outside may use what it has
// read for somebody else before.
func (w *world) keepsReads(x extRef) bool {
	return keepers.has(x.path) && (std.WorldOf(x.path, x.name) != 0 || len(std.StateOf(x.path, x.name)) > 0) || len(w.readsOutside(x)) > 0
}
