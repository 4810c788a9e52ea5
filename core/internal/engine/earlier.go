package engine

import (
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// madeBefore reports a temporary file that was there before fn began: the test
// around fn has written it, and what it wrote no record can tell. What fn made
// itself is no input of it, and what lies below a Path of With counts by content.
func (c *collector) madeBefore(r trace.Read) *notStored {
	path := r.Name
	if !r.After || r.Aside || !c.c.host.Temp().Has(path) || process.Within(path, slices.Collect(maps.Values(c.world.Bases))) || !c.mayBeFns(r) {
		return nil
	}
	st, err := unlogged.StatPath(path)
	switch {
	case err != nil && !since.IsTestTop(path) && c.around.Had(filepath.Dir(path), filepath.Base(path)):
		return changedMeanwhile(path, "it was removed")
	case err != nil && c.inEarlierDir(path):
		return &notStored{"temporary", fmt.Sprintf("it looked for %s, which is not there, in a directory that this process made before: make that within the build function", path)}
	case err != nil:
		return nil
	case st.Mode.IsDir():
		if path = c.earlyEntry(r); path == "" {
			return nil
		}
	case !st.Mode.IsRegular() || !c.wasThere(path) || r.Opened && c.spec.answeredFor() && isProgram(path):
		return nil
	}
	return &notStored{"temporary", fmt.Sprintf("it read %s, which this process made before: make it within the build function, or add cachetest.With(%q, cachetest.Path(…)) for what is in it",
		path, filepath.Base(path))}
}

// isShared reports whether a file that was read before the build began, and lies
// among temporary ones, may have been written by another process: its name is no
// random one.
func (c *collector) isShared(r trace.Read) bool {
	if r.After || c.isKnown(r.Name) || !c.c.host.Temp().IsFixed(r.Name) {
		return false
	}
	st, err := unlogged.StatPath(r.Name)
	return err != nil || st.Mode.IsRegular()
}

// listsTemporary reports whether fn has listed the directory of temporary files:
// somebody opened it, and fn's code lists directories and can name that one.
func (c *collector) listsTemporary(r trace.Read) bool {
	if !slices.Contains(c.c.host.Temp().Dirs, r.Name) || !r.Opened || !r.After || r.Aside {
		return false
	}
	known := c.behaviour()
	return known != nil && known.Asks(settings.Lists) && (known.Asks(settings.TempDir) || known.Asks(settings.Environment) ||
		slices.ContainsFunc(known.Paths, func(p code.Path) bool { return p.Path == r.Name }))
}

// inEarlierDir reports whether a path lies in a temporary directory that was made
// before the build began, by a test, and in which nothing was made or removed
// since: what is not there now may be in the next run, in another directory.
func (c *collector) inEarlierDir(path string) bool {
	dir, temp := filepath.Dir(path), c.c.host.Temp()
	return temp.Has(dir) && !slices.Contains(temp.Dirs, dir) && !since.IsTestTop(dir) && c.wasThere(dir) && since.Untouched(dir, c.began)
}

// mayBeFns reports whether it may be fn that read a temporary file, and not a
// test that runs in parallel. How would fn know of one that was there before?
// By a variable, by what it captures, by its test; by a name that is always the
// same too, but that is worth a line only where nobody else can have read it.
func (c *collector) mayBeFns(r trace.Read) bool {
	own, inTest := c.c.host.Temp().OfTest(r.Name, c.spec.Test)
	switch {
	case inTest && !own:
		return false
	case r.Relative > 0 || c.stateful() || len(c.spec.Ignore.Captures) > 0:
		return true
	}
	return process.Alone()
}

// earlyEntry returns a file that was there before fn opened its directory. A
// subdirectory tells nothing: package testing makes and opens those.
func (c *collector) earlyEntry(r trace.Read) string {
	if !r.Opened {
		return ""
	}
	entries, err := unlogged.ReadDir(r.Name)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if path := filepath.Join(r.Name, e.Name()); e.Type()&fs.ModeType == 0 && c.wasThere(path) {
			return path
		}
	}
	return ""
}

// wasThere reports whether a temporary file was made before the build began.
// Within a tick of the kernel's clock that is told by the log, which names what
// package os has written.
func (c *collector) wasThere(path string) bool {
	before, sure := c.c.host.Temp().Before(path, c.began)
	return before && (sure || c.readEarly(path))
}

// readEarly reports whether a path was opened or looked at before the build.
func (c *collector) readEarly(path string) bool {
	if c.early == nil {
		c.early = map[string]bool{}
		for _, r := range c.reads.Paths {
			if r.Before {
				c.early[r.Name] = true
			}
		}
	}
	return c.early[path]
}
