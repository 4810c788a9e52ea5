package graph

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
)

// A Digester finds the digests of declarations, and notes the files and
// directories outside the packages that these depend on.
type Digester struct {
	Graph *Graph
	buf   []byte
	Files []FileStat
	Stale error // one of the files is not what was compiled
}

// Of returns the digest of a declaration's tokens, of what its qualifiers stand
// for, of the constraint on its file and of the files that it embeds.
func (d *Digester) Of(n *Node) codec.Digest {
	b := append(d.buf[:0], n.Fact.Digest[:]...)
	b = append(append(b, n.File.Facts.Constraint...), 0)
	dotted := false
	for _, q := range n.Fact.Quals {
		paths := n.meanings(q.X)
		for _, path := range paths {
			b = append(append(append(append(b, q.X...), '='), path...), 0)
		}
		dotted = dotted || len(paths) == 0 && n.mayBeDotted(q.X)
	}
	if dotted || slices.ContainsFunc(n.Fact.Refs, n.mayBeDotted) {
		b = append(append(b, strings.Join(n.File.Dots, " ")...), 0)
	}
	b = append(b, d.Graph.links[n].text...)
	if embeds := n.Fact.Rare().Embeds; len(embeds) > 0 {
		b = append(b, d.embedded(n.Package.Dir, embeds)...)
	}
	d.buf = b
	return codec.Sum(b)
}

// embedded returns the names and contents of what //go:embed patterns match,
// and notes the files and directories that say so.
func (d *Digester) embedded(dir string, patterns []string) []byte {
	e := embedder{Digester: d, root: dir}
	for _, pattern := range patterns {
		pattern, e.all = strings.CutPrefix(pattern, "all:")
		e.glob(dir, strings.Split(pattern, "/"))
	}
	return e.sums
}
