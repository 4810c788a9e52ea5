package graph

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// addIncluded adds, to what counts with a package that holds code of another language,
// what that includes by a name in quotes: such a file may lie in another directory and
// have any suffix. One that is not found from there comes with Go or the system.
func (g *Graph) addIncluded(p *Package) error {
	for i := 0; p.Whole != "" && i < len(p.sums); i++ { // what is included may include more
		src, _ := unlogged.ReadFile(filepath.Join(p.Dir, p.sums[i].name))
		for line := range strings.Lines(string(src)) {
			included := quotedInclude(line)
			if included == "" {
				continue
			}
			for _, dir := range []string{path.Dir(p.sums[i].name), "."} {
				name := path.Join(dir, included)
				file := filepath.Join(p.Dir, filepath.FromSlash(name))
				data, err := unlogged.ReadFile(file)
				if err != nil || slices.ContainsFunc(p.sums, func(s namedSum) bool { return s.name == name }) {
					continue
				}
				if err := g.b.CheckFresh(file); err != nil {
					return err
				}
				p.sums = append(p.sums, namedSum{name, codec.Sum(data)})
			}
		}
	}
	return nil
}

// quotedInclude returns the name in a line #include "name", which may be part of the
// comment above import "C", and else "".
func quotedInclude(line string) string {
	line, ok := strings.CutPrefix(strings.TrimLeft(line, " \t/*"), "#")
	line, isInclude := strings.CutPrefix(strings.TrimLeft(line, " \t"), "include")
	line, quoted := strings.CutPrefix(strings.TrimLeft(line, " \t"), `"`)
	name, _, closed := strings.Cut(line, `"`)
	if !ok || !isInclude || !quoted || !closed {
		return ""
	}
	return name
}
