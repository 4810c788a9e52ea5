package world

import (
	"slices"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// An Analysis finds out what the code of a graph asks of the process and reads of
// the machine.
type Analysis struct {
	g        *graph.Graph
	outlooks map[graph.External]*answer // memory of outside
}

// New returns an analysis of a graph.
func New(g *graph.Graph) *Analysis {
	return &Analysis{g: g, outlooks: map[graph.External]*answer{}}
}

// Behaviour is what the code of a closure does beside computing.
type Behaviour struct {
	Init  []graph.Use // reads that cannot be named, by code that fills package variables when the program starts
	Early []Read      // reads that no log tells, by names that the source tells
	// Presets says that environment variables are set before the tests begin, and
	// by no test.
	Presets bool
	Kept    bool // it may use what code of another module, or of the standard library, has read for somebody else before

	RunInit, RunHidden []graph.Use // what of Init and Hidden the code of the run adds, where that counts

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
// before any test ran. Unless what others have run may be in state, only what the roots
// and initialisation run can hide what it reads.
func (w *Analysis) Behaviour(roots []*graph.Node, r *graph.Reach, filled []*graph.Node, stateful bool) *Behaviour {
	b := &Behaviour{}
	b.addEarly(w, r, filled, readsAll)
	b.Presets = w.presets()
	b.addHandleUses(roots, r)
	run := sync.OnceValue(func() *graph.Run { return w.runs(roots, r) })
	if stateful || b.Kept {
		run = nil
	}
	b.addHidden(w, r, run)
	b.addSettings(w, r)
	before := w.g.ReachFrom(filled...)
	b.addHidden(w, before, nil)
	b.addSettings(w, before)
	for _, n := range r.Order {
		for _, a := range n.Fact.NamedArgs {
			x := graph.External{Path: n.File.Names[a.Func.X], Name: a.Func.Sel}
			if opened := opens(x); a.Name != "" && (opened || a.Func == facts.Mention{}) {
				b.Paths = append(b.Paths, Path{a.Name, opened, w.g.Relative(n.File.Path), a.Line})
			}
		}
	}
	return b
}

// runs returns what can run of what roots reach, when they or initialisation do.
func (w *Analysis) runs(roots []*graph.Node, r *graph.Reach) *graph.Run {
	return w.g.RunFrom(slices.Concat(roots, slices.DeleteFunc(slices.Clone(r.Order), func(n *graph.Node) bool { return n.Fact.Flags&facts.DeclInit == 0 }))...)
}

// AddRun adds what the code of the run does, where that counts: whatever it reads may
// decide what it leaves in state. filled are the declarations that may have filled
// variables of it before any test ran.
func (b *Behaviour) AddRun(w *Analysis, executed *graph.Reach, filled []*graph.Node) {
	started, roots := executed.Started()
	run := &Behaviour{}
	run.addEarly(w, started, filled, readsOfRun)
	roots = slices.DeleteFunc(roots, func(n *graph.Node) bool { return n.Fact.Name == "TestMain" && !slices.Contains(filled, n) })
	run.addHidden(w, started, sync.OnceValue(func() *graph.Run { return w.runs(roots, started) }))
	run.addSettings(w, executed)
	b.RunInit, b.RunHidden = run.Init, run.Hidden
	b.Settings = compactSettings(append(b.Settings, run.Settings...))
	b.Early = compactReads(append(b.Early, run.Early...))
}

// opens reports whether a function of the standard library opens, lists or looks
// at what it is given the name of.
func opens(x graph.External) bool {
	return waiting.Has(x.Path, x.Name) || does(x, std.Files)
}
