package graph

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// imports returns the packages that the qualifiers of a declaration stand for, a line each
// with the qualifier and the import path.
func (n *Node) imports() string {
	var list []string
	for _, q := range n.Fact.Quals {
		for _, path := range n.meanings(q.X) {
			list = append(list, q.X+" "+strconv.Quote(path))
		}
	}
	for _, x := range n.Externals { // names that may come from a dot import
		if slices.Contains(n.File.Dots, x.Path) {
			list = append(list, ". "+strconv.Quote(x.Path))
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), "\n")
}

// Digest returns the digest of a declaration's tokens, of the constraint on its file and
// of the patterns of the files that it embeds. Its imports are not part of it.
func (g *Graph) Digest(n *Node) codec.Digest {
	b := slices.Clone(n.Fact.Digest[:])
	b = append(append(b, n.File.Facts.Constraint...), 0)
	if ends := g.links[n]; ends != nil {
		b = append(b, ends.text...)
	}
	for _, pattern := range n.Fact.Embeds {
		b = append(append(b, pattern...), 0)
	}
	return codec.Sum(b)
}

// Embedded begins the names of embedded files in a listing.
const Embedded = "embedded file "

// embeds lists the files that a declaration embeds, each with its content.
func (g *Graph) embeds(n *Node, wide bool) (list []Decl) {
	for _, pattern := range n.Fact.Embeds {
		pattern, all := strings.CutPrefix(pattern, "all:")
		list = g.embedded(list, n.Package.Dir, "", strings.Split(pattern, "/"), all)
	}
	for i := range list {
		d := &list[i]
		d.Name, d.Line, d.Wide = Embedded+d.Name, 1, wide
		d.Via, d.ViaFile, d.ViaLine = n.Name(), n.File.Rel, n.Fact.Names[0].Line
	}
	return list
}

// embedded adds the files that a //go:embed pattern, of which some elements are left,
// matches at a path below a directory. In a directory that it matches it leaves out names
// that begin with a dot or underscore, unless the pattern said all:.
func (g *Graph) embedded(list []Decl, root, rel string, elems []string, all bool) []Decl {
	if len(elems) > 0 && !strings.ContainsAny(elems[0], `*?[\`) {
		return g.embedded(list, root, path.Join(rel, elems[0]), elems[1:], all)
	}
	p := filepath.Join(root, rel)
	data, err := unlogged.ReadFile(p)
	entries, notDir := unlogged.ReadDir(p)
	if err := g.b.CheckFresh(p); err != nil { // after the reading: a change before it shows in the times
		g.Stale = fmt.Errorf("//go:embed: %w", err)
	}
	for _, entry := range entries {
		name, rest := entry.Name(), elems
		matches := all || name[0] != '.' && name[0] != '_'
		if len(elems) > 0 {
			matches, _ = path.Match(elems[0], name)
			rest = elems[1:]
		}
		if matches {
			list = g.embedded(list, root, path.Join(rel, name), rest, all)
		}
	}
	if notDir == nil || len(elems) > 0 {
		return list
	}
	if err != nil {
		data = []byte(err.Error())
	}
	return append(list, g.aside(rel, p, 0, codec.Sum(data)))
}
