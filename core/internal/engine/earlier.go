package engine

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// madeBefore reports a temporary file that was there before fn began: the test
// around fn has written it, and what it wrote no record can tell. What fn made
// itself is no input of it.
func (c *collector) madeBefore(r trace.Read) *notStored {
	path := r.Name
	if !r.After || r.Aside || !temporary(path, c.world.Root) || c.inBase(path) || !c.mayBeFns(r) {
		return nil
	}
	st, err := unlogged.StatPath(path)
	switch {
	case err != nil && !isTestTop(path) && c.around[filepath.Dir(path)].names[filepath.Base(path)]:
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

// listsTemporary reports whether fn has listed the directory of temporary files:
// somebody opened it, and fn's code lists directories and can name that one.
func (c *collector) listsTemporary(r trace.Read) bool {
	if !slices.Contains(tempDirs(), r.Name) || !r.Opened || !r.After || r.Aside {
		return false
	}
	known := c.behaviour()
	return known != nil && known.Asks(code.SettingLists) && (known.Asks("os.TempDir") || known.Asks(code.SettingEnvironment) ||
		slices.ContainsFunc(known.Paths, func(p code.Path) bool { return p.Path == r.Name }))
}

// inEarlierDir reports whether a path lies in a temporary directory that was made
// before the build began, by a test, and in which nothing was made or removed
// since: what is not there now may be in the next run, in another directory.
func (c *collector) inEarlierDir(path string) bool {
	dir := filepath.Dir(path)
	if !temporary(dir, c.world.Root) || slices.Contains(tempDirs(), dir) || isTestTop(dir) || !c.wasThere(dir) {
		return false
	}
	st, err := unlogged.StatPath(dir)
	born, known := birthTime(dir)
	return err == nil && (st.ModTime < c.began.low || known && st.ModTime == born)
}

// mayBeFns reports whether it may be fn that read a temporary file, and not a
// test that runs in parallel. How would fn know of one that was there before?
// By a variable, by what it captures, by its test; by a name that is always the
// same too, but that is worth a line only where nobody else can have read it.
func (c *collector) mayBeFns(r trace.Read) bool {
	own, inTest := c.ofTest(r.Name)
	switch {
	case inTest && !own:
		return false
	case r.Relative > 0 || c.stateful() || len(c.spec.Ignore.Captures) > 0:
		return true
	}
	return alone()
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

// wasThere reports whether a temporary file was made before the build began: it
// and each directory on the way to it. Within a tick of the kernel's clock that
// is told by the log, which names what package os has written.
func (c *collector) wasThere(path string) bool {
	near := false
	for _, at := range belowTemp(path) {
		made, ok := birthTime(at)
		if !ok {
			st, err := unlogged.LstatPath(at)
			if err != nil {
				return false
			}
			if made = st.ChangeTime; made > c.began.high {
				near = true // made, or only changed
				continue
			}
		}
		if made > c.began.high {
			return false
		}
		near = near || made >= c.began.low
	}
	return !near || c.readEarly(path)
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

// belowTemp are the paths from below a temporary directory down to path.
func belowTemp(path string) (list []string) {
	for _, dir := range tempDirs() {
		if rest, ok := strings.CutPrefix(path, dir+string(os.PathSeparator)); ok {
			for element := range strings.SplitSeq(rest, string(os.PathSeparator)) {
				dir += string(os.PathSeparator) + element
				list = append(list, dir)
			}
			return list
		}
	}
	return nil
}

// inBase reports whether a path is, or lies below, one that With gave as a
// Path: it counts by its content.
func (c *collector) inBase(path string) bool {
	for _, base := range c.world.Bases {
		if within(path, []string{base}) {
			return true
		}
	}
	return false
}

// testDir is how t.TempDir names its directories.
var testDir = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^((?:Test|Benchmark|Fuzz)[^/\\]*)[/\\][0-9]{3}(?:[/\\]|$)`)
})

// isTestTop reports whether a path is named like the directory that holds the
// TempDirs of a test: package testing opens and removes it when the test ends,
// which may be while another test builds.
func isTestTop(path string) bool {
	name := filepath.Base(path)
	return randomName(name) && (strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Benchmark") || strings.HasPrefix(name, "Fuzz"))
}

// ofTest reports whether a path lies in the TempDir of a test, which has left
// its name there, and whether that may be fn's own, or one that it is a subtest
// of: digits follow the name, which may be those of another subtest.
func (c *collector) ofTest(path string) (own, inTest bool) {
	for _, dir := range tempDirs() {
		rest, _ := strings.CutPrefix(path, dir+string(os.PathSeparator))
		m := testDir().FindStringSubmatch(rest)
		if m == nil {
			continue
		}
		for name := c.spec.Test; name != ""; name = name[:max(0, strings.LastIndexByte(name, '/'))] {
			random, ok := strings.CutPrefix(m[1], inFileName(name))
			if ok && strings.Trim(random, "0123456789") == "" {
				return true, true
			}
		}
		return false, true
	}
	return false, false
}

// inFileName is what t.TempDir makes of a test's name (makeTempDir in package
// testing).
func inFileName(test string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("!#$%&()+,-.=@^_{}~ ", r) {
			return r
		}
		return -1
	}, test[:min(len(test), 64)])
}
