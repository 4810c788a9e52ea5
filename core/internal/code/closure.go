package code

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/state"
	"github.com/fixturecache/fixturecache/core/internal/code/world"
)

// A Closure is the code that a function can reach, and what is known of it beside its
// text.
type Closure struct {
	Digest   Digest
	Modules  []Module // external modules reached, with those that they require
	Fallback []string // why it is wider than the declarations reached
	Cause    Use      // code that may change state in reach, for which the code of the whole run counts; What is "" if none may
	Also     []string // more such state, as far as a message holds it

	// State says that fn reaches package variables that are written while
	// tests run: what it returns may depend on what an earlier test has read.
	State          bool
	UsesCallerInfo bool // it asks where its source lies
	// Turn is the test that the function was called by, where only what ran until
	// that had ended can have changed state in reach; ByTurn says that it may differ
	// for another test.
	Turn    Turn
	ByTurn  bool
	Effects []Use // changes of package variables by fn, which a hit would not make
	world.Behaviour

	Home     string  // the package under test
	InTest   bool    // it is that of the running test too
	Function string  // which of several in a line it is the closure of, as the caller calls it
	Covered  Covered // the variables that the caller answered for
	decls    []Decl  // sorted by name
	encoded  string  // decls as they stand in a record
}

// A Root is the function whose closure is asked for.
type Root struct {
	Func     Func
	Captured Captured // the answer of Captures
	Ignored  []string // the names that IgnoreCapture takes out
	Test     string   // t.Name(): the test that is running
	Turn     Turn     // of a test, where none that package testing runs after it can have begun
	Types    []string // the named types in fn's result, as the linker spells them
	ArgTypes []string // the named types of the values that are handed to it, which bring their methods
	Package  string   // the package of the call
	Packages bool     // whole packages count: fn's, and all local ones that it imports
}

// roots returns the declarations that the closure of a function begins with, whether the
// running test is among them, and why they are more than a closer look would need.
//
// A literal is its own root, with the definitions that give the constants it uses: all else
// that it captures is told. It may run code that its own source does not name where a value
// is left out that may hold code, or where it has no source of its own: then the declaration
// around it and the running test count too, whose closures hold what they built and handed
// over. The types of the values that are handed to it are roots: it may call their methods
// through an interface.
func (p *program) roots(r Root) (nodes []*graph.Node, inTest bool, fallback string, err error) {
	g, escalates := p.graph, r.Func.Wrapper || r.Captured.Escalates(r.Ignored...)
	if !r.Captured.TypeArgs {
		r.Types = nil
	}
	inTest = escalates || slices.ContainsFunc(r.Types, g.IsUnknown) || slices.ContainsFunc(r.ArgTypes, graph.IsInFunction)
	if file := g.FileAt(r.Func.File); file != nil && !r.Func.Wrapper {
		nodes = r.Captured.literals(g, file)
		if len(nodes) == 0 || escalates {
			nodes = append(nodes, file.Spanning(r.Func.Line)...)
		}
	}
	if nodes == nil && !r.Func.Wrapper {
		return nil, inTest, "", fmt.Errorf("%s is not among the local files that are known to be compiled", filepath.Base(r.Func.File))
	}
	if inTest {
		name, _, _ := strings.Cut(r.Test, "/")
		test := g.Functions(name)
		if test == nil {
			test, fallback = g.All(), fmt.Sprintf("no test function %s in the source: all local code counts", name)
		}
		nodes = append(nodes, test...)
	}
	nodes, why := g.WithTypes(nodes, slices.Concat(r.Types, r.ArgTypes)...)
	return nodes, inTest, cmp.Or(fallback, why), nil
}

// covered returns the package variables that the call answers for. A name that it ignores
// stands for a captured value of that name, or for a variable of the package that its file
// imports by the name before the dot, if there is one.
func (r Root) covered(g *graph.Graph) Covered {
	c := Covered{Package: r.Package, Same: r.Captured.Same, Told: g.Named(r.Captured.site, r.Captured.Outer)}
	for _, name := range r.Ignored {
		dot := strings.LastIndexByte(name, '.')
		full := g.Named(r.Captured.site, []facts.Mention{{X: name[:max(dot, 0)], Sel: name[dot+1:]}})
		switch {
		case slices.ContainsFunc(r.Captured.Values, func(v capture.Value) bool { return v.Name == name || strings.HasPrefix(v.Name, name+".") }):
		case dot > 0 && len(full) > 0:
			c.Resolved = append(c.Resolved, full...)
		default:
			c.Ignored = append(c.Ignored, name)
		}
	}
	return c
}

// Closure returns the closure of a function of the running test binary. A
// *StaleError says that the source is not what was compiled, in which case
// nothing may be cached; any other error that the closure cannot be known.
func (b *Binary) Closure(r Root, cache Cache) (*Closure, error) {
	if why := b.NoSource(); why != "" {
		return nil, fmt.Errorf("no source: %s", why)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p, err := b.program(cache)
	if err != nil {
		return nil, err
	}
	if err := r.Captured.Undecided; err != nil && !r.Func.Wrapper {
		return nil, err
	}
	roots, inTest, fallback, err := p.roots(r)
	if err != nil {
		return nil, err
	}
	p.graph.Stale = nil // files that another function embeds do not matter to this one
	c := p.closure(roots, r.Packages, r.Turn, r.covered(p.graph))
	if err := p.graph.Stale; err != nil {
		return nil, err
	}
	if c.InTest = inTest; fallback != "" {
		c.Fallback = append(c.Fallback, fallback)
	}
	return c, nil
}

// program returns the code of the test binary, which is loaded once: what was
// compiled does not change while the process lives. The caller holds b.mu for as
// long as it looks at it: all parts of it keep what they find out.
func (b *Binary) program(cache Cache) (*program, error) {
	if b.loaded == nil {
		g, err := graph.Load(b.Build, b.Linked(), cache)
		if err != nil {
			return nil, err
		}
		b.loaded = &program{g, state.New(g), world.New(g)}
	}
	return b.loaded, nil
}

// A program is the graph of a test binary, with its analyses.
type program struct {
	graph *graph.Graph
	state *state.Analysis
	world *world.Analysis
}

// closure collects what can be reached from the roots. With packages, all
// declarations of the roots' packages and of those that they import are part of
// it; what it does beside computing is still only what the roots do. turn names the
// test that calls the function, where none that follows can have begun.
func (p *program) closure(roots []*graph.Node, packages bool, turn Turn, told Covered) *Closure {
	g := p.graph
	r := g.ReachFrom(roots...)
	found := p.state.InReach(r, told)
	c := &Closure{Home: g.Target.Path, Covered: told, Effects: found.Effects, Behaviour: *p.world.Behaviour(roots, r, found.Early)}
	executed, user := c.takeTurn(p, found, turn), r.FindCallerInfo(true)
	if packages { // their text counts, and not what they do
		r.Extend(g.PackagesOf(roots)...)
		c.Fallback = append(c.Fallback, graph.WholePackages)
	}
	r.Complete()
	own, user := len(r.Order), cmp.Or(user, r.FindCallerInfo(false))
	if executed != nil {
		user = cmp.Or(user, executed.FindCallerInfo(true))
		r.Extend(executed.Order...)
		r.Complete()
	}
	if c.UsesCallerInfo = user != nil; slices.Contains(slices.Concat(told.Ignored, told.Resolved), callerInfo) {
		user = nil
	}
	c.Modules = g.Modules()
	if executed != nil {
		c.AddRun(p.world, executed, p.state.Early(executed, told))
	}
	c.Settings = append(c.Settings, r.Included()...)
	c.State = found.State || executed != nil || c.Kept
	decls, why := r.Listing(own, user)
	c.decls, c.Fallback = decls, append(c.Fallback, why...)
	if executed != nil {
		c.decls = append(c.decls, r.OrderOfTests())
	}
	sort.Slice(c.decls, func(i, j int) bool { // SortFunc weighs 15 kB for each type
		a, b := &c.decls[i], &c.decls[j]
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) < 0
	})
	c.Digest = c.digest()
	return c
}

// takeTurn finds the code that may have changed state in reach of the function before it
// is called, and returns all code that has run by then, nil if none may have.
func (c *Closure) takeTurn(p *program, found *state.Search, turn Turn) *graph.Reach {
	if c.ByTurn = len(found.Causes(p.graph.Executed(), 1)) > 0; !c.ByTurn {
		return nil
	}
	executed, sure := p.graph.UpTo(turn)
	if c.Turn = turn; !sure {
		c.Turn.Test = ""
	}
	causes := found.Causes(executed, state.MaxCauses)
	if len(causes) == 0 {
		return nil
	}
	c.Cause, c.Also = causes[0], variables(causes[1:])
	return executed
}

func (c *Closure) digest() Digest {
	b := make([]byte, 0, 200*len(c.decls))
	if c.Cause.What != "" {
		b = append(b, "the whole run\n"...)
	}
	for i := range c.decls {
		d := &c.decls[i]
		b = append(append(b, d.Name...), 0)
		b = append(append(append(b, d.Digest[:]...), d.Imports...), 0)
	}
	for _, m := range c.Modules {
		b = fmt.Appendf(b, "%s@%s %s\x00", m.Path, m.Version, m.Sum)
	}
	return codec.Sum(b)
}

// DependsOn reports whether the code may ask for a setting.
//
//go:noinline // inlined, it adds 6.5 kB to each test binary
func (c *Closure) DependsOn(setting string) bool {
	return slices.ContainsFunc(c.Settings, func(use Use) bool { return use.What == setting })
}

// closureVersion begins each record of a closure.
const closureVersion = "fixturecache closure 49\n"

// A keptClosure is a closure as a record keeps it, with its declarations in one string.
type keptClosure struct {
	Closure
	Decls string
}

// Encode returns the closure as text that DecodeClosure reads. The caller guards it
// against damage.
func (c *Closure) Encode() string {
	kept := keptClosure{*c, c.encoded}
	kept.InTest, kept.ByTurn = false, false // they are found out anew
	if kept.Decls == "" {
		kept.Decls = string(codec.Write("", &c.decls))
	}
	return string(codec.Write(closureVersion, &kept))
}

// Decls returns the declarations of the closure, sorted by name. A hit does not need
// them, so they are decoded only here.
func (c *Closure) Decls() (list []Decl) {
	if c.encoded == "" {
		return c.decls
	}
	if codec.Read("", c.encoded, &list) != nil {
		return nil
	}
	return list
}

// Embeds reports whether the code has a file, or one below a directory, embedded.
func (c *Closure) Embeds(name string) bool {
	return slices.ContainsFunc(c.Decls(), func(d Decl) bool {
		return strings.HasPrefix(d.Name, graph.Embedded) && strings.HasPrefix(d.File+"/", name+"/")
	})
}

// DecodeClosure reads what Encode wrote. It is safe on any text.
func DecodeClosure(data string) (*Closure, error) {
	kept := keptClosure{}
	if err := codec.Read(closureVersion, data, &kept); err != nil {
		return nil, err
	}
	kept.encoded = kept.Decls
	return &kept.Closure, nil
}
