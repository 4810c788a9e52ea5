package build

import (
	"cmp"
	"errors"
	"fmt"
	"go/version"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/semver"

	"github.com/fixturecache/fixturecache/core/internal/gomod"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Modules are the modules that a build is made of, found without go list.
type Modules struct {
	Root      string   // directory of the main module; relative names count from here
	Files     []string // the files that were read for this
	Workspace bool     // a go.work is in use

	// GoLines are the go and godebug lines of the modules that are compiled from here, by
	// file: they change the meaning of code.
	GoLines map[string]string
	Sums    map[string]string // the hashes in go.sum, by "path version"

	known    map[string]*Module // by path
	asked    map[string]string  // the highest version of a module that a go.mod asks for
	replaces []gomod.Replace    // in the order in which the go command looks one up
	vendor   string             // vendor directory in use, or ""
	vendored map[string]*Module // import path -> module, of the packages that lie there
	cache    string             // GOMODCACHE
	own      bool               // tests of this library's module: its code counts
	direct   []string           // modules that a local one requires for itself
	required func() requirements
	places   sync.Map // import path -> Place, where several modules may hold the package
}

// A Module is a module of the build. A local one counts by its source, all others by
// their versions.
type Module struct {
	Path    string
	Dir     string        // of a local one; "" in a vendor directory, where each package has its own
	Version gomod.Version // the module used for an external one: with another path if a replace line says so
	Main    bool
}

// loadModules reads go.work, go.mod and vendor/modules.txt as the go command
// did that was started in flags.dir, or else in dir.
func loadModules(dir string, flags *goFlags) (*Modules, error) {
	m := &Modules{known: map[string]*Module{}, asked: map[string]string{}, GoLines: map[string]string{}, Sums: map[string]string{}, cache: flags.modCache()}
	m.required = sync.OnceValue(m.findRequired)
	if err := m.load(cmp.Or(flags.dir, dir), flags); err != nil {
		return nil, err
	}
	holders := m.holders(m.ImportPath(dir))
	m.own = len(holders) > 0 && holders[0].Path == library // an example that is a module of its own is a user
	return m, nil
}

func (m *Modules) load(from string, flags *goFlags) error {
	if flags.setting("GO111MODULE") == "off" {
		return errors.New("built with GO111MODULE=off")
	}
	work, err := m.readWork(from, flags.setting("GOWORK"))
	if err != nil {
		return err
	}
	var dirs []string
	if work == nil {
		root := unlogged.FindUp(from, "go.mod")
		if root == "" {
			return errors.New("no go.mod found")
		}
		m.Root, dirs = root, []string{root}
	} else {
		for _, use := range work.Use {
			dirs = append(dirs, absolute(m.Root, use))
		}
	}
	goVersion := ""
	var files []*gomod.File
	for _, dir := range dirs {
		f, err := m.loadMain(dir)
		if err != nil {
			return err
		}
		goVersion, files = f.Go, append(files, f)
	}
	if work != nil {
		goVersion = work.Go
		m.addReplaces(m.Root, work.Replace)
	}
	for i := len(files) - 1; i >= 0; i-- {
		m.addReplaces(dirs[i], files[i].Replace)
	}
	// Since go 1.17 a go.mod lists all that is used, in its version: others may raise
	// what older ones and those of a workspace ask for.
	certain := work == nil && version.Compare("go"+goVersion, "go1.17") >= 0
	if !certain && slices.ContainsFunc(m.replaces, func(r gomod.Replace) bool { return r.Old.Version != "" }) {
		return errors.New("a replace line names a version, and which versions are used is not certain")
	}
	m.useAll(certain)
	return m.loadVendor(filepath.Join(m.Root, "vendor"), flags.mod, goVersion)
}

// readWork reads the go.work in use, if there is one.
func (m *Modules) readWork(from, gowork string) (*gomod.File, error) {
	switch gowork {
	case "off":
		return nil, nil
	case "", "auto":
		dir := unlogged.FindUp(from, "go.work")
		if dir == "" {
			return nil, nil
		}
		gowork = filepath.Join(dir, "go.work")
	}
	work, err := m.parse(gowork)
	if err != nil {
		return nil, err
	}
	m.Root, m.Workspace = filepath.Dir(gowork), true
	m.addGoLines(gowork, work)
	m.addSums(gowork + ".sum")
	return work, nil
}

func (m *Modules) addGoLines(file string, f *gomod.File) {
	m.GoLines[file] = strings.Join(append([]string{f.Go}, f.Godebug...), "\n")
}

// loadMain reads the go.mod of a main module.
func (m *Modules) loadMain(dir string) (*gomod.File, error) {
	file := filepath.Join(dir, "go.mod")
	f, err := m.parse(file)
	if err != nil {
		return nil, err
	}
	if f.Module == "" {
		return nil, fmt.Errorf("%s has no module line", file)
	}
	m.addLocal(f.Module, dir, f).Main = true
	m.addGoLines(file, f)
	m.addSums(filepath.Join(dir, "go.sum"))
	m.ask(f.Require)
	return f, nil
}

// addSums reads a go.sum: a version that is published anew has another sum.
func (m *Modules) addSums(file string) {
	data, err := unlogged.ReadFile(file)
	if err == nil {
		m.Files = append(m.Files, file)
	}
	for line := range strings.Lines(string(data)) {
		version, sum, _ := strings.Cut(strings.TrimSpace(line), " h1:")
		m.Sums[version] = sum
	}
}

// ask notes the highest version of each module that is required, as minimal version
// selection does, and returns the paths of those that are raised.
func (m *Modules) ask(requires []gomod.Require) (raised []string) {
	for _, r := range requires {
		if old := m.asked[r.Path]; old == "" || semver.Compare(r.Version.Version, old) > 0 {
			m.asked[r.Path] = r.Version.Version
			raised = append(raised, r.Path)
		}
	}
	return raised
}

// addLocal adds a module that is compiled from where it lies.
func (m *Modules) addLocal(path, dir string, f *gomod.File) *Module {
	l := &Module{Path: path, Dir: dir}
	m.known[path] = l
	if f != nil && path != library {
		for _, r := range f.Require {
			if r.Path != library && !r.Indirect {
				m.direct = append(m.direct, r.Path)
			}
		}
	}
	return l
}

// addReplaces adds the replace lines of a file in dir: those of a version come first.
func (m *Modules) addReplaces(dir string, lines []gomod.Replace) {
	for _, ofVersion := range []bool{true, false} {
		for _, r := range lines {
			if r.New.Version == "" {
				r.New.Path = absolute(dir, r.New.Path)
			}
			if (r.Old.Version != "") == ofVersion {
				m.replaces = append(m.replaces, r)
			}
		}
	}
}

// replacement returns the module that is used for a version of a module (Replacement in
// cmd/go/internal/modload/modfile.go).
func (m *Modules) replacement(v gomod.Version) gomod.Version {
	for _, r := range m.replaces {
		if r.Old == v || r.Old == (gomod.Version{Path: v.Path}) {
			return r.New
		}
	}
	return v
}

// useAll finds the module that is used for each. Where the versions are not certain, one
// that no go.mod here requires may be used too, and replacements require more.
func (m *Modules) useAll(certain bool) {
	todo := slices.Collect(maps.Keys(m.asked))
	if !certain {
		for _, r := range m.replaces {
			todo = append(todo, r.Old.Path)
		}
	}
	slices.Sort(todo)
	for ; len(todo) > 0; todo = todo[1:] {
		path := todo[0]
		v := m.replacement(gomod.Version{Path: path, Version: m.asked[path]})
		switch old := m.known[path]; {
		case old != nil && (old.Main || old.Dir != "" && old.Dir == v.Path):
		case v.Version != "":
			m.known[path] = &Module{Path: path, Version: v}
		default:
			file := filepath.Join(v.Path, "go.mod")
			f, _ := m.parse(file)
			if f != nil && path != library {
				m.addGoLines(file, f)
			}
			if m.addLocal(path, v.Path, f); f != nil && !certain {
				todo = append(todo, m.ask(f.Require)...)
			}
		}
	}
}

// parse reads a go.mod or go.work.
func (m *Modules) parse(file string) (*gomod.File, error) {
	data, err := unlogged.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m.Files = append(m.Files, file)
	f, err := gomod.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return f, nil
}

func absolute(dir, p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(dir, filepath.FromSlash(p))
}

// loadVendor notes that all but the main modules is compiled from the vendor directory,
// where that is so: flag is -mod, goVersion the version in the go line of go.mod or
// go.work.
func (m *Modules) loadVendor(dir, flag, goVersion string) error {
	file := filepath.Join(dir, "modules.txt")
	if _, err := unlogged.StatPath(file); err != nil || flag == "mod" || flag == "readonly" {
		return nil
	}
	data, err := unlogged.ReadFile(file)
	if m.Files = append(m.Files, file); err != nil || flag != "vendor" && !m.vendorsByDefault(string(data), goVersion) {
		return err
	}
	m.vendor = dir
	m.listVendored(file, string(data))
	// A module that a replace line names was copied: the copy is compiled.
	for path, l := range m.known {
		if l.Dir != "" && !l.Main {
			m.known[path] = &Module{Path: path, Version: gomod.Version{Path: path, Version: "vendored"}}
		}
	}
	return nil
}

// vendorsByDefault reports whether the go command uses the vendor directory without -mod
// (setDefaultBuildMod in cmd/go/internal/modload/init.go): the go line must be there and
// not too old, and a workspace needs one that go work vendor has made.
func (m *Modules) vendorsByDefault(list string, goVersion string) bool {
	first, _, _ := strings.Cut(list, "\n")
	return goVersion != "" && version.Compare("go"+goVersion, "go1.14") >= 0 && (strings.TrimSpace(first) == "## workspace") == m.Workspace
}

// listVendored reads modules.txt: each package's module, and the go line that this is
// compiled by (readVendorList in cmd/go/internal/modload/vendor.go).
func (m *Modules) listVendored(file, list string) {
	m.vendored = map[string]*Module{}
	mod := &Module{}
	for line := range strings.Lines(list) {
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "## "): // explicit; go 1.26
			m.GoLines[file] += mod.Path + " " + line
		case strings.HasPrefix(line, "# ") && len(fields) >= 3:
			mod = &Module{Path: fields[1]}
		case len(fields) == 1:
			m.vendored[fields[0]] = mod
		}
	}
}
