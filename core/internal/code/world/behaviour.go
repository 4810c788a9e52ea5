package world

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// An Analysis finds out what the code of a graph asks of the process and reads of
// the machine.
type Analysis struct {
	g       *graph.Graph
	known   map[*graph.Node][]answer
	sets    func() bool // environment variables may be set before the tests begin
	presets func() bool // see Behaviour.Presets
	moved   func() bool // the working directory may be changed before the tests begin
}

// New returns an analysis of a graph.
func New(g *graph.Graph) *Analysis {
	w := &Analysis{g: g, known: map[*graph.Node][]answer{}}
	setIn := func(led *graph.Led) bool { return w.have(led.Order, sets(std.Environ)) }
	w.sets = sync.OnceValue(func() bool { return setIn(g.RunBeforeTests()) })
	w.presets = sync.OnceValue(func() bool { return w.sets() && !setIn(g.LedTo(g.TestFuncs()...)) })
	w.moved = sync.OnceValue(func() bool { return w.have(g.RunBeforeTests().Order, sets(std.Directory)) })
	return w
}

// Behaviour holds what the code of a closure does beside computing.
type Behaviour struct {
	Init  []graph.Use // reads that cannot be named, by code that fills package variables when the program starts
	Early []Read      // reads that no log tells, by names that the source tells
	// Presets says that environment variables are set before the tests begin, and
	// by no test.
	Presets bool
	Kept    bool // it may use what code of another module, or of the standard library, has read for somebody else before

	Hidden      []graph.Use // cgo, system calls: nothing can see what they read
	Hints       []graph.Use // clock, randomness, network
	Settings    []graph.Use // -test.short, the arguments and flags of the process, GOMAXPROCS, the local time: inputs where they are reached
	Paths       []Path      // constant paths
	HandleUses  []graph.Use // what functions in the closure ask a testing handle
	HandleCalls []graph.Use // methods of a testing handle that they call for their effect
}

// A Path is a constant of the closure that names a file or directory.
type Path struct {
	Path   string
	Opened bool // handed to a function that opens or lists it
	File   string
	Line   int
}

// Behaviour looks at what roots reach, with the initialisation that fills
// variables in reach; filled are the declarations that may have filled some
// before any test ran.
func (w *Analysis) Behaviour(roots []*graph.Node, r *graph.Reach, filled []*graph.Node) *Behaviour {
	b := &Behaviour{Presets: w.presets()}
	reached := w.g.LedTo(r.Order...)
	b.addEarly(w, reached, r.Far, filled, func(a answer) []Read { return a.before })
	b.addHandleUses(roots, r)
	for _, led := range []*graph.Led{reached, w.g.LedTo(filled...)} {
		b.addHidden(w, led, led.Order)
		b.addReads(w, led, nil, always)
	}
	for _, n := range r.Order {
		for _, x := range n.Externals {
			if std.Unsteady(x.Path, x.Name) {
				b.Hints = append(b.Hints, n.Use(shortRef(x), x.Line))
			}
		}
		for _, a := range n.Fact.NamedArgs {
			x := graph.External{Path: n.File.Names[a.Func.X], Name: a.Func.Sel}
			if opened := opens(x); a.Name != "" && (opened || a.Func == facts.Mention{}) {
				b.Paths = append(b.Paths, Path{a.Name, opened, n.File.Rel, a.Line})
			}
		}
	}
	b.compact()
	return b
}

// AddRun adds what the code of the run does, where that counts: whatever it reads may
// decide what it leaves in state. filled are the declarations that may have filled
// variables of it before any test ran.
func (b *Behaviour) AddRun(w *Analysis, executed *graph.Reach, filled []*graph.Node) {
	started := executed.Started()
	led := w.g.LedTo(started.Order...)
	b.addEarly(w, led, started.Far, filled, readsOfRun)
	b.addHidden(w, led, led.Order)
	b.addReads(w, w.g.LedTo(executed.Order...), nil, always)
	for _, n := range started.Order {
		for _, u := range n.Fact.HandleUses {
			if !u.Possible && slices.Contains([]string{"Deadline()", "ArtifactDir()", "N"}, u.What) { // flags tell
				b.asks(settings.CommandLine, func() graph.Use { return n.Use(u.What, u.Line) })
			}
		}
	}
	b.compact()
}

// opens reports whether a function of the standard library opens, lists or looks at the file
// that it is given the name of, or tells where a link leads.
func opens(x graph.External) bool {
	return facts.Waits.Has(x.Path+"."+x.Name) || x == graph.External{Path: "os", Name: "Readlink"} || std.IsPackage(x.Path) && std.WorldOf(x.Path, x.Name)&std.Files != 0
}

// addHandleUses notes what functions in reach ask a testing handle. One that is put
// where it is not followed may be asked for the name of the test, and by each call
// that looks like that of a handle. What a declaration among the roots asks, but for
// the name, is no question of the build function.
func (b *Behaviour) addHandleUses(roots []*graph.Node, r *graph.Reach) {
	named := false
	var possible []graph.Use
	for _, n := range r.Order {
		for _, u := range n.Fact.HandleUses {
			use := n.Use(u.What, u.Line)
			switch {
			case u.Possible:
				possible = append(possible, use)
			case u.Leaves():
				b.HandleCalls = append(b.HandleCalls, use)
			case u.What == "Run()": // of a subtest, which -run and -skip may leave out
				b.asks(settings.Subtests, func() graph.Use { return use })
			case u.What == facts.HandleName && r.Graph.FollowsHandle(n, u):
			case u.What == facts.HandleName:
				named = true
				b.HandleUses = append(b.HandleUses, use)
			case n.Literal || !slices.Contains(roots, n):
				b.HandleUses = append(b.HandleUses, use)
			}
		}
	}
	if named {
		b.HandleUses = append(b.HandleUses, possible...)
	}
}

// addHidden notes code that cannot be seen through in some declarations of led, in all modules.
func (b *Behaviour) addHidden(w *Analysis, led *graph.Led, list []*graph.Node) {
	said := map[graph.Mentioner]bool{} // each mention of another module is noted once
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
	for _, n := range list {
		// By what the processor can do, other modules choose how to compute the same.
		if path := n.Package.Path; n.Fact.NoBody && graph.MakesSystemCalls(path) && (path != "golang.org/x/sys/cpu" || led.By(n).What.Path == path) {
			hide(n, "assembly", 0)
		}
		for _, a := range w.answers(n) {
			if a.hides != "" {
				hide(n, a.hides, a.Line)
			}
		}
		for _, f := range n.Package.Files {
			switch {
			case !f.Facts.Cgo:
			case n.Package.External:
				hide(n, "cgo", 0)
			default:
				b.Hidden = append(b.Hidden, graph.Use{What: "cgo", By: n.Package.Path, File: f.Rel, Line: 1})
			}
		}
	}
}

// use returns the use that a declaration makes of something at a line. For a declaration of
// another module it names the local one that leads there.
func (w *Analysis) use(led *graph.Led, n *graph.Node, what string, line int) graph.Use {
	by := led.By(n)
	if by.Node == nil {
		return n.Use(what, line)
	}
	return by.Node.Use(shortRef(by.What)+": "+what+" in "+n.Name(), by.What.Line)
}

// asks notes that code asks for a setting, the first that is found of each.
func (b *Behaviour) asks(what string, at func() graph.Use) {
	if !slices.ContainsFunc(b.Settings, func(u graph.Use) bool { return u.What == what }) {
		use := at()
		use.What = what
		b.Settings = append(b.Settings, use)
	}
}

// compact puts in order what was noted, each once.
func (b *Behaviour) compact() {
	for _, list := range []*[]graph.Use{&b.Init, &b.Hidden, &b.Hints} {
		*list = sorted(*list, func(a, b *graph.Use) int {
			return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.File, b.File), a.Line-b.Line)
		})
	}
	b.Early = sorted(b.Early, func(a, b *Read) int { return cmp.Or(int(a.Kind)-int(b.Kind), strings.Compare(a.Name, b.Name)) })
}

// sorted puts a list in order, with each element once.
func sorted[T comparable](list []T, compare func(a, b *T) int) []T {
	sort.Slice(list, func(i, j int) bool { return compare(&list[i], &list[j]) < 0 }) // SortFunc weighs 15 kB for each type
	return slices.Compact(list)
}
