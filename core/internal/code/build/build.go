package build

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Build describes how a test binary was built: where its source lies, and
// whether that source is still what was compiled.
type Build struct {
	Dir      string            // the directory in which the process was started: that of the package under test, with go test
	Proven   bool              // Proved returned it: the files on disk by now do not matter to the binary
	exe      string            // path of the running binary, "" where it is not known
	static   bool              // there is no binary: see Static
	settings map[string]string // of the build information
	tags     []string
	tested   string // import path of the package under test, "" where the build information does not tell

	// FromFiles says that go test was given files and not a package: then their build
	// constraints do not count.
	FromFiles bool

	// Modules returns the modules that the binary was built from, as the files on
	// disk name them.
	Modules func() (*Modules, error)

	flags    func() *goFlags
	linkInfo func() (made int64, linked []string) // see LinkInfo
}

// Running describes the build of the running test binary.
var Running = sync.OnceValue(func() *Build {
	exe, _ := os.Executable()
	return describe(startDir, exe)
})

// describe reads the build information of the running binary, which lies at exe and was
// started in dir. All else is found when it is first asked for: a hit does not need it.
func describe(dir, exe string) *Build {
	b := newBuild(dir, exe, findGoFlags)
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		b.settings[s.Key] = s.Value
	}
	b.tags = tagList(b.settings["-tags"])
	b.FromFiles = strings.HasPrefix(info.Path, "command-line-arguments")
	// The path ends with .test, but for a package main, of which the path itself may
	// end so.
	tested, ok := strings.CutSuffix(info.Path, ".test")
	if ok && !b.FromFiles && info.Path != info.Main.Path && !strings.HasSuffix(dir, ".test") {
		b.tested = tested
	}
	return b
}

func newBuild(dir, exe string, flags func() *goFlags) *Build {
	b := &Build{Dir: dir, exe: exe, settings: map[string]string{}, flags: sync.OnceValue(flags)}
	b.linkInfo = sync.OnceValues(func() (int64, []string) { return LinkInfo(exe) })
	b.Modules = sync.OnceValues(func() (*Modules, error) { return loadModules(dir, b.flags()) })
	return b
}

// Proved describes the running binary by the result of building it again: it was
// compiled from the source that lay on disk at a moment, and made of the packages that
// the linker was given then.
func Proved(made int64, linked []string) *Build {
	b := describe(startDir, Running().exe)
	b.Proven = true
	flags := goFlags{env: lookUp(unlogged.StartEnviron), dir: startDir, seen: true}
	b.flags = sync.OnceValue(func() *goFlags { return newGoFlags(flags, nil) })
	b.linkInfo = func() (int64, []string) { return made, linked }
	return b
}

// Again returns the arguments of the go command that builds the running binary again
// from the source in the directory where it was started, and variables for its
// environment, by the build information. ok is false where that says too little, or
// is of another package.
func (b *Build) Again() (args, env []string, ok bool) {
	mods, err := Proved(0, nil).Modules() // a go command above this process may be about something else
	if b.tested == "" || err != nil || mods.ImportPath(b.Dir) != b.tested {
		return nil, nil, false
	}
	args = []string{"test", "-c", "-work", "-overlay=", "-modfile=", "-toolexec="} // whatever $GOFLAGS or go.env say
	for _, key := range slices.Sorted(maps.Keys(b.settings)) {
		switch value := b.settings[key]; {
		case strings.HasPrefix(key, "-"):
			args = append(args, key+"="+value)
		case strings.ToUpper(key) == key: // neither vcs.revision nor DefaultGODEBUG, which follow from what is on disk
			env = append(env, key+"="+value)
		}
	}
	return args, env, true
}

// LinkInfo returns when go test began to build a binary, 0 if it did not, and the
// packages that it handed to the linker: it left both beside the binary.
func LinkInfo(exe string) (made int64, linked []string) {
	if exe == "" {
		return 0, nil
	}
	testmain, _ := unlogged.StatPath(filepath.Join(filepath.Dir(exe), "_testmain.go"))
	list, _ := unlogged.ReadFile(filepath.Join(filepath.Dir(exe), "importcfg.link"))
	for line := range strings.Lines(string(list)) {
		if rest, ok := strings.CutPrefix(line, "packagefile "); ok {
			path, _, _ := strings.Cut(rest, "=")
			linked = append(linked, path)
		}
	}
	return testmain.ModTime, linked
}

// made returns when go test began to build the binary, 0 where that is not known.
func (b *Build) made() int64 {
	made, _ := b.linkInfo()
	return made
}

// Linked returns the import paths of all packages that the linker put into the
// binary, or nil where that is not known.
func (b *Build) Linked() []string {
	_, linked := b.linkInfo()
	return linked
}

// LinkHidden reports whether the binary may be made in a way that neither its build
// information nor the source tells. The linker, or the C compiler, may have been given
// flags: -trimpath leaves them out, though -ldflags=-X sets variables. Where the go
// command's own command line has none, they are not hidden. And go test may have been
// given only some files of a directory.
func (b *Build) LinkHidden() bool {
	return b.FromFiles || b.settings["-trimpath"] == "true" && (!b.flags().seen || b.flags().linker)
}

// OnDisk returns where a file lies that the compiler knew by the name file: with
// -trimpath that is import/path/file.go or module@version/file.go.
func (b *Build) OnDisk(file string) (string, error) {
	if filepath.IsAbs(file) {
		return filepath.FromSlash(file), nil
	}
	mods, err := b.Modules()
	if err != nil {
		return "", err
	}
	return mods.locate(file)
}

// Locate returns where a file lies and the import path that its directory
// has. That of the package under test, where go test starts it, is known
// without a look at the module.
func (b *Build) Locate(file string) (path, pkg string) {
	if filepath.Dir(file) == b.Dir && b.tested != "" && b.made() != 0 {
		return file, b.tested
	}
	path, err := b.OnDisk(file)
	mods, err2 := b.Modules()
	if err != nil || err2 != nil {
		return "", ""
	}
	return path, mods.ImportPath(filepath.Dir(path))
}

// Static describes the build that `go test` would make of the package in dir
// with the given tags, or those of GOFLAGS. Whatever is on disk counts as what
// is compiled. The variables of the go command are asked of env.
func Static(dir string, env func(name string) string, tags ...string) *Build {
	flags := newGoFlags(goFlags{env: env}, nil)
	b := newBuild(dir, "", func() *goFlags { return flags })
	b.static = true
	if b.tags = tags; len(tags) == 0 {
		b.tags = flags.tags
	}
	b.settings["CGO_ENABLED"] = cmp.Or(flags.setting("CGO_ENABLED"), "1")
	return b
}

// Gone reports whether a package of a module that is compiled from where it lies,
// seen from dir, has no Go files any more.
func Gone(dir, name string) bool {
	mods, err := Static(dir, unlogged.Getenv).Modules()
	if err != nil {
		return false
	}
	own, _ := hasGo(mods.Find(name).Dir) // or else it is an external test package
	p := mods.Find(strings.TrimSuffix(name, "_test"))
	found, err := hasGo(p.Dir)
	return p.Dir != "" && p.Local && (err == nil || errors.Is(err, fs.ErrNotExist)) && !own && !found
}

// FindPackage returns the directory of a package named as go test would have
// it, ./dir or import/path, counted from dir.
func FindPackage(dir, name string) (string, error) {
	if strings.HasPrefix(name, ".") || filepath.IsAbs(name) {
		path := absolute(dir, name)
		if st, err := unlogged.StatPath(path); err != nil || !st.Mode.IsDir() {
			return "", fmt.Errorf("no package %s: there is no directory %s", name, path)
		}
		return path, nil
	}
	mods, err := Static(dir, unlogged.Getenv).Modules()
	if err != nil {
		return "", err
	}
	if p := mods.Find(name); p.Dir != "" {
		if _, err := unlogged.StatPath(p.Dir); err == nil {
			return p.Dir, nil
		}
	}
	return "", fmt.Errorf("no package %s in %s or what it requires", name, mods.Root)
}
