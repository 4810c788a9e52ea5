package build

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A StaleError reports that the source on disk is not what was compiled:
// nothing may be read from the cache nor written to it in this run.
type StaleError struct {
	Path string
	Stat unlogged.Stat
}

func (e *StaleError) Error() string {
	if st := e.Stat.Past(); max(st.ModTime, st.ChangeTime) > time.Now().UnixNano() {
		return e.Path + " has a time in the future, which does not tell whether it changed since the test binary was built: touch it"
	}
	return e.Path + " changed since the test binary was built"
}

// NoSource returns why nothing that is on disk can be trusted to be what was
// compiled into this binary, and "" where it can: code is then known by the
// content of the binary only.
func (b *Build) NoSource() string {
	switch {
	case b.static:
		return ""
	case b.exe == "":
		return "the path of the test binary is unknown"
	case b.made() == 0:
		return "the test binary was not built by this go test"
	}
	return b.flags().hides
}

// Fresh reports whether a file or directory is what the compiler saw: both its
// times lie strictly before the moment when go test began to build. An edit
// while it compiled, or between the build and now, is thus noticed, and so is
// an older file moved into place: that sets the change time, which alone counts where
// the other lies in the future. A time that the file system may have rounded down
// counts as the latest that it may stand for.
func (b *Build) Fresh(st unlogged.Stat) bool {
	st = st.Past()
	return b.static || b.NoSource() == "" && unlogged.Latest(max(st.ModTime, st.ChangeTime)) < b.made()
}

// Moved returns a function that reports whether a path may lead elsewhere than when go test
// began to build. Where a directory on the way was replaced, or one on the way to what a
// symbolic link names, all that lies in it may be older than the build, and not what was
// compiled. What the function has seen of a directory it does not look at again.
func (b *Build) Moved() func(path string) bool {
	way := since.Check{Since: since.Moment{Low: b.made(), High: b.made()}}
	return func(path string) bool { return !b.static && way.Path(path).Verdict != since.Unchanged }
}

// CheckFresh returns a *StaleError if a file or directory is not what was
// compiled, or gone.
func (b *Build) CheckFresh(path string) error {
	if why := b.NoSource(); why != "" {
		return fmt.Errorf("no source: %s", why)
	}
	if st, err := unlogged.StatPath(path); err != nil || !b.Fresh(st) || b.Moved()(path) {
		return &StaleError{path, st}
	}
	return nil
}

// FreshDir reports whether a directory with the given state holds the source
// files that it held when the test binary was built; names are those that it
// holds now, as SourceFiles lists them. Either the directory was last changed
// before the build, or that was so when the tests began and it has the same
// source files still.
func (b *Build) FreshDir(dir string, st unlogged.Stat, names []string) bool {
	return b.Fresh(st) || dir == startDir && b.Fresh(startStat) && slices.Equal(names, startNames)
}

// startStat and startNames are the listing of the package's directory when the process
// began: tests may write files beside the source, which changes the directory's time,
// before its source is asked for. Only a test binary lists it, for some
// microseconds.
var startStat, startNames = listStart()

func listStart() (st unlogged.Stat, names []string) {
	if slices.ContainsFunc(os.Args[1:], func(arg string) bool { return strings.HasPrefix(arg, "-test.") }) {
		st, _ = unlogged.StatPath(startDir)
		names, _ = unlogged.Names(startDir)
	}
	return st, slices.DeleteFunc(names, func(name string) bool { return !isSource(name) })
}

// SourceFiles lists the files of a directory that the go command may compile
// into a package, or that such a file may include, sorted by name.
func SourceFiles(dir string) (names []string, err error) {
	entries, err := unlogged.ReadDir(dir)
	for _, e := range entries {
		if name := e.Name(); isSource(name) && !e.IsDir() {
			names = append(names, name)
		}
	}
	return names, err
}

// hasGo reports whether there are Go files in a directory.
func hasGo(dir string) (bool, error) {
	names, err := SourceFiles(dir)
	return slices.ContainsFunc(names, func(name string) bool { return strings.HasSuffix(name, ".go") }), err
}

func isSource(name string) bool {
	return name[0] != '_' && name[0] != '.' && slices.Contains(sourceSuffixes, filepath.Ext(name))
}

// sourceSuffixes are the suffixes of such files.
var sourceSuffixes = []string{".go", ".s", ".S", ".sx", ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".m", ".f", ".F", ".for", ".f90", ".swig", ".swigcxx", ".syso"}
