package world

import (
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// An Analysis finds out what the code of a graph asks of the process and reads of
// the machine.
type Analysis struct {
	g       *graph.Graph
	known   map[*graph.Node][]answer
	presets func() bool // see Behaviour.Presets
	feeders func() *feeders
}

// New returns an analysis of a graph.
func New(g *graph.Graph) *Analysis {
	w := &Analysis{g: g, known: map[*graph.Node][]answer{}}
	setIn := func(r *graph.Reach) bool { return w.have(g.LedTo(r.Order...).Order, sets(std.Environ)) }
	w.presets = sync.OnceValue(func() bool { return setIn(g.BeforeTests()) && !setIn(g.RunByTests()) })
	w.feeders = sync.OnceValue(w.findFeeders)
	return w
}

// Behaviour is what the code of a closure does beside computing.
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
	HandleCalls []graph.Use // what they have it do for the test
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
	led := w.g.LedTo(r.Order...)
	b.addEarly(w, led, filled, readsAll)
	b.addHandleUses(roots, r)
	for _, led := range []*graph.Led{led, w.g.LedTo(filled...)} {
		b.addHidden(w, led)
		b.addSettings(w, led)
	}
	for _, n := range r.Order {
		for _, x := range n.Externals {
			if std.Unsteady(x.Path, x.Name) {
				b.Hints = append(b.Hints, w.g.Use(n, shortRef(x), x.Line))
			}
		}
		for _, a := range n.Fact.NamedArgs {
			x := graph.External{Path: n.File.Names[a.Func.X], Name: a.Func.Sel}
			if opened := opens(x); a.Name != "" && (opened || a.Func == facts.Mention{}) {
				b.Paths = append(b.Paths, Path{a.Name, opened, n.File.Rel, a.Line})
			}
		}
	}
	b.Hints = compactUses(b.Hints)
	return b
}

// AddRun adds what the code of the run does, where that counts: whatever it reads may
// decide what it leaves in state. filled are the declarations that may have filled
// variables of it before any test ran.
func (b *Behaviour) AddRun(w *Analysis, executed *graph.Reach, filled []*graph.Node) {
	led := w.g.LedTo(executed.Started().Order...)
	b.addEarly(w, led, filled, readsOfRun)
	b.addHidden(w, led)
	b.addSettings(w, w.g.LedTo(executed.Order...))
}

// opens reports whether a function of the standard library opens, lists or looks
// at what it is given the name of.
func opens(x graph.External) bool {
	return waiting.Has(x.Path, x.Name) || std.IsPackage(x.Path) && std.WorldOf(x.Path, x.Name)&std.Files != 0
}
