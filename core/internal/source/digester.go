package source

import (
	"slices"
	"strings"
)

// A digester finds the digests of declarations, and notes the files and
// directories outside the packages that these depend on.
type digester struct {
	g     *graph
	buf   []byte
	files []fileStat
	stale error // one of the files is not what was compiled
}

// of returns the digest of a declaration's tokens, of what its qualifiers stand
// for, of the constraint on its file and of the files that it embeds.
func (d *digester) of(n *node) Digest {
	b := append(d.buf[:0], n.fact.digest[:]...)
	b = append(append(b, n.file.facts.constraint...), 0)
	dotted := false
	for _, q := range n.fact.quals {
		paths := n.meanings(q.x)
		for _, path := range paths {
			b = append(append(append(append(b, q.x...), '='), path...), 0)
		}
		dotted = dotted || len(paths) == 0 && n.mayBeDotted(q.x)
	}
	if dotted || slices.ContainsFunc(n.fact.refs, n.mayBeDotted) {
		b = append(append(b, strings.Join(n.file.dots, " ")...), 0)
	}
	b = append(b, d.g.links[n].text...)
	if embeds := n.fact.rare().embeds; len(embeds) > 0 {
		b = append(b, d.embedded(n.pkg.dir, embeds)...)
	}
	d.buf = b
	return sum(b)
}

// embedded returns the names and contents of what //go:embed patterns match,
// and notes the files and directories that say so.
func (d *digester) embedded(dir string, patterns []string) []byte {
	e := embedder{digester: d, root: dir}
	for _, pattern := range patterns {
		pattern, e.all = strings.CutPrefix(pattern, "all:")
		e.glob(dir, strings.Split(pattern, "/"))
	}
	return e.sums
}
