package graph

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Digest returns the digest of a declaration's tokens, of what its qualifiers stand
// for, of the constraint on its file and of the files that it embeds.
func (g *Graph) Digest(n *Node) codec.Digest {
	b := slices.Clone(n.Fact.Digest[:])
	b = append(append(b, n.File.Facts.Constraint...), 0)
	for _, q := range n.Fact.Quals {
		for _, path := range n.meanings(q.X) {
			b = append(append(append(append(b, q.X...), '='), path...), 0)
		}
	}
	for _, x := range n.Externals { // what is not qualified, but by none of the package
		if slices.Contains(n.File.Dots, x.Path) {
			b = append(append(b, x.Path...), 0)
		}
	}
	if ends := g.links[n]; ends != nil {
		b = append(b, ends.text...)
	}
	for _, pattern := range n.Fact.Embeds {
		pattern, all := strings.CutPrefix(pattern, "all:")
		e := embedder{g, n.Package.Dir, all, b}
		e.glob(e.root, strings.Split(pattern, "/"))
		b = e.text
	}
	return codec.Sum(b)
}

// An embedder takes in the names and contents of what a //go:embed pattern
// matches.
type embedder struct {
	*Graph
	root string
	all  bool
	text []byte
}

// glob walks down a pattern, an element at a time.
func (e *embedder) glob(dir string, elems []string) {
	switch {
	case len(elems) == 0:
		e.take(dir)
	case !strings.ContainsAny(elems[0], `*?[\`):
		e.glob(filepath.Join(dir, elems[0]), elems[1:])
	default:
		for _, name := range e.names(dir) {
			if ok, _ := path.Match(elems[0], name); ok {
				e.glob(filepath.Join(dir, name), elems[1:])
			}
		}
	}
}

// names lists a directory, which must be what was compiled.
func (e *embedder) names(dir string) (names []string) {
	entries, _ := unlogged.ReadDir(dir)
	e.check(dir)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// check is called when a file or directory has been read: a change before that
// shows in its times then.
func (e *embedder) check(p string) {
	if err := e.b.CheckFresh(p); err != nil {
		e.Stale = err
	}
}

// take adds a file, or all below a directory but for names that begin with a
// dot or underscore, unless the pattern said all:.
func (e *embedder) take(p string) {
	if st, _ := unlogged.StatPath(p); st.Mode.IsDir() {
		for _, name := range e.names(p) {
			if e.all || name[0] != '.' && name[0] != '_' {
				e.take(filepath.Join(p, name))
			}
		}
		return
	}
	data, err := unlogged.ReadFile(p)
	e.check(p)
	if err != nil {
		data = []byte(err.Error())
	}
	rel, _ := build.Below(e.root, p)
	d := codec.Sum(data)
	e.text = append(append(append(e.text, rel...), 0), d[:]...)
}
