package build

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Modules are the modules that a build is made of, found without go list.
type Modules struct {
	Root     string         // directory of the main module; relative names count from here
	Local    []*LocalModule // sorted by path
	Files    []string       // what was read to know this
	Absent   []string       // what would have changed it, had it been there
	Godebugs []string       // go, toolchain and godebug lines, which change what code means

	own      bool                      // this library's own tests: its code counts
	version  map[string]module.Version // path of an external module -> what is used for it
	vendor   string                    // vendor directory in use, or ""
	vendored map[string]*LocalModule   // import path -> module, of what lies there
	work     string                    // go.work in use, or ""
	cache    string                    // GOMODCACHE
	required map[module.Version][]string
	direct   map[string]bool // modules that a local one requires for itself, other than this library
	without  map[string]bool // memory of ofLibrary: what is required without this library
}

// A LocalModule is followed into its source; all others count by version.
type LocalModule struct {
	Path      string
	Dir       string // "" in a vendor directory, where each package has its own
	GoVersion string // of its go line, "" without one
	GoLine    int    // where that stands; 0 in vendor/modules.txt
	main      bool
}

// setGo keeps what a go.mod says in its go line.
func (l *LocalModule) setGo(goLine *modfile.Go) {
	if goLine != nil {
		l.GoVersion, l.GoLine = goLine.Version, goLine.Syntax.Start.Line
	}
}

var errNoModule = errors.New("no go.mod found")

// loadModules reads go.work, go.mod and vendor/modules.txt as the go command
// did that was started in flags.dir, or else in dir.
func loadModules(dir string, flags goFlags) (*Modules, error) {
	from := dir
	if flags.dir != "" {
		from = flags.dir
	}
	m := &Modules{version: map[string]module.Version{}, cache: flags.modCache()}
	if err := m.load(from, flags); err != nil {
		return nil, err
	}
	m.own = strings.HasPrefix(m.ImportPath(dir)+"/", "github.com/fixturecache/fixturecache/")
	slices.SortFunc(m.Local, func(a, b *LocalModule) int { return strings.Compare(a.Path, b.Path) })
	return m, nil
}

func (m *Modules) load(from string, flags goFlags) error {
	if m.work = m.findWork(from, flags.gowork); m.work != "" {
		return m.loadWork(flags)
	}
	root, ok := m.findUp(from, "go.mod", nil)
	if !ok {
		return errNoModule
	}
	m.Root = root
	f, err := m.loadMain(root)
	if err != nil {
		return err
	}
	m.replaceAll(root, f.Replace)
	return m.loadVendor(filepath.Join(root, "vendor"), flags, f.Go)
}

// findWork returns the go.work in use. Places where one would have been found
// are kept: it would change which source is compiled.
func (m *Modules) findWork(from, gowork string) string {
	switch gowork {
	case "off":
		return ""
	case "", "auto":
		dir, ok := m.findUp(from, "go.work", &m.Absent)
		if !ok {
			return ""
		}
		return filepath.Join(dir, "go.work")
	}
	return gowork
}

// findUp returns the nearest directory at or above dir that holds name.
func (m *Modules) findUp(dir, name string, absent *[]string) (string, bool) {
	for {
		file := filepath.Join(dir, name)
		if st, err := unlogged.StatPath(file); err == nil && !st.Mode.IsDir() {
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

func (m *Modules) loadWork(flags goFlags) error {
	data, err := m.read(m.work)
	if err != nil {
		return err
	}
	work, err := modfile.ParseWork(m.work, data, nil)
	if err != nil {
		return err
	}
	m.Root = filepath.Dir(m.work)
	if work.Go != nil {
		m.Godebugs = append(m.Godebugs, "go.work go "+work.Go.Version)
	}
	for _, g := range work.Godebug {
		m.Godebugs = append(m.Godebugs, "go.work godebug "+g.Key+"="+g.Value)
	}
	var replaces []func()
	for _, use := range work.Use {
		dir := absolute(m.Root, use.Path)
		f, err := m.loadMain(dir)
		if err != nil {
			return err
		}
		replaces = append(replaces, func() { m.replaceAll(dir, f.Replace) })
	}
	for _, replace := range replaces {
		replace()
	}
	m.replaceAll(m.Root, work.Replace) // overrides those of the modules
	return m.loadVendor(filepath.Join(m.Root, "vendor"), flags, work.Go)
}

// loadMain reads the go.mod of a module that is compiled from where it lies.
func (m *Modules) loadMain(dir string) (*modfile.File, error) {
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
	l := &LocalModule{Path: f.Module.Mod.Path, Dir: dir, main: true}
	l.setGo(f.Go)
	m.Local = append(m.Local, l)
	for _, r := range f.Require {
		m.require(r.Mod)
	}
	m.addDirect(l.Path, f.Require)
	for _, g := range f.Godebug {
		m.Godebugs = append(m.Godebugs, f.Module.Mod.Path+" godebug "+g.Key+"="+g.Value)
	}
	return f, nil
}

// require keeps the highest version that any main module asks for, as minimal
// version selection does.
func (m *Modules) require(v module.Version) {
	if old, ok := m.version[v.Path]; !ok || semver.Compare(v.Version, old.Version) > 0 {
		m.version[v.Path] = v
	}
}

// replaceAll takes replacements, also of what no go.mod here requires: before go
// 1.17 they did not list what is required by way of others.
func (m *Modules) replaceAll(dir string, replaces []*modfile.Replace) {
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
func (m *Modules) replaceLocal(path, dir string) {
	m.Local = slices.DeleteFunc(m.Local, func(l *LocalModule) bool { return l.Path == path && !l.main })
	l := &LocalModule{Path: path, Dir: dir}
	file := filepath.Join(dir, "go.mod")
	if data, err := m.read(file); err == nil {
		if f, err := modfile.ParseLax(file, data, nil); err == nil {
			l.setGo(f.Go)
			m.addDirect(path, f.Require)
		}
	}
	m.Local = append(m.Local, l)
	delete(m.version, path)
}

func (m *Modules) read(file string) ([]byte, error) {
	data, err := unlogged.ReadFile(file)
	if err == nil {
		m.Files = append(m.Files, file)
	}
	return data, err
}

func absolute(dir, p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(dir, filepath.FromSlash(p))
}
