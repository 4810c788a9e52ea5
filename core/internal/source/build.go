package source

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A Build is what can be known of how the running test binary was built: where
// its source lies, and whether that source is still what was compiled.
type Build struct {
	dir      string     // where the process started: go test starts it in the package's directory
	testmain quiet.Stat // of the file that go test writes before it compiles anything
	noSource string     // why nothing on disk can be trusted to be what was compiled; "" if it can
	trimpath bool
	main     string // path of the main module, from the build info
	tested   string // import path of the package under test, from the build info
	listed   bool   // go test was given files, not a package: their build constraints do not count
	tags     []string
	race     bool
	msan     bool
	asan     bool
	cgo      bool
	static   bool // not a running binary: what is on disk is all there is

	exe       string    // of the running binary, whose surroundings are yet to be looked at
	around    sync.Once // does that
	flagsOnce sync.Once
	flags     goFlags // see goFlags

	once    sync.Once
	modules *modules
	modErr  error

	packages sync.Map // file -> import path, as packageOf says

	linked  []string // every package that the linker put into the binary, if known
	graphMu sync.Mutex
	graph   *graph
}

// startDir is asked for before a test can change directory: a few microseconds.
var startDir = workingDir()

// workingDir is os.Getwd, which would be logged as a read of $PWD.
func workingDir() string {
	dir, err := syscall.Getwd()
	if err != nil {
		return ""
	}
	return spelled(dir, env("PWD"))
}

// spelled returns a working directory as os.Getwd does, and with it the go
// command: in the spelling of $PWD, which may lead through symbolic links, where
// that is the same directory. The names of the files that it compiles, and where
// it looks for go.mod and go.work, follow from that spelling.
func spelled(dir, pwd string) string {
	if !filepath.IsAbs(pwd) {
		return dir
	}
	a, err1 := quiet.StatPath(pwd)
	b, err2 := quiet.StatPath(dir)
	if err1 == nil && err2 == nil && a.Inode != 0 && a.Inode == b.Inode && a.Device == b.Device {
		return pwd
	}
	return dir
}

var running = sync.OnceValue(func() *Build { return describe(startDir, executable()) })

// Running describes the running test binary.
func Running() *Build { return running() }

func executable() string {
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	return exe
}

// describe finds out what the build information says.
func describe(dir, exe string) *Build {
	b := &Build{dir: dir, exe: exe}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.main = info.Main.Path
		b.listed = strings.HasPrefix(info.Path, "command-line-arguments")
		if !b.listed {
			b.tested = testedPackage(dir, info)
		}
		for _, s := range info.Settings {
			b.setting(s.Key, s.Value)
		}
	}
	if exe == "" {
		b.noSource = "the path of the test binary is unknown"
	}
	return b
}

// testedPackage returns the import path of the package whose tests were built
// and started in dir, or "" where the build information does not tell: it holds
// that path with ".test" behind it, but without for a package main, of which
// the path itself may end so.
func testedPackage(dir string, info *debug.BuildInfo) string {
	path, library := strings.CutSuffix(info.Path, ".test")
	if library && (info.Path == info.Main.Path || strings.HasSuffix(dir, ".test")) {
		return ""
	}
	return path
}

// look finds out what the files beside the binary say: not before it is asked
// for, as a hit can do without.
func (b *Build) look() {
	b.around.Do(func() {
		if b.exe == "" {
			return
		}
		b.noSource = b.findTestmain(b.exe)
		b.linked = linkedPackages(filepath.Join(filepath.Dir(b.exe), "importcfg.link"))
	})
}

func (b *Build) setting(key, value string) {
	switch key {
	case "-trimpath":
		b.trimpath = value == "true"
	case "-tags":
		b.tags = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
	case "-race":
		b.race = value == "true"
	case "-msan":
		b.msan = value == "true"
	case "-asan":
		b.asan = value == "true"
	case "CGO_ENABLED":
		b.cgo = value == "1"
	}
}

// findTestmain looks for the file that go test wrote when it began to build
// this binary, and returns why there is none, or "".
func (b *Build) findTestmain(exe string) string {
	st, err := quiet.StatPath(filepath.Join(filepath.Dir(exe), "_testmain.go"))
	if err != nil {
		return "the test binary was not built by this go test"
	}
	b.testmain = st
	return ""
}

// goFlags are those of the go command that built the binary.
func (b *Build) goFlags() goFlags {
	b.flagsOnce.Do(func() {
		if b.exe != "" {
			b.flags = findGoFlags()
		}
		if b.trimpath {
			for _, name := range cgoFlags {
				b.flags.addVariable(name, b.flags.goEnv(name))
			}
		}
	})
	return b.flags
}

// NoSource returns why nothing that is on disk can be trusted to be what was
// compiled into this binary, and "" where it can: code is then known by the
// content of the binary only.
func (b *Build) NoSource() string {
	b.look()
	if b.noSource != "" || b.static {
		return b.noSource
	}
	return b.goFlags().hides()
}

// LinkHidden reports whether the linker, or the C compiler, may have been given
// flags that the build information does not tell: -trimpath leaves them out,
// though -ldflags=-X sets variables. Where the go command's own line says that
// there are none, they are not hidden.
func (b *Build) LinkHidden() bool {
	return b.trimpath && (!b.goFlags().seen || b.goFlags().ldflags)
}

// Fresh reports whether a file or directory is what the compiler saw: both its
// times lie strictly before the moment when go test began to build. An edit
// while it compiled, or between the build and now, is thus noticed, and so is
// an older file moved into place: that sets the change time.
func (b *Build) Fresh(st quiet.Stat) bool {
	return b.static || b.NoSource() == "" && st.ModTime < b.testmain.ModTime && st.ChangeTime < b.testmain.ModTime
}

// CheckFresh returns an error naming the first of the paths that is not what
// was compiled.
func (b *Build) CheckFresh(paths ...string) error {
	if why := b.NoSource(); why != "" {
		return fmt.Errorf("no source: %s", why)
	}
	for _, path := range paths {
		st, err := quiet.StatPath(path)
		if err != nil {
			return fmt.Errorf("%s, which was compiled, is gone", path)
		}
		if !b.Fresh(st) {
			return fmt.Errorf("%s changed since the test binary was built", path)
		}
	}
	return nil
}

// OnDisk returns where a file lies that the compiler was told as file: with
// -trimpath that is import/path/file.go or module@version/file.go.
func (b *Build) OnDisk(file string) (string, error) {
	if filepath.IsAbs(file) {
		return filepath.FromSlash(file), nil
	}
	mods, err := b.mods()
	if err != nil {
		return "", err
	}
	return mods.locate(file)
}

// packageOf returns the import path of the package that file is part of, or
// "" where that cannot be told.
func (b *Build) packageOf(file string) string {
	if pkg, ok := b.packages.Load(file); ok {
		return pkg.(string)
	}
	path, pkg := b.directoryOf(file)
	if pkg != "" && strings.HasSuffix(path, "_test.go") && strings.HasSuffix(packageClause(path), "_test") {
		pkg += "_test"
	}
	b.packages.Store(file, pkg)
	return pkg
}

// directoryOf returns where a file lies and the import path that its directory
// has. That of the package under test, where go test starts it, is known
// without a look at the module.
func (b *Build) directoryOf(file string) (path, pkg string) {
	if filepath.Dir(file) == b.dir && b.tested != "" {
		if b.look(); b.testmain.Size > 0 {
			return file, b.tested
		}
	}
	path, err := b.OnDisk(file)
	if err != nil {
		return "", ""
	}
	mods, err := b.mods()
	if err != nil {
		return "", ""
	}
	return path, mods.importPath(filepath.Dir(path))
}

func (b *Build) mods() (*modules, error) {
	b.once.Do(func() { b.modules, b.modErr = loadModules(b.dir, b.goFlags()) })
	return b.modules, b.modErr
}
