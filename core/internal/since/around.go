package since

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A step is one element of a path, with the symbolic links before it resolved.
type step struct {
	dir, name string // the directory that it lies in, and its name there
	path      string
	st        unlogged.Stat
	err       error // it cannot be looked at, as a rule since it is not there
}

// maxLinks is how many symbolic links a path may lead through (path_resolution(7)).
const maxLinks = 40

// walkPath goes along an absolute path, as the system does, and returns what it
// leads to without symbolic links, "" if to nothing.
func walkPath(path string, lstat func(string) (unlogged.Stat, error), visit func(step)) string {
	top := filepath.VolumeName(path) + separator
	at, rest := top, strings.Split(strings.TrimPrefix(path, top), separator)
	for links := 0; len(rest) > 0 && links <= maxLinks; {
		name := rest[0]
		rest = rest[1:]
		switch name {
		case "", ".":
			continue
		case "..":
			at = filepath.Dir(at)
			continue
		}
		s := step{dir: at, name: name, path: filepath.Join(at, name)}
		s.st, s.err = lstat(s.path)
		visit(s)
		switch {
		case s.err != nil:
			return ""
		case s.st.Mode&os.ModeSymlink == 0:
			at = s.path
			continue
		}
		links++
		target, err := os.Readlink(s.path) // not logged
		if err != nil {
			return ""
		}
		if filepath.IsAbs(target) {
			at = filepath.VolumeName(target) + separator
			target = strings.TrimPrefix(target, at)
		}
		rest = append(strings.Split(target, separator), rest...)
	}
	if len(rest) > 0 {
		return ""
	}
	return at
}

// Resolve is filepath.EvalSymlinks of an absolute path, unseen by go test's log;
// "" if nothing is there. On Windows it makes long names of short ones as well.
func Resolve(path string) string {
	path = walkPath(path, unlogged.LstatPath, func(step) {})
	if path == "" {
		return ""
	}
	return longName(path)
}

// Surroundings are directories as they were at a moment: they tell what was
// replaced from what only got another entry, and what was removed from what was
// never there.
type Surroundings map[string]dirState

type dirState struct {
	st    unlogged.Stat
	names map[string]bool // nil: not listed
}

// Had reports whether a name is known to have been in a directory.
func (s Surroundings) Had(dir, name string) bool { return s[dir].names[name] }

// Listed reports whether the names in a directory are known.
func (s Surroundings) Listed(dir string) bool { return s[dir].names != nil }

// lacks reports whether a name is known not to have been in a directory. Where
// the file system takes names without case, the same file was there by another
// spelling.
func (s Surroundings) lacks(dir, name string) bool {
	names := s[dir].names
	if names == nil || names[name] {
		return false
	}
	st, err := unlogged.LstatPath(filepath.Join(dir, name))
	if err != nil {
		return true
	}
	for other := range names {
		if strings.EqualFold(other, name) {
			if was, err := unlogged.LstatPath(filepath.Join(dir, other)); err == nil && was == st {
				return false
			}
		}
	}
	return true
}

// maxListed is how many names are listed in advance. Others are judged by times alone,
// which can cost a record but not spoil one.
const maxListed = 4096

// AddPath adds the directories that a path leads through.
func (s Surroundings) AddPath(path string) {
	lstat := func(path string) (unlogged.Stat, error) {
		if dir, known := s[path]; known {
			return dir.st, nil
		}
		return unlogged.LstatPath(path)
	}
	walkPath(path, lstat, func(at step) {
		if _, known := s[at.path]; at.err == nil && at.st.Mode.IsDir() && !known {
			s[at.path] = dirState{st: at.st}
		}
	})
}

// List adds the names in a directory, and with deep those below it.
func (s Surroundings) List(dir string, deep bool) {
	left := maxListed
	for queue := []string{dir}; len(queue) > 0 && left > 0; queue = queue[1:] {
		f, err := unlogged.Open(queue[0])
		if err != nil {
			continue
		}
		info, err := f.Stat()
		entries, rerr := f.ReadDir(left + 1)
		f.Close()
		left -= len(entries)
		if err != nil || left < 0 || rerr != nil && rerr != io.EOF {
			continue
		}
		state := dirState{st: unlogged.FromInfo(info), names: map[string]bool{}}
		for _, e := range entries {
			state.names[e.Name()] = true
			if deep && e.IsDir() {
				queue = append(queue, filepath.Join(queue[0], e.Name()))
			}
		}
		s[queue[0]] = state
	}
}
