// Package tree turns a directory into a manifest and objects of the store, and
// a manifest back into a directory.
//
// It promises that what comes back has the names, bytes, modes and symbolic
// links of what went in; that a file whose bytes the store has already is not
// stored again; and that no manifest, whoever wrote it, makes CopyTo touch
// anything outside its target: one that tries is refused by Decode, before the
// first byte is written. It does not keep owners, times, hard links between
// files, or what is no file, directory or link (Scan refuses that, naming it).
//
// A tree that cannot be written whole is an error that leaves a partial target
// for the caller to remove: the cache's cue to build.
package tree

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/store"
)

// Limits of what is stored and of what is read back. They are far above what a
// test can wait for, and low enough that a manifest cannot exhaust the memory.
const (
	maxEntries = 1 << 20
	maxDepth   = 100
	maxPath    = 4096
	maxName    = 255
)

// ModeMask are the permission bits that are kept: neither set-user-id nor
// write permission for others comes out of a cache.
const ModeMask fs.FileMode = 0o755

// A Kind is a kind of entry.
type Kind byte

const (
	Dir  Kind = 'd'
	File Kind = 'f'
	Link Kind = 'l'
)

// An Entry is a directory, a file or a link.
type Entry struct {
	Path   string // below the tree's root, with slashes
	Kind   Kind
	Mode   fs.FileMode     // permission bits within ModeMask; 0 for a link
	Ref    store.ObjectRef // of a File
	Target string          // of a Link
}

// A Manifest is a tree: its entries, each directory before what is in it and
// the names of a directory in their order.
type Manifest struct {
	Single  bool        // the output is the one file, not the directory that it is in
	Mode    fs.FileMode // of the directory: permission bits within ModeMask, 0 with Single
	Entries []Entry
}

// Size returns the sum of the files' sizes.
func (m *Manifest) Size() (n int64) {
	for i := range m.Entries {
		n += m.Entries[i].Ref.Size // 0 but for files
	}
	return n
}

// Objects returns the references of all files.
func (m *Manifest) Objects() []store.ObjectRef {
	var refs []store.ObjectRef
	for i := range m.Entries {
		if m.Entries[i].Kind == File {
			refs = append(refs, m.Entries[i].Ref)
		}
	}
	return refs
}

// less orders paths as a walk meets them: a directory's entries stand directly
// behind it, because the slash sorts before all that a name can hold.
func less(a, b string) bool {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		if x == y {
			continue
		}
		return x == '/' || y != '/' && x < y
	}
	return len(a) < len(b)
}

// A checker goes through entries in their order and refuses what cannot come
// from a tree.
type checker struct {
	last string
	dirs []string // the directories that the last entry lies in, outermost first
	size int64
}

func (c *checker) check(e *Entry) error {
	if err := checkPath(e.Path); err != nil {
		return err
	}
	if c.last != "" && !less(c.last, e.Path) {
		return fmt.Errorf("%q twice, or out of order", e.Path)
	}
	c.last = e.Path
	for len(c.dirs) > 0 && !strings.HasPrefix(e.Path, c.dirs[len(c.dirs)-1]+"/") {
		c.dirs = c.dirs[:len(c.dirs)-1]
	}
	name := e.Path
	if len(c.dirs) > 0 {
		name = e.Path[len(c.dirs[len(c.dirs)-1])+1:]
	}
	if strings.Contains(name, "/") {
		return fmt.Errorf("%q lies in no directory of the tree", e.Path)
	}
	if e.Mode&^ModeMask != 0 {
		return fmt.Errorf("%q has mode %v", e.Path, e.Mode)
	}
	switch e.Kind {
	case Dir:
		if c.dirs = append(c.dirs, e.Path); len(c.dirs) > maxDepth {
			return fmt.Errorf("more than %d directories in each other", maxDepth)
		}
	case File:
		if e.Ref.Size < 0 || c.size+e.Ref.Size < c.size {
			return fmt.Errorf("%q has an impossible size", e.Path)
		}
		c.size += e.Ref.Size
	case Link:
		return checkTarget(e.Target, len(c.dirs), e.Path)
	default:
		return fmt.Errorf("%q is of no known kind", e.Path)
	}
	return nil
}

// checkPath refuses paths that do not lie below the root on every system.
func checkPath(path string) error {
	if len(path) > maxPath || !filepath.IsLocal(filepath.FromSlash(path)) || strings.ContainsRune(path, 0) || foreign(path) {
		return fmt.Errorf("%.100q is no path in a tree", path)
	}
	for element := range strings.SplitSeq(path, "/") {
		if element == "" || element == "." || element == ".." || len(element) > maxName {
			return fmt.Errorf("%.100q is no path in a tree", path)
		}
	}
	return nil
}

// foreign reports characters that Windows takes for separators.
func foreign(path string) bool {
	return runtime.GOOS == "windows" && strings.ContainsAny(path, `\:`)
}

// checkTarget refuses links that leave the tree. Steps up are allowed only at
// the beginning, where they start from the link's own directory, which is a
// real one: behind a name, which may be a link, ".." can lead anywhere.
func checkTarget(target string, depth int, path string) error {
	outside := fmt.Errorf("link %q leads out of the tree (%.200s)", path, target)
	if target == "" || len(target) > maxPath || strings.ContainsRune(target, 0) || foreign(target) ||
		target[0] == '/' || filepath.IsAbs(target) {
		return outside
	}
	down := false
	for element := range strings.SplitSeq(target, "/") {
		switch element {
		case "", ".":
		case "..":
			if depth--; down {
				return fmt.Errorf("link %q may lead out of the tree: behind a name it goes up (%.200s)", path, target)
			} else if depth < 0 {
				return outside
			}
		default:
			down = true
		}
	}
	return nil
}

// Diff says where two trees differ first, in the order of a walk, and how:
// "a/b modified", "a/b added". It is "" for equal trees.
func Diff(old, new *Manifest) string {
	if old.Mode != new.Mode {
		return "its mode modified"
	}
	a, b := old.Entries, new.Entries
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && less(a[0].Path, b[0].Path):
			return a[0].Path + " removed"
		case len(a) == 0 || less(b[0].Path, a[0].Path):
			return b[0].Path + " added"
		case a[0] != b[0]:
			return a[0].Path + " modified"
		}
		a, b = a[1:], b[1:]
	}
	return ""
}
