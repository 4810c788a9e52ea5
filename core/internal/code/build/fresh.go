package build

import (
	"fmt"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A StaleError reports that the source on disk is not what was compiled:
// nothing may be read from the cache nor written to it in this run.
type StaleError struct{ Path string }

func (e *StaleError) Error() string {
	return e.Path + " changed since the test binary was built"
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

// Fresh reports whether a file or directory is what the compiler saw: both its
// times lie strictly before the moment when go test began to build. An edit
// while it compiled, or between the build and now, is thus noticed, and so is
// an older file moved into place: that sets the change time. A time that the file
// system may have rounded down counts as the latest that it may stand for.
func (b *Build) Fresh(st unlogged.Stat) bool {
	return b.static || b.NoSource() == "" && unlogged.Latest(max(st.ModTime, st.ChangeTime)) < b.testmain.ModTime
}

// CheckFresh returns an error naming the first of the paths that is not what
// was compiled.
func (b *Build) CheckFresh(paths ...string) error {
	if why := b.NoSource(); why != "" {
		return fmt.Errorf("no source: %s", why)
	}
	for _, path := range paths {
		st, err := unlogged.StatPath(path)
		if err != nil {
			return fmt.Errorf("%s, which was compiled, is gone", path)
		}
		if !b.Fresh(st) {
			return fmt.Errorf("%s changed since the test binary was built", path)
		}
	}
	return nil
}

// FreshDir reports whether a directory with the given state holds the source
// files that it held when the test binary was built; names are those that it
// holds now, as SourceFiles lists them. Either the directory was last changed
// before the build, or that was so when the tests began and it has the same
// source files still.
func (b *Build) FreshDir(dir string, st unlogged.Stat, names []string) bool {
	if b.Fresh(st) {
		return true
	}
	return dir == startDir && b.Fresh(atStart.stat) && slices.Equal(names, atStart.names)
}
