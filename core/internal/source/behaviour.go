package source

import "slices"

// A world finds out what the code of a graph asks of the process and reads of
// the machine.
type world struct {
	g        *graph
	outlooks map[extRef]*outlook    // memory of outside
	reads    map[extRef][]earlyRead // memory of readsOutside
}

// newWorld returns an analysis of a graph.
func newWorld(g *graph) *world {
	return &world{g: g, outlooks: map[extRef]*outlook{}, reads: map[extRef][]earlyRead{}}
}

// behaviour is what the code of a closure does beside computing.
type behaviour struct {
	Init  []Use       // reads that cannot be named, by code that fills package variables when the program starts
	Early []WorldRead // reads that no log tells, by names that the source tells
	// Presets says that environment variables are set before the tests begin, and
	// by no test.
	Presets bool
	Kept    bool // it may use what code of another module, or of the standard library, has read for somebody else before

	Hidden []Use  // cgo, system calls: nothing can see what they read
	Hints  []Use  // clock, randomness, network
	Asks   []Use  // -test.short, the arguments and flags of the process, GOMAXPROCS, the local time: inputs where they are reached
	Paths  []Path // constant paths
	Tells  []Use  // what functions in the closure ask a testing handle

	lineTeller *node // what asks for line numbers
	fileTeller *node // what asks for the names of files
}

// A Path is a constant of the closure that names a file or directory.
type Path struct {
	Path   string
	Opened bool // handed to a function that opens or lists it
	File   string
	Line   int
}

// behaviour looks at what roots reach, with the initialisation that fills
// variables in reach; filled are those of the declarations that may have done so
// before any test ran. With whole, the code of the whole run counts: what that
// asks of its settings may be in state.
func (w *world) behaviour(roots []*node, r *reach, filled []*node, whole bool) *behaviour {
	b := &behaviour{}
	b.addEarly(w, r, filled)
	b.Presets = w.presets()
	b.addAsks(w.g, r)
	b.addHidden(w, r)
	if whole {
		b.addSettings(w, w.g.executed())
	}
	for _, n := range r.order {
		for _, p := range n.fact.rare().paths {
			b.Paths = append(b.Paths, Path{p.path, p.open, w.g.relative(n.file.path), p.line})
		}
		if slices.Contains(roots, n) {
			continue // what fn itself asks, Captures has found
		}
		for _, t := range n.fact.rare().tells {
			b.Tells = append(b.Tells, w.g.use(n, t.what, t.line))
		}
	}
	if i := slices.IndexFunc(r.order, tellsLine); i >= 0 {
		b.lineTeller = r.order[i]
	}
	if i := slices.IndexFunc(r.order, mayTellPlace); i >= 0 {
		b.fileTeller = r.order[i]
	}
	return b
}

// places lists where the declarations in reach stand, if the code asks for that.
func (b *behaviour) places(r *reach) []Decl {
	switch {
	case b.lineTeller != nil:
		return places(r, lineNumbers, b.lineTeller)
	case b.fileTeller != nil:
		return places(r, fileName, b.fileTeller)
	}
	return nil
}

// readsFlags reports whether a mention of something outside looks at flags that
// it need not name.
func (w *world) readsFlags(x extRef) bool {
	return ambient.has(x.path, x.name) && (x.path == "os" || x.path == "flag" && !definers.has(x.name)) ||
		slices.ContainsFunc(w.outside(x).asks, func(ask string) bool { return ask == "arguments" || ask == AsksArguments })
}

// definers only define a flag.
var definers = wordSet{text: `Bool BoolFunc BoolVar Duration DurationVar Float64 Float64Var Func Int IntVar Int64 Int64Var String StringVar Uint UintVar Uint64 Uint64Var
	TextVar Var NewFlagSet ContinueOnError ExitOnError PanicOnError`}
