// Package since tells what became of files since a moment, by the times that file
// systems keep: whether what a path leads to may have changed, and what was made.
//
// It promises to say Unchanged only of files that were not written, replaced, moved or
// removed since, as far as the system keeps change times (all but Windows). It fails
// towards Unsure and Changed: a file system may keep coarse times, and a clock stands
// between two ticks.
package since

import (
	"os"
	"slices"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Verdict says whether something was changed since a moment. Larger is worse.
type Verdict uint8

const (
	Unchanged Verdict = iota
	Unsure            // it was changed within the same tick of the clock
	Changed
)

// A Moment is when something began, as file systems stamp it: a change after
// it gets a time from Low on, one before it at most High, in nanoseconds since
// 1970.
type Moment struct{ Low, High int64 }

// Now returns this moment.
func Now() Moment {
	low := unlogged.FileClock()
	return Moment{low, time.Now().UnixNano()}
}

// stamp judges one time of a file, which a file system may have rounded down.
func (m Moment) stamp(t int64) Verdict {
	switch {
	case t > m.High:
		return Changed
	case unlogged.Latest(t) >= m.Low:
		return Unsure
	}
	return Unchanged
}

// stat judges a file by both its times.
func (m Moment) stat(st unlogged.Stat) Verdict {
	st = st.Past()
	return max(m.stamp(st.ModTime), m.stamp(st.ChangeTime))
}

// Settle waits for the next tick of the clock that stamps files, if there was
// none since a moment: so a file that was made before, however short a time, is older
// than what begins now.
func (m Moment) Settle() {
	for deadline := time.Now().Add(maxTick); unlogged.FileClock() <= m.High && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}

// maxTick is longer than the clock that stamps files can stand: 10 ms as a rule, more
// where a virtual machine misses ticks.
const maxTick = time.Second

// A Check judges paths that were read, since a moment:
//
//   - A file that is written, replaced, or renamed to where it is has a new
//     change time, whatever its modification time is; so has a symbolic link.
//   - A directory that is renamed has a new change time, and so has the directory
//     that holds it, whose modification time somebody may have put back. A new entry
//     alone changes both times of a directory to the same value, and nothing that
//     lies beside the entry.
//   - A name that is gone has left new times with the directory that held it.
type Check struct {
	Since  Moment
	Around Surroundings // at that moment, nil if nobody looked
	Churn  []string     // directories where names come and go all the time
	Makes  bool         // the reader may have made files, and removed them

	dirs map[string]unlogged.Stat
}

// lstat looks once at each directory, which many paths have in common.
func (c *Check) lstat(path string) (unlogged.Stat, error) {
	if st, ok := c.dirs[path]; ok {
		return st, nil
	}
	st, err := unlogged.LstatPath(path)
	if err == nil && st.Mode.IsDir() {
		if c.dirs == nil {
			c.dirs = map[string]unlogged.Stat{}
		}
		c.dirs[path] = st
	}
	return st, err
}

// A Finding is the worst Verdict on a path.
type Finding struct {
	Verdict Verdict
	What    string // what happened
}

func (f *Finding) Add(v Verdict, what string) {
	if v > f.Verdict {
		*f = Finding{v, what}
	}
}

// Path judges an absolute path, at which there may be nothing.
func (c *Check) Path(path string) (f Finding) {
	walkPath(path, c.lstat, func(s step) {
		switch {
		case s.err != nil:
			if os.IsNotExist(s.err) {
				f.Add(c.gone(s))
			}
		case c.Around.lacks(s.dir, s.name):
			f.Add(Changed, s.path+" was made or moved there")
		case s.st.Mode&os.ModeSymlink != 0:
			f.Add(c.Since.stat(s.st), "the link "+s.path+" was changed")
		case s.st.Mode.IsDir():
			f.Add(c.moved(s), "the directory "+s.path+" was made, moved or replaced")
		default:
			f.Add(c.Since.stat(s.st), "it was written or replaced")
		}
	})
	return f
}

// List judges the names in a directory.
func (c *Check) List(st unlogged.Stat) Finding {
	return Finding{c.Since.stat(st), "something was added to it or removed"}
}

// moved judges a directory: one that is renamed to where it is leaves its mark
// on itself and on the directory that it lies in.
func (c *Check) moved(s step) Verdict {
	if s.st.ChangeTime == 0 {
		return Unchanged // it would not tell
	}
	was, known := c.Around[s.path]
	if known && (was.st.Inode != s.st.Inode || was.st.Device != s.st.Device) {
		return Changed
	}
	if (known || c.Around == nil) && s.st.ChangeTime == s.st.ModTime {
		return Unchanged // an entry was made in it, or removed
	}
	parent, err := c.lstat(s.dir)
	if err != nil {
		return Changed
	}
	return min(c.Since.stat(s.st), c.Since.stat(parent))
}

// gone judges a name that is not there: whether it was. One that was not when the
// directory was listed can have come and gone only where the times of the directory show
// that some name did, unless that may have been a file of the reader's own.
func (c *Check) gone(s step) (Verdict, string) {
	dir, err := c.lstat(s.dir)
	churns := slices.Contains(c.Churn, s.dir)
	switch {
	case c.Around[s.dir].names[s.name]:
		return Changed, "it was removed"
	case c.Around.lacks(s.dir, s.name) && (c.Makes || churns || dir == c.Around[s.dir].st), c.Around == nil && churns:
		return Unchanged, ""
	case err != nil:
		return Changed, "the directory that held it was removed"
	}
	return c.Since.stat(dir), "it is not there, and may have been: something was added to or removed from " + s.dir
}
