package graph

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A Graph holds every declaration of the local packages of one test binary. One
// goroutine uses it at a time: it keeps what it finds out.
type Graph struct {
	Packages  map[string]*Package
	ByPath    []*Package          // in order of their paths
	Externals map[string]*Package // of other modules, as far as they are loaded
	Target    *Package            // the package under test
	Stale     error               // a file that a declaration embeds is not what was compiled

	// Changers returns the declarations that may change the variables of one after they were
	// made. The node itself stands for all that lead to it, as until package state sets this.
	Changers func(*Node) []*Node
	Judged   int // raised where that may answer otherwise than before

	// ChangedBy returns the variables of the standard library that a declaration may change.
	ChangedBy func(*Node) []External

	b        *build.Build
	mods     *build.Modules
	cache    pack.Cache
	reads    map[string]func() (*pack.Dir, error) // of packages that were or will be added: see readAhead
	match    build.Matcher
	clauses  map[string]string // memory of clauseOf
	ids      int32             // of nodes, as many as there are
	links    map[*Node]*linkEnds
	executed *Reach          // memory of Executed
	start    *Start          // memory of Start
	before   *Led            // memory of RunBeforeTests
	imported map[string]Decl // the first import of each package that does not count by its source, by path
}

// Load reads the packages that a test binary is made of. Those
// that the linker lists, if that is known, are among them although no local
// package imports them: an external module does, or -coverpkg.
func Load(b *build.Build, linked []string, cache pack.Cache) (*Graph, error) {
	mods, err := b.Modules()
	if err != nil {
		return nil, err
	}
	g := &Graph{b: b, mods: mods, cache: cache, match: b.Matcher(), Packages: map[string]*Package{}, Externals: map[string]*Package{},
		reads: map[string]func() (*pack.Dir, error){}, clauses: map[string]string{}, imported: map[string]Decl{}, links: map[*Node]*linkEnds{}, Changers: func(n *Node) []*Node { return []*Node{n} }, ChangedBy: func(*Node) []External { return nil }}
	path := mods.ImportPath(b.Dir)
	if path == "" {
		return nil, fmt.Errorf("%s is in no module that is compiled from its source", b.Dir)
	}
	for _, file := range mods.Files {
		if err := b.CheckFresh(file); err != nil {
			return nil, err
		}
	}
	g.Target = &Package{Path: path, Dir: b.Dir}
	if err := g.load(false, path); err != nil {
		return nil, err
	}
	// A package that this library alone imports is left out: it lies in a vendor
	// directory, or in a module that a replace line names.
	ofMain := slices.DeleteFunc(slices.Clone(linked), func(path string) bool { return !mods.Find(path).Module.Main })
	if err := g.load(true, ofMain...); err != nil {
		return nil, err
	}
	g.finish()
	return g, nil
}

// load adds local packages that are not yet there, and all local ones that they import.
// One that is optional, or counts by its version, may be impossible to read. A package
// that is not what was compiled is an error.
func (g *Graph) load(optional bool, paths ...string) error {
	for g.readAhead(paths); len(paths) > 0; paths = paths[1:] {
		path := paths[0]
		where := g.Find(path)
		if g.Packages[path] != nil || !where.Local || where.Dir == "" {
			continue
		}
		pk, err := g.reads[path]()
		switch {
		case err != nil && (optional || where.Module.Version.Version != ""):
			continue
		case err != nil: // imported, yet not there: it did not compile, or not from here
			return fmt.Errorf("package %s: %w", path, err)
		}
		imports, err := g.add(path, pk)
		if err != nil {
			return err
		}
		g.readAhead(imports)
		paths = append(paths, imports...)
	}
	return nil
}

// readAhead begins to read packages whose source is at hand, side by side.
func (g *Graph) readAhead(paths []string) {
	for _, path := range paths {
		where, tested := g.Find(path), path == g.Target.Path
		if g.reads[path] != nil || where.Dir == "" {
			continue
		}
		name := strings.TrimSuffix(path+"@"+where.Module.Version.Version, "@")
		g.reads[path] = sync.OnceValues(func() (*pack.Dir, error) { return g.read(name, where.Dir, tested) })
		go g.reads[path]()
	}
}

// add adds a package, with its external test package if there is one, and returns
// what they import.
func (g *Graph) add(path string, pk *pack.Dir) (imports []string, err error) {
	where, tests := g.Find(path), path == g.Target.Path
	if err := g.vouch(where.Dir, pk); err != nil {
		return nil, err
	}
	compiled := func(f *facts.File) bool { return g.compiles(f) || tests && g.b.FromFiles }
	isOwn := func(name string) bool {
		return slices.ContainsFunc(pk.Files, func(f pack.File) bool {
			return f.Facts() != nil && f.Facts().Package == name && !f.Facts().IsTest() && compiled(f.Facts())
		})
	}
	part := func(path string, external bool) *Package {
		return g.newPackage(path, where.Dir, pk, func(f *facts.File) bool {
			return syntax.IsExternalTest(f.Name, f.Package, isOwn) == external && compiled(f)
		})
	}
	p, external := part(path, false), part(path+"_test", true)
	if tests {
		g.Target = p
	}
	for _, f := range pk.Files {
		if f.Facts() == nil && filepath.Ext(f.Name) != ".go" {
			p.sums = append(p.sums, f)
		}
	}
	p.judge()
	g.Packages[path], p.versioned = p, where.Module.Version.Version != ""
	if len(external.Files) > 0 {
		external.judge()
		g.Packages[external.Path] = external
	}
	return slices.Concat(p.imports, external.imports), nil
}

// vouch fails if a directory or one of its files is not what was compiled.
func (g *Graph) vouch(dir string, pk *pack.Dir) error {
	var names []string
	moved := g.b.Moved()
	for _, f := range pk.Files {
		if path := filepath.Join(dir, f.Name); !g.b.Fresh(f.Stat) || moved(path) {
			return &build.StaleError{Path: path, Stat: f.Stat}
		}
		names = append(names, f.Name)
	}
	if !g.b.FreshDir(dir, pk.Stat, names) {
		return &build.StaleError{Path: dir, Stat: pk.Stat}
	}
	return nil
}

// compiles reports whether the build compiles a file.
func (g *Graph) compiles(f *facts.File) bool {
	return g.match.Match(f.Name, f.Constraint) && (g.match.Set("cgo") || !f.Cgo)
}

// read reads a package, with its tests if it is that under test.
func (g *Graph) read(name, dir string, tested bool) (*pack.Dir, error) {
	match := &g.match
	if tested && g.b.FromFiles {
		match = nil // any file may have been named to go test
	}
	return pack.Load(name, dir, g.cache, match, tested)
}

// Alone returns a package that is in no graph, nil where not all of it can be read. Of the
// package under test it has the files with the package clause; of another, for which
// clause is "", it leaves out the tests.
func Alone(b *build.Build, path, dir, clause string, cache pack.Cache) *Package {
	g := &Graph{b: b, match: b.Matcher(), mods: &build.Modules{}, cache: cache}
	pk, err := g.read(path, dir, clause != "")
	if err != nil {
		return nil
	}
	p := g.newPackage(path, dir, pk, func(f *facts.File) bool { return clause == "" || f.Package == clause })
	if slices.ContainsFunc(p.Files, func(f *File) bool { return f.Facts.Broken }) {
		return nil
	}
	return p
}

// Find returns where the package of an import path is compiled from.
func (g *Graph) Find(path string) build.Place { return g.mods.Find(path) }

// finish resolves all declarations, when all packages are there.
func (g *Graph) finish() {
	for _, path := range slices.Sorted(maps.Keys(g.Packages)) {
		g.ByPath = append(g.ByPath, g.Packages[path])
		g.resolveImports(g.Packages[path])
	}
	g.resolveLinks()
	for _, n := range g.All() {
		g.Resolve(n)
	}
}
