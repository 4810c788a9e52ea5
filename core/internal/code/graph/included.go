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
// what that includes: such a file may lie in another directory and have any suffix. One
// that is found neither from there nor where flags say comes with Go or the system.
func (g *Graph) addIncluded(p *Package) error {
	if p.Whole == "" {
		return nil
	}
	search := append(g.searched(p), ".")
	for i := 0; i < len(p.sums); i++ { // what is included may include more
		src, _ := unlogged.ReadFile(filepath.Join(p.Dir, p.sums[i].name))
		for line := range strings.Lines(string(src)) {
			included := includedName(line)
			if included == "" {
				continue
			}
			for _, dir := range append(search, path.Dir(p.sums[i].name)) {
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

// searched returns the directories, seen from that of a package, that flags of its
// build or of its #cgo lines name.
func (g *Graph) searched(p *Package) (dirs []string) {
	words := g.b.IncludeFlags()
	for _, s := range p.sums {
		src, _ := unlogged.ReadFile(filepath.Join(p.Dir, s.name))
		for line := range strings.Lines(string(src)) {
			if flags, ok := strings.CutPrefix(strings.TrimLeft(line, " \t/*"), "#cgo"); ok {
				words += " " + strings.ReplaceAll(flags, "${SRCDIR}", p.Dir)
			}
		}
	}
	for _, word := range strings.Fields(words) {
		word = strings.Trim(word, `"'`)
		_, dir, found := strings.Cut(word, "-I")
		if !found { // -isystem/usr/x, or what follows -I
			dir = word[max(0, strings.IndexAny(word, "./")):]
		}
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(p.Dir, dir)
		}
		if rel, err := filepath.Rel(p.Dir, dir); err == nil && rel != "." {
			dirs = append(dirs, filepath.ToSlash(rel))
		}
	}
	return dirs
}

// includedName returns the name in a line #include "name" or <name>, which may be part
// of the comment above import "C", and else "".
func includedName(line string) string {
	line, ok := strings.CutPrefix(strings.TrimLeft(line, " \t/*"), "#")
	line, isInclude := strings.CutPrefix(strings.TrimLeft(line, " \t"), "include")
	line = strings.TrimLeft(line, " \t")
	end := strings.IndexAny(line[min(1, len(line)):], `">`)
	if !ok || !isInclude || end < 0 || !strings.ContainsAny(line[:1], `"<`) {
		return ""
	}
	return line[1 : 1+end]
}
