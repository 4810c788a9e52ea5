package graph

import (
	"iter"
	"path"
	"path/filepath"
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
	tried := map[string]bool{}
	for _, s := range p.sums {
		tried[s.name] = true
	}
	add := func(name string) error {
		if tried[name] {
			return nil
		}
		tried[name] = true
		file := filepath.Join(p.Dir, filepath.FromSlash(name))
		if st, err := unlogged.StatPath(file); err != nil || !st.Mode.IsRegular() { // devices and pipes may have no end
			return nil
		}
		data, err := unlogged.ReadFile(file)
		if err != nil {
			return nil
		}
		if g.b.CheckFresh(file) != nil { // if it is no data that a test makes, the binary alone tells what was included
			binary, err := g.b.Binary()
			if err != nil {
				return err
			}
			data = append(data, binary...)
		}
		p.sums = append(p.sums, namedSum{name, codec.Sum(data)})
		return nil
	}
	search := append(g.searched(p), ".")
	for _, dir := range search { // flags name files too: -include x.h
		for _, name := range search {
			if err := add(path.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	looked := map[[2]string]bool{}
	for i := 0; i < len(p.sums); i++ { // what is included may include more
		src, _ := unlogged.ReadFile(filepath.Join(p.Dir, filepath.FromSlash(p.sums[i].name)))
		for name := range quoted(string(src)) {
			for _, dir := range append(search, path.Dir(p.sums[i].name)) {
				if in := [2]string{dir, name}; !looked[in] {
					looked[in] = true
					if err := add(p.relativeTo(path.Join(p.Dir, dir), name)); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// searched returns what flags of its build or of its #cgo lines name, seen from the
// directory of a package: where included files may lie, and files.
func (g *Graph) searched(p *Package) (names []string) {
	words := g.b.IncludeFlags()
	for _, s := range p.sums {
		src, _ := unlogged.ReadFile(filepath.Join(p.Dir, s.name))
		for line := range strings.Lines(string(src)) {
			if flags, ok := strings.CutPrefix(strings.TrimLeft(line, " \t/*"), "#cgo"); ok {
				words += " " + strings.ReplaceAll(flags, "${SRCDIR}", p.Dir)
			}
		}
	}
	for _, word := range strings.Fields(strings.NewReplacer(`"`, "", `'`, "").Replace(words)) {
		name, isDir := strings.CutPrefix(word, "-I")
		if _, dir, ok := strings.Cut(word, "=-I"); ok && !isDir { // -asmflags=all=-I/x
			name = dir
		} else if !isDir && strings.HasPrefix(word, "-") { // -isystem/usr/x
			name = word[max(0, strings.IndexAny(word, "./")):]
		}
		names = append(names, p.relativeTo(p.Dir, name))
	}
	return names
}

// relativeTo returns a name that is against dir as one against that of the package, with
// slashes.
func (p *Package) relativeTo(dir, name string) string {
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	rel, err := filepath.Rel(p.Dir, name)
	if err != nil {
		return "."
	}
	return filepath.ToSlash(rel)
}

// maxName is how long a name of a file may be (PATH_MAX of Linux).
const maxName = 4096

// quoted yields what stands between quotes, or < and >, on one line of a source: what is
// included stands so, whether by #include, by a macro or by .incbin.
func quoted(src string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(src) {
			for i := range len(line) {
				last := line[i]
				if last == '<' {
					last = '>'
				} else if last != '"' {
					continue
				}
				rest := line[i+1 : min(len(line), i+1+maxName)]
				name := strings.TrimSuffix(rest[:max(0, strings.IndexByte(rest, last))], `\`)
				if name != "" && strings.TrimSpace(name) == name && !yield(name) {
					return
				}
			}
		}
	}
}
