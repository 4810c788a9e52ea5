package code

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
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/state"
	"github.com/fixturecache/fixturecache/core/internal/code/world"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Closure is the code that a function can reach, and what is to be known of
// it beside its text.
type Closure struct {
	Digest   Digest
	Decls    []Decl   // sorted by name
	Modules  []Module // external modules reached, with those that they require
	Fallback []string // why it is wider than the declarations reached
	Cause    Use      // what may change state in reach: then the code of the whole run counts; What is "" if nothing may

	// State says that fn reaches package variables that are written while
	// tests run: what it returns may depend on what an earlier test has read.
	State bool
	// Effect is what fn changes in a package variable, and code that could tell
	// that a hit does not: none, or both.
	Effect []Use
	world.Behaviour

	stale   error // an embedded file is not what was compiled
	files   []graph.FileStat
	home    string // the package under test
	env     string // what else decides which source was compiled
	fn      string // the function, by its place
	test    string // the running test, where that is part of the closure
	covered Covered
}

// A Root is the function whose closure is asked for.
type Root struct {
	Func     Func
	Captured Captured // as Captures found it
	Ignored  []string // the names that IgnoreCapture takes out
	Test     string   // t.Name(): the test that is running
	Types    []string // the named types in fn's result, as import/path.Name
	Given    []string // those of the values that are handed to it, which bring their methods
	Covered  Covered  // package variables that cannot matter
	Packages bool     // whole packages count: fn's, and all local ones that it imports
}

// Escalates reports whether fn may run code that its own source does not name:
// what it captures may hold code, or it has no source of its own.
func (r Root) Escalates() bool {
	return r.Func.MethodValue || r.Func.Wrapper || r.Captured.Escalates(r.Ignored...)
}

// start is what the graph is to know of it.
func (r Root) start() graph.Root {
	return graph.Root{File: r.Func.File, Line: r.Func.Line, Wrapper: r.Func.Wrapper, Escalates: r.Escalates(), Determined: r.Captured.Determined,
		Generic: r.Captured.TypeArgs, Test: r.Test, Types: r.Types, ArgTypes: r.Given}
}

// Closure returns the closure of a function of the running test binary. A
// *StaleError says that the source is not what was compiled, in which case
// nothing may be cached; any other error that the closure cannot be known.
func (b *Binary) Closure(r Root, cache Cache) (*Closure, error) {
	if why := b.NoSource(); why != "" {
		return nil, fmt.Errorf("no source: %s", why)
	}
	p, err := b.program(cache)
	if err != nil {
		return nil, err
	}
	roots, inTest, fallback, err := p.graph.Roots(r.start())
	if err != nil {
		return nil, err
	}
	c := p.closure(roots, r.Packages, r.Covered, r.Ignored...)
	if c.stale != nil {
		return nil, c.stale
	}
	if fallback != "" {
		c.Fallback = append(c.Fallback, fallback)
	}
	if r.Captured.AsksName {
		c.HandleUses = append(c.HandleUses, Use{What: facts.HandleName, By: r.Func.Symbol, File: filepath.Base(r.Func.File), Line: r.Func.Line})
	}
	c.env, c.fn = b.Settings(), r.Func.place()
	if inTest {
		c.test = graph.TopLevel(r.Test)
	}
	return c, nil
}

// program returns the code of the test binary, which is loaded once: what was
// compiled does not change while the process lives.
func (b *Binary) program(cache Cache) (*program, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.loaded == nil {
		g, err := graph.Load(b.Build, b.Dir(), cache)
		if err != nil {
			return nil, err
		}
		if err := g.AddLinked(b.Linked()); err != nil {
			return nil, err
		}
		b.loaded = newProgram(g)
	}
	return b.loaded, nil
}

// A program is the graph of a test binary, with what is found out about it.
type program struct {
	mu    sync.Mutex // held while the rest is in use: all of it keeps what it finds out
	graph *graph.Graph
	state *state.Analysis
	world *world.Analysis
}

func newProgram(g *graph.Graph) *program {
	return &program{graph: g, state: state.New(g), world: world.New(g)}
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
func (p *program) closure(roots []*graph.Node, packages bool, told Covered, ignored ...string) *Closure {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, flags := p.graph, p.world.ReadsFlags
	near := g.ReachFrom(roots...)
	near.AddInit()
	found := p.state.InReach(near, told, ignored...)
	r := g.ReachFrom(roots...)
	if packages {
		r.Extend(g.PackagesOf(roots)...)
	}
	r.Complete(flags)
	own := r
	c := &Closure{home: g.Target.Path, State: found.State, covered: told}
	if found.Effect != nil {
		c.Effect = []Use{found.Effect.Change, found.Effect.Reader}
	}
	if found.Cause != nil {
		c.Cause = *found.Cause
		r = g.ReachFrom(append(r.Order[:len(r.Order):len(r.Order)], g.Executed().Order...)...)
		r.Complete(flags)
	}
	c.Modules = r.Modules()
	if called, why := g.CalledBy(c.Modules); len(called) > 0 {
		// What external code calls of ours cannot be told from our source.
		c.Fallback = append(c.Fallback, why...)
		r.Extend(called...)
		r.Complete(flags)
		c.Modules = r.Modules()
	}
	if packages {
		c.Fallback = append(c.Fallback, graph.WholePackages)
	}
	if c.Cause.What == "" {
		own = r
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		c.Behaviour = *p.world.Behaviour(roots, near, found.Early, found.Cause != nil)
	})
	digests := &graph.Digester{Graph: g}
	decls, why := r.Listing(own, digests)
	wg.Wait()
	c.Decls, c.Fallback = append(decls, c.Places(r)...), append(c.Fallback, why...)
	c.State = c.State || c.Kept
	c.files, c.stale = slices.Concat(g.Files, digests.Files), digests.Stale
	sortDecls(c.Decls)
	c.Digest = c.digest()
	return c
}

// sortDecls sorts by name.
func sortDecls(list []Decl) {
	sort.Slice(list, func(i, j int) bool { // SortFunc weighs 15 kB for each type
		a, b := &list[i], &list[j]
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) < 0
	})
}

func (c *Closure) digest() Digest {
	h := sha256.New()
	var b []byte
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
	return codec.DigestOf(h)
}

// Asks reports whether the code may ask for a setting.
func (c *Closure) Asks(setting string) bool {
	return slices.ContainsFunc(c.Settings, func(use Use) bool { return use.What == setting })
}

// InTest reports whether the closure is that of the running test too.
func (c *Closure) InTest() bool { return c.test != "" }

// WithoutFiles is the closure without what Unchanged looks at: for who knows by
// other means what was compiled, and which function it is the closure of, which
// Function returns then.
func (c *Closure) WithoutFiles(function string) *Closure {
	bare := *c
	bare.files, bare.env, bare.fn = nil, "", function
	return &bare
}

// Function is the function that WithoutFiles was given.
func (c *Closure) Function() string { return c.fn }

// Files returns the paths whose state decides that the closure is unchanged.
func (c *Closure) Files() []string {
	var list []string
	for _, f := range c.files {
		list = append(list, f.Path)
	}
	return list
}

// unchanged reports whether all files and directories are as they were when
// the closure was found, and so is what else decides what was compiled.
func (c *Closure) unchanged(b *build.Build, r Root) bool {
	if b.NoSource() != "" || c.env != b.Settings() || c.fn != r.Func.place() || c.test != "" && c.test != graph.TopLevel(r.Test) {
		return false
	}
	for _, f := range c.files {
		st, err := unlogged.StatPath(f.Path)
		if absent := f.Stat == (unlogged.Stat{}); absent || err != nil {
			if absent != (err != nil) {
				return false
			}
			continue
		}
		if st != f.Stat || !b.Fresh(st) {
			return false
		}
	}
	return true
}
