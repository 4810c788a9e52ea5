package world

import (
	"path/filepath"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// always takes the reads that count whenever they are made.
func always(a answer) []Read { return a.reads }

// readsOfRun takes reads whose results other code may hand on. For code that uses a network
// that is the environment alone; the network itself is no input.
func readsOfRun(a answer) []Read {
	if a.does&std.Network != 0 {
		return []Read{{readSetting, settings.Variables}}
	}
	return a.before
}

// addReads notes what code reads: any of it, or as far as it runs before any test.
func (b *Behaviour) addReads(w *Analysis, led, run *graph.Led, reads func(answer) []Read) {
	for _, n := range led.Order {
		if run != nil && (!run.Has(n) || n.Package.IsLibrary()) { // in its own tests the library looks for its own ends
			continue
		}
		for _, a := range w.answers(n) {
			if run != nil {
				a.before = w.namedBefore(led, run, n, a)
			}
			use := func() graph.Use { return w.use(led, n, shortRef(a.External), a.Line) }
			for _, e := range reads(a) {
				switch {
				case e.Kind == readUnnamed, e.Kind == ReadFile && !filepath.IsAbs(e.Name) && w.moved():
					b.Init = append(b.Init, use())
				case e.Kind == readSetting:
					b.asks(e.Name, use)
				default:
					b.Early = append(b.Early, e)
				}
			}
		}
	}
}

// namedBefore returns what a declaration reads before the tests begin, by the names that code
// of led hands to it where its own source does not tell them. A variable that is set by then
// may hold what another name told.
func (w *Analysis) namedBefore(led, run *graph.Led, n *graph.Node, a answer) []Read {
	args, byName := facts.NameArgsOf(a.Path, a.Name)
	if byName && args.First == args.Last && !args.Below && a.Name != "ExpandEnv" && len(a.before) == 1 && a.before[0].Kind <= readSetting && !w.sets() {
		if g := w.given(led, run, argument{n, a.Name, args.First}, map[argument]given{}); g.all && a.does&std.Files == 0 {
			return readsOf(ReadVariable, g.names)
		} else if g.all {
			return readsOf(ReadFile, g.names)
		}
	}
	return a.before
}

// An argument is what a declaration gives to a function of a name, wherever it calls that.
type argument struct {
	by     *graph.Node
	callee string
	number int
}

// A given holds what an argument may be.
type given struct {
	names []string // sorted
	all   bool     // there are no others
}

// given returns the names that an argument is: constants, and what the code of led that runs
// before the tests gives to the parameters of its function. known holds what was found, and
// nothing for what is asked for meanwhile.
func (w *Analysis) given(led, run *graph.Led, of argument, known map[argument]given) (g given) {
	if g, ok := known[of]; ok {
		return g
	}
	known[of] = g
	n := of.by
	names, params, ok := n.Fact.Given(n.File.Source(), of.callee, of.number)
	if ok && params != nil { // others may call it by a value, another name or itself
		ok = n.Fact.Kind == facts.KindFunc && !w.g.Linked(n) && !slices.Contains(n.Fact.Refs, n.Fact.Name)
	}
	for _, param := range params {
		callers := 0
		for _, by := range led.Order {
			if ok && run.Has(by) && slices.Contains(w.g.Next(by), n) {
				more := w.given(led, run, argument{by, n.Fact.Name, param}, known)
				names, ok = append(names, more.names...), more.all
				callers++
			}
		}
		ok = ok && callers > 0
	}
	slices.Sort(names)
	known[of] = given{slices.Compact(names), ok}
	return known[of]
}

// shortRef returns a name of another package as source mentions it.
func shortRef(x graph.External) string {
	if x.Path == "io/fs" && std.IsWorldMethod(x.Name) {
		return x.Name // a method of whatever type
	}
	return syntax.LikelyName(x.Path) + "." + x.Name
}

// addEarly notes what the code reads before any test runs, into variables that it uses: far
// is the code of other modules that fills them. In that, and for variables of other modules
// that the code leads to, only reads by names that the source tells are noted.
func (b *Behaviour) addEarly(w *Analysis, led *graph.Led, far, filled []*graph.Node, reads func(answer) []Read) {
	own, others, first := slices.Clip(filled), []*graph.Node{}, w.g.RunBeforeTests()
	for _, n := range led.Order {
		switch {
		case n.Package.External:
			if n.Fact.Kind == facts.KindVar {
				others = append(others, n)
			}
			// It may use what it has read for other code before.
			b.Kept = b.Kept || slices.ContainsFunc(w.answers(n), func(a answer) bool { return len(a.before) > 0 })
		case n.Init() && (!n.Fact.Lazy || first.Has(n)):
			own = append(own, n)
		}
	}
	b.Kept = b.Kept || w.have(led.Order, isKept)
	b.addRegistered(w, led, far)
	others = append(others, far...)
	run := w.g.RunBeforeTests(slices.Concat(own, others)...)
	b.addReads(w, w.g.LedTo(own...), run, reads)
	b.addReads(w, w.g.LedTo(others...), run, func(a answer) []Read { // by names that the source tells
		return slices.DeleteFunc(slices.Clone(a.before), func(r Read) bool { return r.Kind == readUnnamed })
	})
	b.addReads(w, w.g.LedTo(far...), nil, always)
	if b.Kept {
		b.addReads(w, first, first, func(a answer) []Read {
			if !isKept(a) {
				return nil
			}
			return append(slices.Clip(reads(a)), Read{readSetting, settings.Variables})
		})
	}
}

// addRegistered notes code that cannot be seen through, to which initialisation code of other
// modules leads, and which that may hand to code that led uses: a driver, which package
// database/sql or another module calls. The first is enough.
func (b *Behaviour) addRegistered(w *Analysis, led *graph.Led, far []*graph.Node) {
	added, found := w.g.LedTo(), new(Behaviour)
	for _, n := range far {
		if led.Has(n) || added.Has(n) {
			continue
		}
		if found.addHidden(w, added, added.Extend(nil, n)); len(found.Hidden) > 0 {
			what := found.Hidden[0]
			b.Hidden = append(b.Hidden, n.Use(what.What+" in "+what.By, n.Fact.Line))
			return
		}
	}
}

// isKept reports whether a name of the standard library keeps what it read first. Code that
// uses a network may come to a transport, a resolver or certificates that do.
func isKept(a answer) bool { return a.does&(std.Kept|std.Network) != 0 }

// sets returns a test for answers that may set some state of the standard library.
func sets(state string) func(answer) bool {
	return func(a answer) bool { return slices.Contains(a.sets, state) }
}
