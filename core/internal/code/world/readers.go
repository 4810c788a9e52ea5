package world

import (
	"cmp"
	pathpkg "path"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// waiting is what makes something that reads when it is asked.
var waiting = std.Names{Text: `
	os DirFS
	net/http Dir
`}

// A reader tells what a mention in a declaration reads that runs before any test.
type reader func(*graph.Node, graph.External) []Read

// readsAll takes all that is read.
func readsAll(n *graph.Node, x graph.External) []Read { return answerOf(n, x).before }

// readsOfRun takes what other code may hand on. Of what uses a network that is, like the
// network itself, the environment alone.
func readsOfRun(n *graph.Node, x graph.External) []Read {
	if does(x, std.Network) {
		return []Read{{readSetting, settings.Variables}}
	}
	return readsAll(n, x)
}

// readsNamed takes what is read by names that the source tells.
func readsNamed(n *graph.Node, x graph.External) []Read {
	return slices.DeleteFunc(readsAll(n, x), func(r Read) bool { return r.Kind == readUnnamed })
}

// addInit notes what code reads that runs before any test.
func (b *Behaviour) addInit(w *Analysis, led *graph.Led, reads reader) {
	for _, n := range led.Order {
		if n.Package.IsLibrary() { // in its own tests: it looks for its own ends
			continue
		}
		for _, x := range n.Externals {
			if list := reads(n, x); len(list) > 0 {
				b.addReads(w, w.use(led, n, shortRef(x), x.Line), list)
			}
		}
	}
}

// addReads notes what was read at a place before any test ran.
func (b *Behaviour) addReads(w *Analysis, use graph.Use, list []Read) {
	moved := func() bool {
		return mentions(w.g.BeforeTests().Order, func(x graph.External) bool { return setsState(x, std.Directory) })
	}
	for _, e := range list {
		switch {
		case e.Kind == readUnnamed, e.Kind == ReadFile && !filepath.IsAbs(e.Name) && moved():
			b.Init = append(b.Init, use)
		case e.Kind == readSetting:
			b.Settings = append(b.Settings, graph.Use{What: e.Name, By: use.By, File: use.File, Line: use.Line})
		default:
			b.Early = append(b.Early, e)
		}
	}
}

// shortRef is how source mentions something of another package.
func shortRef(x graph.External) string {
	if x.Path == "io/fs" && std.IsWorldMethod(x.Name) {
		return x.Name // a method of whatever type
	}
	return pathpkg.Base(syntax.WithoutMajor(x.Path)) + "." + x.Name
}

// addEarly notes what the code reads before any test runs, into variables that
// it uses. Of those of other modules that it leads to, what names do not tell is not
// looked for.
func (b *Behaviour) addEarly(w *Analysis, led *graph.Led, filled []*graph.Node, reads reader) {
	own, others := slices.Clip(filled), []*graph.Node{}
	for _, n := range led.Order {
		switch flags := n.Fact.Flags; {
		case n.Package.External:
			if n.Fact.Kind == facts.KindVar {
				others = append(others, n)
			}
			// What has read for somebody else before may use that.
			b.Kept = b.Kept || slices.ContainsFunc(n.Externals, func(x graph.External) bool { return len(answerOf(n, x).before) > 0 })
		case flags&facts.DeclInit != 0 && (flags&facts.DeclLazy == 0 || w.g.BeforeTests().Has(n)):
			own = append(own, n)
		}
	}
	b.Kept = b.Kept || mentions(led.Order, isKept)
	b.addInit(w, w.g.LedTo(own...), reads)
	b.addInit(w, w.g.LedTo(others...), readsNamed)
	if b.Kept {
		b.addInit(w, w.g.LedTo(w.g.BeforeTests().Order...), func(n *graph.Node, x graph.External) []Read {
			if !isKept(x) {
				return nil
			}
			return append(reads(n, x), Read{readSetting, settings.Variables})
		})
	}
	b.Init = compactUses(b.Init)
}

// isKept reports whether a name of the standard library keeps what it read first. What
// uses a network may come to a transport, a resolver or certificates that do.
func isKept(x graph.External) bool { return does(x, std.Kept|std.Network) }

// does reports whether a name of the standard library does any of some things.
func does(x graph.External, what std.World) bool {
	return std.IsPackage(x.Path) && std.WorldOf(x.Path, x.Name)&what != 0
}

func compactUses(list []graph.Use) []graph.Use {
	sort.Slice(list, func(i, j int) bool { // SortFunc weighs 15 kB for each type
		a, b := &list[i], &list[j]
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.File, b.File), a.Line-b.Line) < 0
	})
	return slices.Compact(list)
}

// setsState reports whether a mention of something outside may set state of the
// standard library.
func setsState(x graph.External, state string) bool {
	return slices.Contains(std.StateOf(x.Path, x.Name), std.StateUse{Name: state, Sets: true})
}

// mentions reports whether one of some declarations mentions what is outside and of a kind.
func mentions(list []*graph.Node, is func(graph.External) bool) bool {
	return slices.ContainsFunc(list, func(n *graph.Node) bool { return slices.ContainsFunc(n.Externals, is) })
}
