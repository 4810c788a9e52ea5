package graph

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// An embedder takes in what the //go:embed patterns of one declaration match.
type embedder struct {
	*Digester
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
	entries, err := unlogged.ReadDir(dir)
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
	st, err := unlogged.StatPath(p)
	if err != nil || !e.Graph.b.Fresh(st) {
		e.Stale = &build.StaleError{Path: p}
	}
	e.Files = append(e.Files, FileStat{p, st})
}

// take adds a file, or all below a directory but for names that begin with a
// dot or underscore, unless the pattern said all:.
func (e *embedder) take(p string) {
	st, _ := unlogged.StatPath(p)
	if !st.Mode.IsDir() {
		data, err := unlogged.ReadFile(p)
		e.note(p)
		if err != nil {
			data = []byte(err.Error())
		}
		rel, _ := build.Below(e.root, p)
		d := codec.Sum(data)
		e.sums = append(append(append(e.sums, rel...), 0), d[:]...)
		return
	}
	entries, err := unlogged.ReadDir(p)
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
