package build

import (
	"fmt"
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
	dir      string        // see Dir
	testmain unlogged.Stat // of the file that go test writes before it compiles anything
	noSource string        // why nothing on disk can be trusted to be what was compiled; "" if it can
	trimpath bool
	tested   string // import path of the package under test, from the build info
	listed   bool   // see FromFiles
	tags     []string
	race     bool
	msan     bool
	asan     bool
	cgo      bool
	static   bool // not a running binary: what is on disk is all there is

	exe       string // path of the running binary
	around    sync.Once
	flagsOnce sync.Once
	flags     goFlags // see goFlags

	once    sync.Once
	modules *Modules
	modErr  error

	linked []string // see Linked
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
// and was started in dir.
func describe(dir, exe string) *Build {
	b := &Build{dir: dir, exe: exe}
	if info, ok := debug.ReadBuildInfo(); ok {
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

// Dir returns the directory that the process was started in, which go test
// makes that of the package under test.
func (b *Build) Dir() string { return b.dir }

// FromFiles reports whether go test was given files and not a package: then
// their build constraints do not count.
func (b *Build) FromFiles() bool { return b.listed }

// look reads the files beside the binary, once. It waits until they are asked
// for: a hit can do without them.
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
	st, err := unlogged.StatPath(filepath.Join(filepath.Dir(exe), "_testmain.go"))
	if err != nil {
		return "the test binary was not built by this go test"
	}
	b.testmain = st
	return ""
}

// goFlags returns the flags of the go command that built the binary.
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

// LinkHidden reports whether the linker, or the C compiler, may have been given
// flags that the build information does not tell: -trimpath leaves them out,
// though -ldflags=-X sets variables. Where the go command's own line says that
// there are none, they are not hidden.
func (b *Build) LinkHidden() bool {
	return b.trimpath && (!b.goFlags().seen || b.goFlags().ldflags)
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
	if filepath.Dir(file) == b.dir && b.tested != "" {
		if b.look(); b.testmain.Size > 0 {
			return file, b.tested
		}
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

// Settings returns a text of all that decides, beside the files, which source was
// compiled.
func (b *Build) Settings() string {
	m := b.Matcher()
	var tags []string
	for tag, set := range m.tags {
		if set {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return strings.Join([]string{fmt.Sprint(m.minor), strings.Join(tags, ","), b.goFlags().mod, b.goFlags().gowork, b.dir, b.goFlags().dir}, "\n")
}

// Modules returns the modules that the binary was built from, as the files on
// disk name them.
func (b *Build) Modules() (*Modules, error) {
	b.once.Do(func() { b.modules, b.modErr = loadModules(b.dir, b.goFlags()) })
	return b.modules, b.modErr
}
