package source

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A Closure is the code that a function can reach, and what is to be known of
// it beside its text.
type Closure struct {
	Digest   Digest
	Decls    []Decl   // sorted by name
	Modules  []Module // external modules reached, with those that they require
	Fallback []string // why it is wider than the declarations reached
	Cause    Use      // what may change state in reach: then the code of the whole run counts; What is "" if nothing may
	told     Told
	behaviour

	stale error // an embedded file is not what was compiled
	files []fileStat
	root  string // that file names are relative to
	home  string // the package under test
	env   string // what else decides which source was compiled
	fn    string // the function, by its place
	buf   []byte // of nodeDigest

	teller *node  // what asks for line numbers
	filer  *node  // what asks for the names of files
	test   string // the running test, where that is part of the closure
}

// behaviour is what the code of a closure does beside computing.
type behaviour struct {
	// State says that fn reaches package variables that are written while
	// tests run: what it returns may depend on what an earlier test has read.
	State bool
	// Presets says that environment variables are set before the tests begin, and
	// by no test.
	Presets bool
	Init    []Use       // reads that cannot be named, by code that fills package variables when the program starts
	Early   []WorldRead // reads that no log tells, by names that the source tells

	Hidden []Use  // cgo, system calls: nothing can see what they read
	Hints  []Use  // clock, randomness, network
	Asks   []Use  // -test.short, the arguments and flags of the process, GOMAXPROCS, the local time: inputs where they are reached
	Paths  []Path // constant paths
	Tells  []Use  // what functions in the closure ask a testing handle
}

// A Decl is a declaration of a closure.
type Decl struct {
	Name    string // import/path.Name, import/path.(*T).Name
	File    string // relative to the module's directory
	Line    int
	Lines   int
	Digest  Digest
	Via     string // what it is reached through, "" for a root
	ViaFile string
	ViaLine int
	Wide    bool // the function does not reach it: it counts as part of the whole run
}

// A Module is an external module and its version.
type Module struct{ Path, Version string }

// A Use is something that code does at a place.
type Use struct {
	What string // "exec.Command", "seed.Rows"
	By   string // the declaration that holds the place
	File string
	Line int
}

func (u Use) String() string { return fmt.Sprintf("%s (%s:%d)", u.What, u.File, u.Line) }

// A Path is a constant of the closure that names a file or directory.
type Path struct {
	Path   string
	Opened bool // handed to a function that opens or lists it
	File   string
	Line   int
}

// Closure returns the closure of a function of the running test binary. A
// *StaleError says that the source is not what was compiled, in which case
// nothing may be cached; any other error that the closure cannot be known.
func (b *Binary) Closure(r Root, cache Cache) (*Closure, error) {
	if why := b.NoSource(); why != "" {
		return nil, fmt.Errorf("no source: %s", why)
	}
	g, err := b.graphOf(cache)
	if err != nil {
		return nil, err
	}
	roots, inTest, fallback, err := g.rootNodes(r)
	if err != nil {
		return nil, err
	}
	c := g.closure(roots, r.Packages, r.Told)
	if c.stale != nil {
		return nil, c.stale
	}
	if fallback != "" {
		c.Fallback = append(c.Fallback, fallback)
	}
	if r.Captured.AsksName {
		c.Tells = append(c.Tells, Use{What: TellsName, By: r.Func.Symbol, File: filepath.Base(r.Func.File), Line: r.Func.Line})
	}
	c.env, c.fn = b.Settings(), r.Func.place()
	if inTest {
		c.test = topLevel(r.Test)
	}
	return c, nil
}

// graphOf loads the graph of the running test binary once: what was compiled
// does not change while the process lives.
func (b *Binary) graphOf(cache Cache) (*graph, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.graph == nil {
		g, err := loadGraph(b.Build, b.Dir(), cache)
		if err != nil {
			return nil, err
		}
		if err := g.addLinked(b.Linked()); err != nil {
			return nil, err
		}
		b.graph = g
	}
	return b.graph, nil
}

// place tells functions of one build apart.
func (f Func) place() string {
	if f.Wrapper {
		return f.Symbol
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

// closure collects what can be reached from the roots. With packages, all
// declarations of the roots' packages and of those that they import are part of
// it; what it does beside computing is still only what the roots do.
func (g *graph) closure(roots []*node, packages bool, told Told) *Closure {
	g.mu.Lock()
	defer g.mu.Unlock()
	found := g.stateOfRoots(roots, told)
	r := g.reachFrom(roots...)
	if packages {
		for _, n := range g.packagesOf(roots) {
			r.add(n, nil)
		}
		r.follow()
	}
	r.complete()
	c := &Closure{root: g.mods.Root, home: g.target.path, files: slices.Clip(g.files), told: told}
	own := r
	if found.cause != nil {
		c.Cause = *found.cause
		r = g.reachFrom(append(r.order[:len(r.order):len(r.order)], g.executed().order...)...)
		r.complete()
	}
	c.addModules(g, r)
	if called, why := g.calledBy(c.Modules); len(called) > 0 {
		// What external code calls of ours cannot be told from our source.
		c.Fallback = append(c.Fallback, why...)
		for _, n := range called {
			r.add(n, nil)
		}
		r.follow()
		r.complete()
		c.Modules = nil
		c.addModules(g, r)
	}
	if packages {
		c.Fallback = append(c.Fallback, wholePackages)
	}
	if c.Cause.What == "" {
		own = r
	}
	does := &Closure{root: c.root}
	does.State = found.state
	var wg sync.WaitGroup
	wg.Go(func() { does.addBehaviour(g, roots, found.cause != nil) })
	c.addDecls(g, r, own)
	c.addWhole(g, r)
	c.addUnitOrder(r)
	c.addClauses(g, r)
	c.addImports(g)
	if slices.ContainsFunc(r.order, (*node).mayTellPlace) {
		wg.Wait()
		if does.teller != nil {
			c.addPlaces(g, r, lineNumbers, does.teller)
		} else if does.filer != nil {
			c.addPlaces(g, r, fileName, does.filer)
		}
	}
	sortDecls(c.Decls)
	c.Digest = c.digest()
	wg.Wait()
	c.behaviour = does.behaviour
	return c
}

// sortDecls sorts by name.
func sortDecls(list []Decl) {
	sort.Slice(list, func(i, j int) bool { // SortFunc weighs 15 kB for each type
		a, b := &list[i], &list[j]
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) < 0
	})
}

// relative returns a file's name as closures and messages show it.
func (c *Closure) relative(path string) string {
	if rel, ok := build.Below(c.root, path); ok {
		return rel
	}
	return filepath.ToSlash(path)
}

// addDecls adds what is reached. Names of declarations and files are made once:
// most are mentioned again as what others were reached through.
func (c *Closure) addDecls(g *graph, r, own *reach) {
	names := make([]string, len(r.order))
	for i, n := range r.order {
		names[i] = n.name()
	}
	files := map[*srcFile]string{}
	relative := func(f *srcFile) string {
		rel, ok := files[f]
		if !ok {
			rel = c.relative(f.path)
			files[f] = rel
		}
		return rel
	}
	for at, n := range r.order {
		d := Decl{Name: names[at], File: relative(n.file), Line: int(n.fact.nameLine), Lines: n.fact.lines, Digest: c.nodeDigest(g, n), Wide: !own.has(n)}
		if from := r.from[at]; from > 0 {
			via := r.order[from-1]
			d.Via, d.ViaFile, d.ViaLine = names[from-1], relative(via.file), via.fact.line
		}
		c.Decls = append(c.Decls, d)
		for i := 1; i < n.fact.count(); i++ {
			d.Name, d.Line, d.Lines = n.nameOf(i), n.fact.nameAt(i).line, 0 // told with the first
			c.Decls = append(c.Decls, d)
		}
	}
}

// addBehaviour notes what the code does beside computing: it looks at what the
// roots reach, with the initialisation that fills variables in reach. What the
// whole run asks of its settings may be in state.
func (c *Closure) addBehaviour(g *graph, roots []*node, whole bool) {
	r := g.reachFrom(roots...)
	r.addUnits(false)
	c.addEarly(g, r)
	c.Presets = g.presets()
	c.addAsks(g, r)
	c.addHidden(g, r)
	if whole {
		c.addSettings(g, g.executed())
	}
	for _, n := range r.order {
		for _, p := range n.fact.rare().paths {
			c.Paths = append(c.Paths, Path{p.path, p.open, c.relative(n.file.path), p.line})
		}
		if slices.Contains(roots, n) {
			continue // what fn itself asks, Captures has found
		}
		for _, t := range n.fact.rare().tells {
			c.Tells = append(c.Tells, Use{What: t.what, By: n.name(), File: c.relative(n.file.path), Line: t.line})
		}
	}
	if i := slices.IndexFunc(r.order, tellsLine); i >= 0 {
		c.teller = r.order[i]
	}
	if i := slices.IndexFunc(r.order, (*node).mayTellPlace); i >= 0 {
		c.filer = r.order[i]
	}
}

// nodeDigest is that of a declaration's tokens, of what its qualifiers stand
// for, of the constraint on its file and of the files that it embeds.
func (c *Closure) nodeDigest(g *graph, n *node) Digest {
	b := append(c.buf[:0], n.fact.digest[:]...)
	b = append(append(b, n.file.facts.constraint...), 0)
	dotted := false
	for _, q := range n.fact.quals {
		paths := n.meanings(q.x)
		for _, path := range paths {
			b = append(append(append(append(b, q.x...), '='), path...), 0)
		}
		dotted = dotted || len(paths) == 0 && n.mayBeDotted(q.x)
	}
	if dotted || slices.ContainsFunc(n.fact.refs, n.mayBeDotted) {
		b = append(append(b, strings.Join(n.file.dots, " ")...), 0)
	}
	b = append(b, g.links[n].text...)
	if embeds := n.fact.rare().embeds; len(embeds) > 0 {
		b = append(b, c.embedded(g.b, n.pkg.dir, embeds)...)
	}
	c.buf = b
	return sum(b)
}

// addWhole adds the contents of what cannot be taken apart, and the go and
// godebug lines of go.mod, which change what the same tokens do.
func (c *Closure) addWhole(g *graph, r *reach) {
	mods := map[string]bool{}
	for _, p := range g.order {
		live := slices.ContainsFunc(p.nodes, r.has)
		if !live {
			continue
		}
		if l, ok := g.mods.SourceModule(strings.TrimSuffix(p.path, "_test")); ok && !mods[l.Path] {
			mods[l.Path] = true
			c.addModLines(l, g.mods)
		}
		if p.whole == "" {
			continue
		}
		c.Fallback = append(c.Fallback, fmt.Sprintf("all of %s counts: %s", p.path, p.whole))
		for _, s := range p.sums {
			c.Decls = append(c.Decls, Decl{Name: p.path + "/" + s.name, File: c.relative(filepath.Join(p.dir, s.name)), Line: 1, Digest: s.sum})
		}
	}
	if len(g.mods.Godebugs) > 0 {
		c.Decls = append(c.Decls, Decl{Name: "godebug", File: "go.mod", Line: 1, Digest: sum([]byte(strings.Join(g.mods.Godebugs, "\n")))})
	}
}

func (c *Closure) addModLines(l *build.LocalModule, m *build.Modules) {
	if l.GoVersion == "" {
		return
	}
	c.Decls = append(c.Decls, Decl{Name: "go line of " + l.Path, File: c.relative(m.GoFile(l)), Line: max(1, l.GoLine), Digest: sum([]byte(l.GoVersion))})
}

func (c *Closure) digest() Digest {
	h := sha256.New()
	b := c.buf[:0]
	if c.Cause.What != "" {
		b = append(b, "the whole run\n"...)
	}
	for i := range c.Decls {
		d := &c.Decls[i]
		b = append(append(append(b, d.Name...), 0), d.Digest[:]...)
		if len(b) >= 1<<12 {
			h.Write(b)
			b = b[:0]
		}
	}
	for _, m := range c.Modules {
		b = append(append(append(append(b, m.Path...), '@'), m.Version...), 0)
	}
	h.Write(b)
	c.buf = b
	return finish(h)
}

// InTest reports whether the closure is that of the running test too.
func (c *Closure) InTest() bool { return c.test != "" }

// WithoutFiles is the closure without what Unchanged looks at: for who knows by
// other means what was compiled, and which function it is the closure of, which
// Function returns then.
func (c *Closure) WithoutFiles(function string) *Closure {
	bare := *c
	bare.files, bare.env, bare.root, bare.fn = nil, "", "", function
	return &bare
}

// Function is the function that WithoutFiles was given.
func (c *Closure) Function() string { return c.fn }

// Files returns the paths whose state decides that the closure is unchanged.
func (c *Closure) Files() []string {
	var list []string
	for _, f := range c.files {
		list = append(list, f.path)
	}
	return list
}

// unchanged reports whether all files and directories are as they were when
// the closure was found, and so is what else decides what was compiled.
func (c *Closure) unchanged(b *build.Build, r Root) bool {
	if b.NoSource() != "" || c.env != b.Settings() || c.fn != r.Func.place() || c.test != "" && c.test != topLevel(r.Test) {
		return false
	}
	for _, f := range c.files {
		st, err := quiet.StatPath(f.path)
		if absent := f.stat == (quiet.Stat{}); absent || err != nil {
			if absent != (err != nil) {
				return false
			}
			continue
		}
		if st != f.stat || !b.Fresh(st) {
			return false
		}
	}
	return true
}
