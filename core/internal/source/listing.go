package source

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// listing returns all that counts of what is reached, and why some of it counts
// whole. What is not in own is wide.
func (r *reach) listing(own *reach, digests *digester) (list []Decl, why []string) {
	list = r.decls(own, digests)
	whole, why := r.wholes()
	return slices.Concat(list, whole, r.unitOrder(), r.clauses(), r.g.registering), why
}

// decls lists what is reached. Names of declarations and files are made once:
// most are mentioned again as what others were reached through.
func (r *reach) decls(own *reach, digests *digester) (list []Decl) {
	names := make([]string, len(r.order))
	for i, n := range r.order {
		names[i] = n.name()
	}
	files := map[*srcFile]string{}
	relative := func(f *srcFile) string {
		rel, ok := files[f]
		if !ok {
			rel = r.g.relative(f.path)
			files[f] = rel
		}
		return rel
	}
	for at, n := range r.order {
		d := Decl{Name: names[at], File: relative(n.file), Line: int(n.fact.nameLine), Lines: n.fact.lines, Digest: digests.of(n), Wide: !own.has(n)}
		if from := r.from[at]; from > 0 {
			via := r.order[from-1]
			d.Via, d.ViaFile, d.ViaLine = names[from-1], relative(via.file), via.fact.line
		}
		list = append(list, d)
		for i := 1; i < n.fact.count(); i++ {
			d.Name, d.Line, d.Lines = n.nameOf(i), n.fact.nameAt(i).line, 0 // told with the first
			list = append(list, d)
		}
	}
	return list
}

// wholes lists the contents of what cannot be taken apart, with the reasons, and
// the go and godebug lines of go.mod, which change what the same tokens do.
func (r *reach) wholes() (list []Decl, why []string) {
	mods := map[string]bool{}
	for _, p := range r.g.order {
		if !slices.ContainsFunc(p.nodes, r.has) {
			continue
		}
		if l, ok := r.g.mods.SourceModule(strings.TrimSuffix(p.path, "_test")); ok && !mods[l.Path] && l.GoVersion != "" {
			mods[l.Path] = true
			list = append(list, Decl{Name: "go line of " + l.Path, File: r.g.relative(r.g.mods.GoFile(l)), Line: max(1, l.GoLine), Digest: sum([]byte(l.GoVersion))})
		}
		if p.whole == "" {
			continue
		}
		why = append(why, fmt.Sprintf("all of %s counts: %s", p.path, p.whole))
		for _, s := range p.sums {
			list = append(list, Decl{Name: p.path + "/" + s.name, File: r.g.relative(filepath.Join(p.dir, s.name)), Line: 1, Digest: s.sum})
		}
	}
	if len(r.g.mods.Godebugs) > 0 {
		list = append(list, Decl{Name: "godebug", File: "go.mod", Line: 1, Digest: sum([]byte(strings.Join(r.g.mods.Godebugs, "\n")))})
	}
	return list, why
}
