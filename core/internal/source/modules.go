package source

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// modules are the modules that a build is made of, found without go list.
type modules struct {
	own      bool   // this library's own tests: its code counts
	root     string // directory of the main module; relative names count from here
	local    []*localModule
	version  map[string]module.Version // path of an external module -> what is used for it
	vendor   string                    // vendor directory in use, or ""
	vendored map[string]*localModule   // import path -> module, of what lies there
	work     string                    // go.work in use, or ""
	cache    string                    // GOMODCACHE
	required map[module.Version][]string
	files    []string // what was read to know this
	absent   []string // what would have changed it, had it been there
	godebugs []string // go, toolchain and godebug lines, which change what code means
}

// A localModule is followed into its source; all others count by version.
type localModule struct {
	path      string
	dir       string
	goVersion string // of its go line, "" without one
	goLine    int    // where that stands; 0 in vendor/modules.txt
	main      bool
}

// setGo keeps what a go.mod says in its go line.
func (l *localModule) setGo(goLine *modfile.Go) {
	if goLine != nil {
		l.goVersion, l.goLine = goLine.Version, goLine.Syntax.Start.Line
	}
}

var errNoModule = errors.New("no go.mod found")

// loadModules reads go.work, go.mod and vendor/modules.txt as the go command
// did that was started in flags.dir, or else in dir.
func loadModules(dir string, flags goFlags) (*modules, error) {
	from := dir
	if flags.dir != "" {
		from = flags.dir
	}
	m := &modules{version: map[string]module.Version{}, cache: flags.modCache()}
	if err := m.load(from, flags); err != nil {
		return nil, err
	}
	m.own = strings.HasPrefix(m.importPath(dir)+"/", "github.com/fixturecache/fixturecache/")
	slices.SortFunc(m.local, func(a, b *localModule) int { return strings.Compare(a.path, b.path) })
	return m, nil
}

func (m *modules) load(from string, flags goFlags) error {
	if m.work = m.findWork(from, flags.gowork); m.work != "" {
		return m.loadWork(flags)
	}
	root, ok := m.findUp(from, "go.mod", nil)
	if !ok {
		return errNoModule
	}
	m.root = root
	f, err := m.loadMain(root)
	if err != nil {
		return err
	}
	m.replaceAll(root, f.Replace)
	return m.loadVendor(filepath.Join(root, "vendor"), flags, f.Go)
}

// findWork returns the go.work in use. Places where one would have been found
// are kept: it would change which source is compiled.
func (m *modules) findWork(from, gowork string) string {
	switch gowork {
	case "off":
		return ""
	case "", "auto":
		dir, ok := m.findUp(from, "go.work", &m.absent)
		if !ok {
			return ""
		}
		return filepath.Join(dir, "go.work")
	}
	return gowork
}

// findUp returns the nearest directory at or above dir that holds name.
func (m *modules) findUp(dir, name string, absent *[]string) (string, bool) {
	for {
		file := filepath.Join(dir, name)
		if st, err := quiet.StatPath(file); err == nil && !st.Mode.IsDir() {
			return dir, true
		}
		if absent != nil {
			*absent = append(*absent, file)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

func (m *modules) loadWork(flags goFlags) error {
	data, err := m.read(m.work)
	if err != nil {
		return err
	}
	work, err := modfile.ParseWork(m.work, data, nil)
	if err != nil {
		return err
	}
	m.root = filepath.Dir(m.work)
	if work.Go != nil {
		m.godebugs = append(m.godebugs, "go.work go "+work.Go.Version)
	}
	for _, g := range work.Godebug {
		m.godebugs = append(m.godebugs, "go.work godebug "+g.Key+"="+g.Value)
	}
	var replaces []func()
	for _, use := range work.Use {
		dir := absolute(m.root, use.Path)
		f, err := m.loadMain(dir)
		if err != nil {
			return err
		}
		replaces = append(replaces, func() { m.replaceAll(dir, f.Replace) })
	}
	for _, replace := range replaces {
		replace()
	}
	m.replaceAll(m.root, work.Replace) // overrides those of the modules
	return m.loadVendor(filepath.Join(m.root, "vendor"), flags, work.Go)
}

// loadMain reads the go.mod of a module that is compiled from where it lies.
func (m *modules) loadMain(dir string) (*modfile.File, error) {
	file := filepath.Join(dir, "go.mod")
	data, err := m.read(file)
	if err != nil {
		return nil, err
	}
	f, err := modfile.Parse(file, data, nil)
	if err != nil {
		return nil, err
	}
	if f.Module == nil {
		return nil, fmt.Errorf("%s has no module line", file)
	}
	l := &localModule{path: f.Module.Mod.Path, dir: dir, main: true}
	l.setGo(f.Go)
	m.local = append(m.local, l)
	for _, r := range f.Require {
		m.require(r.Mod)
	}
	for _, g := range f.Godebug {
		m.godebugs = append(m.godebugs, f.Module.Mod.Path+" godebug "+g.Key+"="+g.Value)
	}
	return f, nil
}

// require keeps the highest version that any main module asks for, as minimal
// version selection does.
func (m *modules) require(v module.Version) {
	if old, ok := m.version[v.Path]; !ok || semver.Compare(v.Version, old.Version) > 0 {
		m.version[v.Path] = v
	}
}

// replaceAll takes replacements, also of what no go.mod here requires: before go
// 1.17 they did not list what is required by way of others.
func (m *modules) replaceAll(dir string, replaces []*modfile.Replace) {
	for _, r := range replaces {
		used, ok := m.version[r.Old.Path]
		if ok && r.Old.Version != "" && r.Old.Version != used.Version {
			continue
		}
		if r.New.Version != "" {
			if _, local := m.localOf(r.Old.Path); ok || !local {
				m.version[r.Old.Path] = r.New
			}
			continue
		}
		m.replaceLocal(r.Old.Path, absolute(dir, r.New.Path))
	}
}

// replaceLocal makes a module that was replaced by a directory a local one.
func (m *modules) replaceLocal(path, dir string) {
	m.local = slices.DeleteFunc(m.local, func(l *localModule) bool { return l.path == path && !l.main })
	l := &localModule{path: path, dir: dir}
	file := filepath.Join(dir, "go.mod")
	if data, err := m.read(file); err == nil {
		if f, err := modfile.ParseLax(file, data, nil); err == nil {
			l.setGo(f.Go)
		}
	}
	m.local = append(m.local, l)
	delete(m.version, path)
}

func (m *modules) read(file string) ([]byte, error) {
	data, err := quiet.ReadFile(file)
	if err == nil {
		m.files = append(m.files, file)
	}
	return data, err
}

func absolute(dir, p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(dir, filepath.FromSlash(p))
}

// A place says where the source of an import path lies.
type place struct {
	dir    string         // "" if unknown
	local  bool           // followed into its declarations
	module module.Version // of an external package; Path "" for the standard library
}

// find returns where the package of an import path is compiled from.
func (m *modules) find(pkg string) place {
	if !m.own && isLibrary(pkg) {
		return place{}
	}
	if l, ok := m.localOf(pkg); ok {
		return place{dir: filepath.Join(l.dir, filepath.FromSlash(strings.TrimPrefix(pkg[len(l.path):], "/"))), local: true}
	}
	if m.vendor != "" {
		dir := filepath.Join(m.vendor, filepath.FromSlash(pkg))
		if st, err := quiet.StatPath(dir); err == nil && st.Mode.IsDir() {
			return place{dir: dir, local: true}
		}
	}
	for prefix := pkg; prefix != "." && prefix != "/"; prefix = path.Dir(prefix) {
		if v, ok := m.version[prefix]; ok {
			return place{dir: m.cached(v, strings.TrimPrefix(pkg[len(prefix):], "/")), module: v}
		}
	}
	// A module without a dot in its first element cannot be had but by a replace
	// line, and those are known: what is left comes with Go.
	if first, _, _ := strings.Cut(pkg, "/"); !strings.Contains(first, ".") {
		return place{}
	}
	return place{module: module.Version{Path: pkg, Version: "?"}}
}

// isLibrary reports whether a package is part of this library. Like the
// standard library it is where a closure ends, though it may be local code (in
// a workspace, by a replace line): how a nested fixture is looked up changes
// nothing of what it is.
func isLibrary(pkg string) bool {
	rest, ok := strings.CutPrefix(pkg, "github.com/fixturecache/fixturecache/")
	return ok && (inPath(rest, "cachetest") || inPath(rest, "core"))
}

// localOf returns the local module with the longest path that holds pkg, as
// long as no external module has a longer one.
func (m *modules) localOf(pkg string) (best *localModule, ok bool) {
	for _, l := range m.local {
		if inPath(pkg, l.path) && (best == nil || len(l.path) > len(best.path)) {
			best = l
		}
	}
	if best == nil {
		return nil, false
	}
	for prefix := pkg; len(prefix) > len(best.path); prefix = path.Dir(prefix) {
		if _, ok := m.version[prefix]; ok {
			return nil, false
		}
	}
	return best, true
}

// sourceModule returns the module of a package that is followed into its source.
func (m *modules) sourceModule(pkg string) (*localModule, bool) {
	if l, ok := m.localOf(pkg); ok {
		return l, true
	}
	l := m.vendored[pkg]
	return l, l != nil
}

// inPath reports whether pkg is prefix or lies below it.
func inPath(pkg, prefix string) bool {
	return strings.HasPrefix(pkg, prefix) && (len(pkg) == len(prefix) || pkg[len(prefix)] == '/')
}

// cached returns a directory of the module cache.
func (m *modules) cached(v module.Version, rest string) string {
	p, err1 := module.EscapePath(v.Path)
	ver, err2 := module.EscapeVersion(v.Version)
	if err1 != nil || err2 != nil || m.cache == "" {
		return ""
	}
	return filepath.Join(m.cache, filepath.FromSlash(p)+"@"+ver, filepath.FromSlash(rest))
}

// locate maps a file name of a -trimpath build to the disk.
func (m *modules) locate(file string) (string, error) {
	dir, base := path.Split(file)
	dir = strings.TrimSuffix(dir, "/")
	if mod, rest, ok := strings.Cut(dir, "@"); ok {
		version, sub, _ := strings.Cut(rest, "/")
		if d := m.cached(module.Version{Path: mod, Version: version}, sub); d != "" {
			return filepath.Join(d, base), nil
		}
		return "", fmt.Errorf("%s is not in the module cache", file)
	}
	// An external test package is compiled under its own path, p_test.
	for _, pkg := range []string{dir, strings.TrimSuffix(dir, "_test")} {
		if p := m.find(pkg); p.dir != "" {
			if _, err := quiet.StatPath(filepath.Join(p.dir, base)); err == nil {
				return filepath.Join(p.dir, base), nil
			}
		}
	}
	return "", fmt.Errorf("no source found for %s", file)
}

// importPath returns the import path of a directory of a local module or of
// the vendor directory, or "".
func (m *modules) importPath(dir string) string {
	if m.vendor != "" {
		if rel, ok := below(m.vendor, dir); ok {
			return rel
		}
	}
	best, found := "", ""
	for _, l := range m.local {
		if rel, ok := below(l.dir, dir); ok && len(l.dir) > len(best) {
			best, found = l.dir, path.Join(l.path, rel)
		}
	}
	return found
}

// below returns dir relative to root, with slashes, if it lies in it.
func below(root, dir string) (string, bool) {
	rel, err := filepath.Rel(root, dir)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	if rel == "." {
		return "", true
	}
	return filepath.ToSlash(rel), true
}

// modCache is what go env GOMODCACHE prints.
func (f goFlags) modCache() string {
	if dir := f.goEnv("GOMODCACHE"); dir != "" {
		return dir
	}
	gopath := f.goEnv("GOPATH")
	if list := filepath.SplitList(gopath); len(list) > 0 {
		gopath = list[0]
	}
	if gopath == "" {
		if gopath = f.homeDir(); gopath == "" {
			return ""
		}
		gopath = filepath.Join(gopath, "go")
	}
	return filepath.Join(gopath, "pkg", "mod")
}
