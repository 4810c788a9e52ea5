package build

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Build describes how a test binary was built: where its source lies, and
// whether that source is still what was compiled.
type Build struct {
	dir      string            // see Dir
	exe      string            // path of the running binary
	static   bool              // it is not running: what is on disk is all there is
	settings map[string]string // of the build information
	tags     []string
	tested   string // import path of the package under test, "" where the build information does not tell

	// FromFiles says that go test was given files and not a package: then their build
	// constraints do not count.
	FromFiles bool

	// Modules returns the modules that the binary was built from, as the files on
	// disk name them.
	Modules func() (*Modules, error)

	flags  func() *goFlags
	beside func() beside
}

// beside is what go test left beside the binary.
type beside struct {
	testmain unlogged.Stat // of the file that it writes before it compiles anything; zero if there is none
	linked   []string      // see Linked
}

var running = sync.OnceValue(func() *Build { return describe(startDir, executable()) })

// Running describes the build of the running test binary.
func Running() *Build { return running() }

func executable() string {
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	return exe
}

// describe reads the build information of the running binary, which lies at exe
// and was started in dir. All else waits until it is asked for: a hit can do
// without it.
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
	b := &Build{dir: dir, exe: exe, settings: map[string]string{}, flags: sync.OnceValue(flags)}
	b.beside = sync.OnceValue(func() beside { return lookBeside(exe) })
	b.Modules = sync.OnceValues(func() (*Modules, error) { return loadModules(dir, b.flags()) })
	return b
}

// lookBeside looks for the file that go test wrote when it began to build a
// binary, and reads the list of packages that it left for the linker.
func lookBeside(exe string) (found beside) {
	if exe == "" {
		return found
	}
	found.testmain, _ = unlogged.StatPath(filepath.Join(filepath.Dir(exe), "_testmain.go"))
	data, err := unlogged.ReadFile(filepath.Join(filepath.Dir(exe), "importcfg.link"))
	if err != nil {
		return found
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "packagefile "); ok {
			path, _, _ := strings.Cut(rest, "=")
			found.linked = append(found.linked, path)
		}
	}
	return found
}

// Dir returns the directory that the process was started in, which go test
// makes that of the package under test.
func (b *Build) Dir() string { return b.dir }

// Linked returns the import paths of all packages that the linker put into the
// binary, or nil where that is not known.
func (b *Build) Linked() []string { return b.beside().linked }

// LinkHidden reports whether the linker, or the C compiler, may have been given
// flags that the build information does not tell: -trimpath leaves them out,
// though -ldflags=-X sets variables. Where the go command's own line says that
// there are none, they are not hidden.
func (b *Build) LinkHidden() bool {
	return b.settings["-trimpath"] == "true" && (!b.flags().seen || b.flags().linker)
}

// OnDisk returns where a file lies that the compiler was told as file: with
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
	if filepath.Dir(file) == b.dir && b.tested != "" && b.beside().testmain.Size > 0 {
		return file, b.tested
	}
	path, err := b.OnDisk(file)
	if err != nil {
		return "", ""
	}
	mods, err := b.Modules()
	if err != nil {
		return "", ""
	}
	return path, mods.ImportPath(filepath.Dir(path))
}
