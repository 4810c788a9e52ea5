package source

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A graph holds every declaration of the local packages of one test binary.
type graph struct {
	b           *build.Build
	mods        *build.Modules
	cache       Cache
	match       build.Matcher
	packages    map[string]*pkg
	places      map[string]build.Place // memory of find
	ahead       map[string]*loaded     // by directory, while the graph is loaded
	order       []*pkg                 // in order of their paths, after load
	target      *pkg                   // the package under test
	files       []fileStat
	ids         atomic.Int32 // of nodes, as many as there are
	leadIn      [][]*node    // memory of leadingTo, by id
	links       map[*node]linkEnds
	clauses     map[string]string   // memory of clauseOf
	callers     map[string][]string // local packages that external modules import, and which do
	runs        *reach              // memory of executed
	runsEarly   *reach              // memory of early
	abroad      *graph              // external packages, loaded as they are reached
	flagUnits   []*node             // units that define flags
	eager       []*node             // units that run whatever the root: they touch the world
	prepared    bool                // flagUnits, eager and registering are there
	registering []Decl              // imports that count whatever the root
}

// A pkg is a package of the graph. That under test holds its internal test
// files; its external test package is a package of its own, p_test.
type pkg struct {
	path     string
	dir      string
	name     string
	external bool // of the module cache: followed for what it calls, not for its text
	files    []*srcFile
	nodes    []*node
	decls    map[string][]*node
	methods  map[string][]*node // by the name of the receiver's type
	aliases  []*node
	whole    string     // why all of it counts if any of it does
	sums     []namedSum // contents that count with it: assembly, C, files that do not parse
	imports  []string
	shadows  uint32 // predeclared identifiers that it declares, as bits
}

type namedSum struct {
	name string
	sum  Digest
}

// A srcFile is a file of a package.
type srcFile struct {
	facts *fileFacts
	path  string
	names map[string]string // qualifier -> import path, where the name of the package is certain
	likes map[string]string // the same where it is guessed from the path
	vague []string          // imports whose package name is not certain
	dots  []string
}

// A node is a declaration in the graph.
type node struct {
	id    int32 // within a graph, external ones apart
	pkg   *pkg
	file  *srcFile
	fact  *declFact
	edges []*node
	ext   []extRef
	done  bool // edges and ext are there

	literal bool // made for a function literal: it is in no list but a reach
}

// An extRef is the mention of something outside the graph; name is "" for the
// package as a whole.
type extRef struct {
	path, name string
	line       int // where it is first mentioned
}

// A fileStat is a file or directory whose state decides that a closure is
// unchanged.
type fileStat struct {
	path string
	stat quiet.Stat // zero if it must be absent
}

// loadGraph reads the packages that the test binary of a directory is made of.
func loadGraph(b *build.Build, dir string, cache Cache) (*graph, error) {
	mods, err := b.Modules()
	if err != nil {
		return nil, err
	}
	if cache == nil {
		cache = noCache{}
	}
	g := &graph{b: b, mods: mods, cache: cache, match: b.Matcher(), packages: map[string]*pkg{}, places: map[string]build.Place{}}
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
	g.target = g.packages[path]
	g.finish()
	return g, nil
}

func (g *graph) addModuleFiles() error {
	for _, file := range g.mods.Files {
		st, err := quiet.StatPath(file)
		if err != nil || !g.b.Fresh(st) {
			return &build.StaleError{Path: file}
		}
		g.files = append(g.files, fileStat{file, st})
	}
	for _, file := range g.mods.Absent {
		g.files = append(g.files, fileStat{path: file})
	}
	return nil
}

// load adds the package in dir and all local ones that it imports.
func (g *graph) load(path, dir string, tests bool) error {
	if g.packages[path] != nil {
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
	g.packages[path] = p
	var xtest *pkg
	for i := range pk.files {
		f := &pk.files[i]
		if f.facts == nil {
			p.sums = append(p.sums, namedSum{f.name, f.sum})
			continue
		}
		if f.facts.isTest() && !tests || !g.compiles(f.facts) && !(tests && g.b.FromFiles()) {
			continue
		}
		to := p
		if f.facts.external() {
			if xtest == nil {
				xtest = newPkg(path+"_test", dir)
				g.packages[xtest.path] = xtest
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
func (g *graph) compiles(f *fileFacts) bool {
	return g.match.Match(f.name, f.constraint) && (g.match.Set("cgo") || f.flags&fileCgo == 0)
}

// wants says which files of a directory the graph is made of.
func (g *graph) wants(tests bool) wants {
	if tests && g.b.FromFiles() {
		return wants{nil, tests} // any file may have been named to go test
	}
	return wants{&g.match, tests}
}

// pack returns the facts of a package, which are there already for most.
func (g *graph) pack(path, dir string, tests bool) (*pack, error) {
	if l := g.ahead[dir]; l != nil {
		return l.pk, l.err
	}
	return loadPack(path, dir, g.cache, g.wants(tests))
}

// finding guards the places of all graphs, of which a graph shares its own with
// that of external packages.
var finding sync.Mutex

// find is Modules.Find, which may ask the file system, once for a path. What a
// closure does and what it imports are found at the same time, and both ask.
func (g *graph) find(path string) build.Place {
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
func (g *graph) vouch(dir string, pk *pack) error {
	names := make([]string, len(pk.files))
	for i := range pk.files {
		names[i] = pk.files[i].name
	}
	if !g.b.FreshDir(dir, pk.dir, names) {
		return &build.StaleError{Path: dir}
	}
	g.files = append(g.files, fileStat{dir, pk.dir})
	for _, f := range pk.files {
		path := filepath.Join(dir, f.name)
		if !g.b.Fresh(f.stat) {
			return &build.StaleError{Path: path}
		}
		g.files = append(g.files, fileStat{path, f.stat})
	}
	return nil
}

func newPkg(path, dir string) *pkg {
	return &pkg{path: path, dir: dir, decls: map[string][]*node{}, methods: map[string][]*node{}}
}

func (p *pkg) add(f *packFile) {
	src := &srcFile{facts: f.facts, path: filepath.Join(p.dir, f.name)}
	p.files = append(p.files, src)
	if p.name == "" {
		p.name = f.facts.pkg
	}
	for _, imp := range f.facts.imports {
		if !slices.Contains(p.imports, imp.path) {
			p.imports = append(p.imports, imp.path)
		}
	}
	if f.facts.flags&fileRaw != 0 {
		p.sums = append(p.sums, namedSum{f.name, f.sum})
	}
	nodes := make([]node, len(f.facts.decls))
	for i := range nodes {
		n := &nodes[i]
		n.pkg, n.file, n.fact = p, src, &f.facts.decls[i]
		p.nodes = append(p.nodes, n)
		if n.fact.kind == kindMethod {
			p.methods[n.fact.does().recv] = append(p.methods[n.fact.does().recv], n)
			continue
		}
		if n.fact.flags&declAlias != 0 {
			p.aliases = append(p.aliases, n)
		}
		for j := range n.fact.count() {
			name := n.fact.nameAt(j).name
			if name == "_" || n.fact.kind == kindInit {
				continue
			}
			p.decls[name] = append(p.decls[name], n)
			p.shadows |= universeBit(name)
		}
	}
}

// judge decides whether a package can be taken apart.
func (p *pkg) judge() {
	for _, f := range p.files {
		flags := f.facts.flags
		switch {
		case flags&fileBroken != 0:
			p.whole = f.facts.name + " does not parse"
		case flags&fileCgo != 0:
			p.whole = f.facts.name + " uses cgo"
		}
	}
	if p.whole == "" && len(p.files) > 0 && slices.ContainsFunc(p.sums, p.isForeign) {
		p.whole = "it holds code that is not Go"
	}
}

// isForeign reports whether a file holds code of another language that is part
// of the build. Stray C files do not, without cgo; assembly does, but for the
// file that is there to let functions be declared without a body.
func (p *pkg) isForeign(s namedSum) bool {
	switch ext := filepath.Ext(s.name); ext {
	case ".s", ".S", ".sx":
		src, err := quiet.ReadFile(filepath.Join(p.dir, s.name))
		return err != nil || len(appendTokens(nil, src)) > 0
	case ".syso":
		return true
	default:
		return strings.HasPrefix(ext, ".swig")
	}
}

func (g *graph) loadImports(pkgs ...*pkg) error {
	for _, p := range pkgs {
		if p == nil {
			continue
		}
		for _, path := range p.imports {
			where := g.find(path)
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

// name returns how a declaration is called in messages and by the deps command.
func (n *node) name() string { return n.nameOf(0) }

// nameOf returns the same for the i-th of the names that it declares.
//
//go:noinline
func (n *node) nameOf(i int) string {
	if n.fact == nil {
		return "fn"
	}
	name := n.fact.nameAt(i).name
	if n.fact.kind != kindMethod {
		return n.pkg.path + "." + name
	}
	if n.fact.flags&declPointer != 0 {
		return n.pkg.path + ".(*" + n.fact.does().recv + ")." + name
	}
	return n.pkg.path + ".(" + n.fact.does().recv + ")." + name
}
