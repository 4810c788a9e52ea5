package graph

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Graph holds every declaration of the local packages of one test binary.
type Graph struct {
	b         *build.Build
	mods      *build.Modules
	cache     pack.Cache
	match     build.Matcher
	Packages  map[string]*Package
	places    map[string]build.Place // memory of find
	ahead     map[string]*loaded     // by directory, while the graph is loaded
	ByPath    []*Package             // in order of their paths, after load
	Target    *Package               // the package under test
	Files     []FileStat
	ids       atomic.Int32 // of nodes, as many as there are
	leadIn    [][]*Node    // memory of LeadingTo, by id
	links     map[*Node]linkEnds
	clauses   map[string]string   // memory of clauseOf
	callers   map[string][]string // local packages that external modules import, and which do
	runs      *Reach              // memory of executed
	runsEarly *Reach              // memory of early
	byTests   *Reach              // memory of RunByTests
	abroad    *Graph              // external packages, loaded as they are reached
	outlooks  map[External]*Outlook
	flagUnits []*Node // units that define flags
	eager     []*Node // units that run whatever the root: they touch the world
	prepared  bool    // flagUnits, eager and registering are there
	imports   []Decl  // imports that count whatever the root
}

// A Package is a package of the graph. That under test holds its internal test
// files; its external test package is a package of its own, p_test.
type Package struct {
	Path     string
	Dir      string
	Name     string
	External bool // of the module cache: followed for what it calls, not for its text
	Files    []*File
	Nodes    []*Node
	Decls    map[string][]*Node
	methods  map[string][]*Node // by the name of the receiver's type
	aliases  []*Node
	Whole    string     // why all of it counts if any of it does
	sums     []namedSum // contents that count with it: assembly, C, files that do not parse
	imports  []string
	Shadows  uint32 // predeclared identifiers that it declares, as bits
}

type namedSum struct {
	name string
	sum  codec.Digest
}

// A File is a file of a package.
type File struct {
	Facts *facts.File
	Path  string
	Names map[string]string // qualifier -> import path, where the name of the package is certain
	likes map[string]string // the same where it is guessed from the path
	Vague []string          // imports whose package name is not certain
	Dots  []string
}

// A Node is a declaration in the graph.
type Node struct {
	id        int32 // within a graph, external ones apart
	Package   *Package
	File      *File
	Fact      *facts.Decl
	Edges     []*Node
	Externals []External
	done      bool // edges and ext are there

	literal bool // made for a function literal: it is in no list but a reach
}

// An External is the mention of something outside the graph; name is "" for the
// package as a whole.
type External struct {
	Path, Name string
	Line       int // where it is first mentioned
}

// A FileStat is a file or directory whose state decides that a closure is
// unchanged.
type FileStat struct {
	Path string
	Stat unlogged.Stat // zero if it must be absent
}

// Load reads the packages that the test binary of a directory is made of.
func Load(b *build.Build, dir string, cache pack.Cache) (*Graph, error) {
	mods, err := b.Modules()
	if err != nil {
		return nil, err
	}
	if cache == nil {
		cache = pack.NoCache{}
	}
	g := &Graph{b: b, mods: mods, cache: cache, match: b.Matcher(), Packages: map[string]*Package{}, places: map[string]build.Place{}}
	path := mods.ImportPath(dir)
	if path == "" {
		return nil, fmt.Errorf("%s is in no module that is compiled from its source", dir)
	}
	if err := g.addModuleFiles(); err != nil {
		return nil, err
	}
	g.ahead = g.prefetch(path, dir)
	if err := g.load(path, dir, true); err != nil {
		return nil, err
	}
	g.ahead = nil
	g.Target = g.Packages[path]
	g.finish()
	return g, nil
}

func (g *Graph) addModuleFiles() error {
	for _, file := range g.mods.Files {
		st, err := unlogged.StatPath(file)
		if err != nil || !g.b.Fresh(st) {
			return &build.StaleError{Path: file}
		}
		g.Files = append(g.Files, FileStat{file, st})
	}
	for _, file := range g.mods.Absent {
		g.Files = append(g.Files, FileStat{Path: file})
	}
	return nil
}

// load adds the package in dir and all local ones that it imports.
func (g *Graph) load(path, dir string, tests bool) error {
	if g.Packages[path] != nil {
		return nil
	}
	pk, err := g.pack(path, dir, tests)
	if err != nil {
		// Imported, yet not there: it did not compile, or not from here.
		return fmt.Errorf("package %s: %w", path, err)
	}
	if err := g.vouch(dir, pk); err != nil {
		return err
	}
	p := newPkg(path, dir)
	g.Packages[path] = p
	var xtest *Package
	for i := range pk.Files {
		f := &pk.Files[i]
		if f.Facts == nil {
			p.sums = append(p.sums, namedSum{f.Name, f.Sum})
			continue
		}
		if f.Facts.IsTest() && !tests || !g.compiles(f.Facts) && !(tests && g.b.FromFiles()) {
			continue
		}
		to := p
		if f.Facts.External() {
			if xtest == nil {
				xtest = newPkg(path+"_test", dir)
				g.Packages[xtest.Path] = xtest
			}
			to = xtest
		}
		to.add(f)
	}
	p.judge()
	if xtest != nil {
		xtest.judge()
	}
	return g.loadImports(p, xtest)
}

// compiles reports whether the build compiles a file.
func (g *Graph) compiles(f *facts.File) bool {
	return g.match.Match(f.Name, f.Constraint) && (g.match.Set("cgo") || f.Flags&facts.FileCgo == 0)
}

// wants says which files of a directory the graph is made of.
func (g *Graph) wants(tests bool) pack.Filter {
	if tests && g.b.FromFiles() {
		return pack.Filter{Matcher: nil, Tests: tests} // any file may have been named to go test
	}
	return pack.Filter{Matcher: &g.match, Tests: tests}
}

// pack returns the facts of a package, which are there already for most.
func (g *Graph) pack(path, dir string, tests bool) (*pack.Dir, error) {
	if l := g.ahead[dir]; l != nil {
		return l.pk, l.err
	}
	return pack.Load(path, dir, g.cache, g.wants(tests))
}

// finding guards the places of all graphs, of which a graph shares its own with
// that of external packages.
var finding sync.Mutex

// Find is Modules.Find, which may ask the file system, once for a path. What a
// closure does and what it imports are found at the same time, and both ask.
func (g *Graph) Find(path string) build.Place {
	finding.Lock()
	defer finding.Unlock()
	where, ok := g.places[path]
	if !ok {
		where = g.mods.Find(path)
		g.places[path] = where
	}
	return where
}

// vouch notes the stat of a directory and its files, and fails if one of them
// is not what was compiled.
func (g *Graph) vouch(dir string, pk *pack.Dir) error {
	names := make([]string, len(pk.Files))
	for i := range pk.Files {
		names[i] = pk.Files[i].Name
	}
	if !g.b.FreshDir(dir, pk.Stat, names) {
		return &build.StaleError{Path: dir}
	}
	g.Files = append(g.Files, FileStat{dir, pk.Stat})
	for _, f := range pk.Files {
		path := filepath.Join(dir, f.Name)
		if !g.b.Fresh(f.Stat) {
			return &build.StaleError{Path: path}
		}
		g.Files = append(g.Files, FileStat{path, f.Stat})
	}
	return nil
}

func newPkg(path, dir string) *Package {
	return &Package{Path: path, Dir: dir, Decls: map[string][]*Node{}, methods: map[string][]*Node{}}
}

func (p *Package) add(f *pack.File) {
	src := &File{Facts: f.Facts, Path: filepath.Join(p.Dir, f.Name)}
	p.Files = append(p.Files, src)
	if p.Name == "" {
		p.Name = f.Facts.Package
	}
	for _, imp := range f.Facts.Imports {
		if !slices.Contains(p.imports, imp.Path) {
			p.imports = append(p.imports, imp.Path)
		}
	}
	if f.Facts.Flags&facts.FileRaw != 0 {
		p.sums = append(p.sums, namedSum{f.Name, f.Sum})
	}
	nodes := make([]Node, len(f.Facts.Decls))
	for i := range nodes {
		n := &nodes[i]
		n.Package, n.File, n.Fact = p, src, &f.Facts.Decls[i]
		p.Nodes = append(p.Nodes, n)
		if n.Fact.Kind == facts.KindMethod {
			p.methods[n.Fact.Acts().Recv] = append(p.methods[n.Fact.Acts().Recv], n)
			continue
		}
		if n.Fact.Flags&facts.DeclAlias != 0 {
			p.aliases = append(p.aliases, n)
		}
		for j := range n.Fact.Count() {
			name := n.Fact.NameAt(j).Name
			if name == "_" || n.Fact.Kind == facts.KindInit {
				continue
			}
			p.Decls[name] = append(p.Decls[name], n)
			p.Shadows |= facts.UniverseBit(name)
		}
	}
}

// judge decides whether a package can be taken apart.
func (p *Package) judge() {
	for _, f := range p.Files {
		flags := f.Facts.Flags
		switch {
		case flags&facts.FileBroken != 0:
			p.Whole = f.Facts.Name + " does not parse"
		case flags&facts.FileCgo != 0:
			p.Whole = f.Facts.Name + " uses cgo"
		}
	}
	if p.Whole == "" && len(p.Files) > 0 && slices.ContainsFunc(p.sums, p.isForeign) {
		p.Whole = "it holds code that is not Go"
	}
}

// isForeign reports whether a file holds code of another language that is part
// of the build. Stray C files do not, without cgo; assembly does, but for the
// file that is there to let functions be declared without a body.
func (p *Package) isForeign(s namedSum) bool {
	switch ext := filepath.Ext(s.name); ext {
	case ".s", ".S", ".sx":
		src, err := unlogged.ReadFile(filepath.Join(p.Dir, s.name))
		return err != nil || len(syntax.AppendTokens(nil, src)) > 0
	case ".syso":
		return true
	default:
		return strings.HasPrefix(ext, ".swig")
	}
}

func (g *Graph) loadImports(pkgs ...*Package) error {
	for _, p := range pkgs {
		if p == nil {
			continue
		}
		for _, path := range p.imports {
			where := g.Find(path)
			if !where.Local || where.Dir == "" {
				continue
			}
			if err := g.load(path, where.Dir, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// Name returns how a declaration is called in messages and by the deps command.
func (n *Node) Name() string { return n.NameOf(0) }

// NameOf returns the same for the i-th of the names that it declares.
//
//go:noinline
func (n *Node) NameOf(i int) string {
	if n.Fact == nil {
		return "fn"
	}
	name := n.Fact.NameAt(i).Name
	if n.Fact.Kind != facts.KindMethod {
		return n.Package.Path + "." + name
	}
	if n.Fact.Flags&facts.DeclPointer != 0 {
		return n.Package.Path + ".(*" + n.Fact.Acts().Recv + ")." + name
	}
	return n.Package.Path + ".(" + n.Fact.Acts().Recv + ")." + name
}
