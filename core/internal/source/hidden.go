package source

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
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
	if environs.has(x) || getters.has(x) {
		return false
	}
	return opaque.has(x) || x.path == "syscall" && std.WorldOf(x.path, x.name)&std.Raw != 0
}

// entersSystem reports whether a declaration is the assembly by which a package
// of system calls makes them.
func (n *node) entersSystem() bool {
	return n.fact.flags&declNoBody != 0 && isSystemCalls(n.pkg.path)
}

// entered returns by what a declaration of such a package enters the system, ""
// if it does not.
func (n *node) entered(seen map[*node]bool) (what string) {
	if seen[n] || !isSystemCalls(n.pkg.path) {
		return ""
	}
	seen[n] = true
	if n.entersSystem() {
		return n.name()
	}
	for _, x := range n.ext {
		if isOpaque(x) {
			return shortRef(x)
		}
	}
	for _, to := range n.edges {
		if what = cmp.Or(what, to.entered(seen)); what != "" {
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

// addHidden lists what the closure calls that cannot be seen through, also in
// external packages whose source is at hand, and what it asks the process.
func (c *Closure) addHidden(g *graph, r *reach) {
	for _, n := range r.order {
		if isSystemCalls(n.pkg.path) {
			continue // all of the package may count
		}
		for _, to := range n.edges {
			if what := to.entered(map[*node]bool{}); what != "" && isSystemCalls(to.pkg.path) {
				x := extRef{path: to.pkg.path, name: to.fact.name}
				c.Hidden = append(c.Hidden, Use{What: shortRef(x) + ": " + what, By: n.name(), File: c.relative(n.file.path), Line: int(n.fact.nameLine)})
			}
		}
		for _, x := range n.ext {
			use := func(what string) Use {
				return Use{What: what, By: n.name(), File: c.relative(n.file.path), Line: x.line}
			}
			if unsteady.has(x) {
				c.Hints = append(c.Hints, use(shortRef(x)))
			}
			if isOpaque(x) {
				if _, told := n.unlogged(x); !told {
					c.Hidden = append(c.Hidden, use(shortRef(x)))
				}
			} else if out := g.outside(x); out.opaque != "" {
				c.Hidden = append(c.Hidden, use(shortRef(x)+": "+out.opaque))
			}
		}
	}
	c.addSettings(g, r)
	for p := range r.whole {
		for _, f := range p.files {
			if f.facts.flags&fileCgo != 0 {
				c.Hidden = append(c.Hidden, Use{What: "cgo", By: p.path, File: c.relative(f.path), Line: 1})
			}
		}
	}
	c.Hidden = compactUses(c.Hidden)
	c.Hints = compactUses(c.Hints)
}

// addSettings lists what the code asks of the process and its machine.
func (c *Closure) addSettings(g *graph, r *reach) {
	for _, n := range r.order {
		for _, x := range n.ext {
			asked := n.asks(x)
			early, _ := n.unlogged(x)
			early = append(early, runtimeReads(x)...)
			if !isOpaque(x) {
				out := g.outside(x)
				asked = append(asked, out.asks...)
				early = append(early, out.early...)
			}
			for _, what := range asked {
				c.Asks = append(c.Asks, Use{What: what, By: n.name(), File: c.relative(n.file.path), Line: x.line})
			}
			c.Early = append(c.Early, early...)
		}
	}
	c.Asks = slices.CompactFunc(compactUses(c.Asks), func(a, b Use) bool { return a.What == b.What })
	c.Early = compactReads(c.Early)
}

// maxOutside bounds how many external packages are parsed to look for calls
// that nothing can see through. Beyond it they count as having some.
const maxOutside = 400

// An outlook is what external code was found to do.
type outlook struct {
	opaque string // the first call that cannot be seen through
	asks   []string
	early  []WorldRead // what it read when the program started, or past the log
}

// outside follows a name of an external package through the source of external
// packages.
func (g *graph) outside(x extRef) *outlook {
	x.line = 0
	if found, ok := g.opaque[x]; ok {
		return found
	}
	if g.opaque == nil {
		g.opaque = map[extRef]*outlook{}
	}
	out := &outlook{}
	g.opaque[x] = out
	if where := g.find(x.path); !where.Local && where.Dir != "" || isSystemCalls(x.path) {
		g.otherModules().follow(x, out)
	}
	return out
}

// otherModules is the graph of packages of other modules, as far as they are
// loaded.
func (g *graph) otherModules() *graph {
	if g.abroad == nil {
		g.abroad = &graph{b: g.b, mods: g.mods, cache: g.cache, match: g.match, packages: map[string]*pkg{}, places: g.places}
	}
	return g.abroad
}

// follow walks through external packages, loading them as they are reached.
func (g *graph) follow(x extRef, out *outlook) {
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
	l := linker{graph: g}
	if push(g.externalNodes(x)); len(queue) == 0 && isSystemCalls(x.path) {
		note("no source")
	}
	var units []*node // variables, which are filled when the program starts
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		l.resolve(n)
		push(n.edges)
		if n.entersSystem() {
			note(n.name())
		}
		if n.fact.kind == kindVar {
			units = append(units, n)
		}
		for _, y := range n.ext {
			out.ask(n.asks(y)...)
			early, told := n.unlogged(y)
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
	g.readEarly(units, out)
}

func (o *outlook) ask(list ...string) {
	for _, what := range list {
		if !slices.Contains(o.asks, what) {
			o.asks = append(o.asks, what)
		}
	}
}

// readEarly notes what the variables of external packages were filled with when
// the program started, as far as names tell. What else their initialisation
// read is not looked for.
func (g *graph) readEarly(units []*node, out *outlook) {
	for _, e := range g.worldReads(units) {
		switch e.Kind {
		case ReadVariable, ReadFile:
			out.early = append(out.early, e.WorldRead)
		case readSetting:
			out.ask(e.Name)
		}
	}
}

// loadExternal returns the facts of a package that is found anywhere.
func (g *graph) loadExternal(path string, where build.Place) (*pack, error) {
	if where.Module.Version != "" {
		path += "@" + where.Module.Version
	}
	return loadPack(path, where.Dir, g.cache, wants{match: &g.match})
}

func (g *graph) externalNodes(x extRef) []*node {
	where := g.find(x.path)
	if where.Local || where.Dir == "" {
		return nil
	}
	p := g.packages[x.path]
	if p == nil {
		pk, err := g.loadExternal(x.path, where)
		if err != nil {
			pk = &pack{}
		}
		p = newPkg(x.path, where.Dir)
		p.external = true
		g.packages[x.path] = p
		for i := range pk.files {
			f := &pk.files[i]
			if f.facts != nil && !f.facts.isTest() && g.compiles(f.facts) {
				p.add(f)
			}
		}
		g.resolveExternalImports(p)
	}
	return p.decls[x.name]
}

// resolveExternalImports is resolveImports where packages are not loaded
// before they are reached: names are guessed from paths.
func (g *graph) resolveExternalImports(p *pkg) {
	for _, f := range p.files {
		f.names = map[string]string{}
		for _, imp := range f.facts.imports {
			switch imp.name {
			case ".":
				f.dots = append(f.dots, imp.path)
			case "_":
			case "":
				for _, name := range likelyNames(imp.path) {
					f.names[name] = imp.path
				}
			default:
				f.names[imp.name] = imp.path
			}
		}
	}
}
