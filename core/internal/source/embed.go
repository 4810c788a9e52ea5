package source

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// embedded returns the names and contents of what //go:embed patterns match,
// and notes the files and directories that say so. What is not as it was when
// the binary was built makes the closure stale.
func (c *Closure) embedded(b *build.Build, dir string, patterns []string) []byte {
	e := embedder{c: c, b: b, root: dir}
	for _, pattern := range patterns {
		pattern, e.all = strings.CutPrefix(pattern, "all:")
		e.glob(dir, strings.Split(pattern, "/"))
	}
	return e.sums
}

type embedder struct {
	c    *Closure
	b    *build.Build
	root string
	all  bool
	sums []byte
}

// glob walks down one pattern, an element at a time. Directories are noted
// where their listing matters.
func (e *embedder) glob(dir string, elems []string) {
	if len(elems) == 0 {
		e.take(dir)
		return
	}
	if !strings.ContainsAny(elems[0], `*?[\`) {
		e.glob(filepath.Join(dir, elems[0]), elems[1:])
		return
	}
	entries, err := quiet.ReadDir(dir)
	e.note(dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if ok, _ := path.Match(elems[0], entry.Name()); ok {
			e.glob(filepath.Join(dir, entry.Name()), elems[1:])
		}
	}
}

// note is called when a file or directory has been read: a change before that
// shows in its times then.
func (e *embedder) note(p string) {
	st, err := quiet.StatPath(p)
	if err != nil || !e.b.Fresh(st) {
		e.c.stale = &StaleError{Path: p}
	}
	e.c.files = append(e.c.files, fileStat{p, st})
}

// take adds a file, or all below a directory but for names that begin with a
// dot or underscore, unless the pattern said all:.
func (e *embedder) take(p string) {
	st, _ := quiet.StatPath(p)
	if !st.Mode.IsDir() {
		data, err := quiet.ReadFile(p)
		e.note(p)
		if err != nil {
			data = []byte(err.Error())
		}
		rel, _ := build.Below(e.root, p)
		d := sum(data)
		e.sums = append(append(append(e.sums, rel...), 0), d[:]...)
		return
	}
	entries, err := quiet.ReadDir(p)
	e.note(p)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if name := entry.Name(); e.all || name[0] != '.' && name[0] != '_' {
			e.take(filepath.Join(p, name))
		}
	}
}
