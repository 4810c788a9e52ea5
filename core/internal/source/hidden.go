package source

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// opaque are what reads the world in a way that neither the log nor a name
// tells. "*" stands for all of a package.
var opaque = nameTable{text: `
	io/fs ReadLink Readlink
	os Readlink
	plugin *
	runtime/cgo *
`}

func isOpaque(x extRef) bool {
	if environs.has(x.path, x.name) || getters.has(x.path, x.name) {
		return false
	}
	return opaque.has(x.path, x.name) || x.path == "syscall" && std.WorldOf(x.path, x.name)&std.Raw != 0
}

// entersSystem reports whether a declaration is the assembly by which a package
// of system calls makes them.
func entersSystem(n *node) bool {
	return n.fact.flags&declNoBody != 0 && isSystemCalls(n.pkg.path)
}

// entered returns by what a declaration of such a package enters the system, ""
// if it does not.
func entered(n *node, seen map[*node]bool) (what string) {
	if seen[n] || !isSystemCalls(n.pkg.path) {
		return ""
	}
	seen[n] = true
	if entersSystem(n) {
		return n.name()
	}
	for _, x := range n.ext {
		if isOpaque(x) {
			return shortRef(x)
		}
	}
	for _, to := range n.edges {
		if what = cmp.Or(what, entered(to, seen)); what != "" {
			break
		}
	}
	return what
}

func isSystemCalls(path string) bool { return strings.HasPrefix(path, "golang.org/x/sys/") }

// unsteady are calls whose answers differ from run to run: a hint, no more.
var unsteady = nameTable{text: `
	time Now Since Until
	math/rand Int Intn Int31 Int31n Int63 Int63n Float64 Float32 Perm Shuffle Uint32 Uint64 Read NormFloat64 ExpFloat64
	math/rand/v2 Int IntN Int32 Int32N Int64 Int64N Float64 Float32 Perm Shuffle Uint32 Uint64 N NormFloat64 ExpFloat64 UintN
	crypto/rand *
	net Dial DialTimeout Dialer Listen LookupHost LookupIP LookupAddr
	net/http Get Post Head PostForm Client DefaultClient NewRequest NewRequestWithContext
	os Hostname Getpid Getppid
	os/user *
	io/fs ModTime
	hash/maphash *
`}

// isUnsteady reports whether the answers of a function differ from run to run.
func isUnsteady(path, name string) bool { return unsteady.has(path, name) }

// addHidden notes what code calls that cannot be seen through, also in external
// packages whose source is at hand, and what it asks the process.
func (b *behaviour) addHidden(w *world, r *reach) {
	for _, n := range r.order {
		if isSystemCalls(n.pkg.path) {
			continue // all of the package may count
		}
		for _, to := range n.edges {
			if what := entered(to, map[*node]bool{}); what != "" && isSystemCalls(to.pkg.path) {
				x := extRef{path: to.pkg.path, name: to.fact.name}
				b.Hidden = append(b.Hidden, w.g.use(n, shortRef(x)+": "+what, int(n.fact.nameLine)))
			}
		}
		for _, x := range n.ext {
			if isUnsteady(x.path, x.name) {
				b.Hints = append(b.Hints, w.g.use(n, shortRef(x), x.line))
			}
			if isOpaque(x) {
				if _, told := unlogged(n, x); !told {
					b.Hidden = append(b.Hidden, w.g.use(n, shortRef(x), x.line))
				}
			} else if out := w.outside(x); out.opaque != "" {
				b.Hidden = append(b.Hidden, w.g.use(n, shortRef(x)+": "+out.opaque, x.line))
			}
		}
	}
	b.addSettings(w, r)
	for p := range r.whole {
		for _, f := range p.files {
			if f.facts.flags&fileCgo != 0 {
				b.Hidden = append(b.Hidden, Use{What: "cgo", By: p.path, File: w.g.relative(f.path), Line: 1})
			}
		}
	}
	b.Hidden = compactUses(b.Hidden)
	b.Hints = compactUses(b.Hints)
}

// addSettings notes what code asks of the process and its machine.
func (b *behaviour) addSettings(w *world, r *reach) {
	for _, n := range r.order {
		for _, x := range n.ext {
			asked := asks(n, x)
			early, _ := unlogged(n, x)
			early = append(early, runtimeReads(x)...)
			if !isOpaque(x) {
				out := w.outside(x)
				asked = append(asked, out.asks...)
				early = append(early, out.early...)
			}
			for _, what := range asked {
				b.Asks = append(b.Asks, w.g.use(n, what, x.line))
			}
			b.Early = append(b.Early, early...)
		}
	}
	b.Asks = slices.CompactFunc(compactUses(b.Asks), func(a, b Use) bool { return a.What == b.What })
	b.Early = compactReads(b.Early)
}

// An outlook is what external code was found to do.
type outlook struct {
	opaque string // the first call that cannot be seen through
	asks   []string
	early  []WorldRead // what it read when the program started, or past the log
}

// outside follows a name of an external package through the source of external
// packages.
func (w *world) outside(x extRef) *outlook {
	x.line = 0
	if found, ok := w.outlooks[x]; ok {
		return found
	}
	out := &outlook{}
	w.outlooks[x] = out
	if where := w.g.find(x.path); !where.Local && where.Dir != "" || isSystemCalls(x.path) {
		out.follow(w.g.otherModules(), x)
	}
	return out
}

// follow walks through external packages, loading them as they are reached.
func (out *outlook) follow(g *graph, x extRef) {
	seen := map[*node]bool{}
	var queue []*node
	push := func(list []*node) {
		for _, n := range list {
			if !seen[n] {
				seen[n] = true
				queue = append(queue, n)
			}
		}
	}
	note := func(what string) {
		if out.opaque == "" {
			out.opaque = what
		}
	}
	if push(g.externalNodes(x)); len(queue) == 0 && isSystemCalls(x.path) {
		note("no source")
	}
	var units []*node // variables, which are filled when the program starts
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		g.resolve(n)
		push(n.edges)
		if entersSystem(n) {
			note(n.name())
		}
		if n.fact.kind == kindVar {
			units = append(units, n)
		}
		for _, y := range n.ext {
			out.ask(asks(n, y)...)
			early, told := unlogged(n, y)
			out.early = append(append(out.early, early...), runtimeReads(y)...)
			switch {
			case !isOpaque(y):
				push(g.externalNodes(y))
			case !told:
				note(shortRef(y) + " in " + n.name())
			}
		}
		for _, f := range n.pkg.files {
			if f.facts.flags&fileCgo != 0 {
				note("cgo in " + n.pkg.path)
			}
		}
		if len(g.packages) > maxOutside {
			note("too much code to look through")
			out.asks = allAsks()
			return
		}
	}
	out.readEarly(g, units)
}

func (out *outlook) ask(list ...string) {
	for _, what := range list {
		if !slices.Contains(out.asks, what) {
			out.asks = append(out.asks, what)
		}
	}
}

// readEarly notes what the variables of external packages were filled with when
// the program started, as far as names tell. What else their initialisation
// read is not looked for.
func (out *outlook) readEarly(g *graph, units []*node) {
	for _, e := range worldReads(g, units) {
		switch e.Kind {
		case ReadVariable, ReadFile:
			out.early = append(out.early, e.WorldRead)
		case readSetting:
			out.ask(e.Name)
		}
	}
}
