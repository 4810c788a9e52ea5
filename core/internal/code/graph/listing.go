package graph

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
)

// Listing returns all that counts of what is reached, and why some of it counts
// whole. What is not in own is wide.
func (r *Reach) Listing(own *Reach, digests *Digester) (list []Decl, why []string) {
	list = r.decls(own, digests)
	whole, why := r.wholes()
	return slices.Concat(list, whole, r.unitOrder(), r.clauses(), r.Graph.imports), why
}

// decls lists what is reached. Names of declarations and files are made once:
// most are mentioned again as what others were reached through.
func (r *Reach) decls(own *Reach, digests *Digester) (list []Decl) {
	names := make([]string, len(r.Order))
	for i, n := range r.Order {
		names[i] = n.Name()
	}
	files := map[*File]string{}
	relative := func(f *File) string {
		rel, ok := files[f]
		if !ok {
			rel = r.Graph.Relative(f.Path)
			files[f] = rel
		}
		return rel
	}
	for at, n := range r.Order {
		d := Decl{Name: names[at], File: relative(n.File), Line: int(n.Fact.NameLine), Lines: n.Fact.Lines, Digest: digests.Of(n), Wide: !own.Has(n)}
		if from := r.from[at]; from > 0 {
			via := r.Order[from-1]
			d.Via, d.ViaFile, d.ViaLine = names[from-1], relative(via.File), via.Fact.Line
		}
		list = append(list, d)
		for i := 1; i < n.Fact.Count(); i++ {
			d.Name, d.Line, d.Lines = n.NameOf(i), n.Fact.NameAt(i).Line, 0 // told with the first
			list = append(list, d)
		}
	}
	return list
}

// wholes lists the contents of what cannot be taken apart, with the reasons, and
// the go and godebug lines of go.mod, which change what the same tokens do.
func (r *Reach) wholes() (list []Decl, why []string) {
	mods := map[string]bool{}
	for _, p := range r.Graph.ByPath {
		if !slices.ContainsFunc(p.Nodes, r.Has) {
			continue
		}
		if l, ok := r.Graph.mods.SourceModule(strings.TrimSuffix(p.Path, "_test")); ok && !mods[l.Path] && l.GoVersion != "" {
			mods[l.Path] = true
			list = append(list, Decl{Name: "go line of " + l.Path, File: r.Graph.Relative(r.Graph.mods.GoFile(l)), Line: max(1, l.GoLine), Digest: codec.Sum([]byte(l.GoVersion))})
		}
		if p.Whole == "" {
			continue
		}
		why = append(why, fmt.Sprintf("all of %s counts: %s", p.Path, p.Whole))
		for _, s := range p.sums {
			list = append(list, Decl{Name: p.Path + "/" + s.name, File: r.Graph.Relative(filepath.Join(p.Dir, s.name)), Line: 1, Digest: s.sum})
		}
	}
	if len(r.Graph.mods.Godebugs) > 0 {
		list = append(list, Decl{Name: "godebug", File: "go.mod", Line: 1, Digest: codec.Sum([]byte(strings.Join(r.Graph.mods.Godebugs, "\n")))})
	}
	return list, why
}
