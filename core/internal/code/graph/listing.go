package graph

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Listing returns all that counts of what is reached, and why some of it counts
// whole. What was reached after the first own declarations is wide. teller, unless
// it is nil, tells places in the source.
func (r *Reach) Listing(own int, teller *Node) (list []Decl, why []string) {
	list = r.Decls()
	for i, n := 0, 0; i < len(list); n++ {
		for range r.Order[n].Fact.Count() {
			list[i].Wide = n >= own
			i++
		}
	}
	whole, why := r.wholes()
	return slices.Concat(list, whole, r.sources(teller), r.unitOrder(), r.Graph.imports()), why
}

// Decls lists what is reached. Names of declarations and files are made once:
// most are mentioned again as what others were reached through.
func (r *Reach) Decls() (list []Decl) {
	g, names, files := r.Graph, make([]string, len(r.Order)), map[*File]string{}
	for at, n := range r.Order {
		if names[at] = n.Name(); files[n.File] == "" {
			files[n.File] = g.Relative(n.File.Path)
		}
	}
	for at, n := range r.Order {
		d := Decl{Name: names[at], File: files[n.File], Line: int(n.Fact.NameLine), Lines: n.Fact.Lines, Digest: g.Digest(n)}
		if via := r.via[at]; via != nil {
			d.Via, d.ViaFile, d.ViaLine = names[r.place[via.id]-1], files[via.File], via.Fact.Line
		}
		list = append(list, d)
		for i := 1; i < n.Fact.Count(); i++ {
			d.Name, d.Line, d.Lines = n.NameOf(i), n.Fact.NameAt(i).Line, 0 // told with the first
			list = append(list, d)
		}
	}
	return list
}

// aside makes a part of a closure that is no declaration.
func (g *Graph) aside(name, path string, line int, text []byte) Decl {
	return Decl{Name: name, File: g.Relative(path), Line: line, Digest: codec.Sum(text)}
}

// wholes lists the contents of what cannot be taken apart, with the reasons, and
// of each package in reach its name and the go line of its module; the godebug
// lines change what the same tokens do too.
func (r *Reach) wholes() (list []Decl, why []string) {
	g, mods := r.Graph, map[string]bool{}
	for _, p := range r.packages() {
		// Types and panics are printed with the name of the package. As a rule it is the
		// last element of the import path, which is part of every declaration's name.
		path := syntax.WithoutMajor(p.Path)
		if p.Name != path[strings.LastIndexByte(path, '/')+1:] {
			list = append(list, g.aside("package clause of "+p.Path, p.Files[0].Path, 1, []byte(p.Name)))
		}
		if l := g.Find(strings.TrimSuffix(p.Path, "_test")).Module; !mods[l.Path] && l.GoVersion != "" {
			mods[l.Path] = true
			list = append(list, g.aside("go line of "+l.Path, l.GoFile, max(1, l.GoLine), []byte(l.GoVersion)))
		}
		if p.Whole == "" {
			continue
		}
		why = append(why, fmt.Sprintf("all of %s counts: %s", p.Path, p.Whole))
		for _, s := range p.sums {
			list = append(list, Decl{Name: p.Path + "/" + s.name, File: g.Relative(filepath.Join(p.Dir, s.name)), Line: 1, Digest: s.sum})
		}
	}
	if len(g.mods.Godebugs) > 0 {
		list = append(list, Decl{Name: "godebug", File: "go.mod", Line: 1, Digest: codec.Sum([]byte(strings.Join(g.mods.Godebugs, "\n")))})
	}
	return list, why
}

// A foreignImport is a package that is not local and that a local one imports.
type foreignImport struct {
	path  string
	file  string // the first that imports it
	line  int
	blank bool // it is imported for its initialisation alone
}

func (g *Graph) findForeign() (list []foreignImport) {
	at := map[string]int{}
	for _, p := range g.ByPath {
		for _, f := range p.Files {
			for _, imp := range f.Facts.Imports {
				i, known := at[imp.Path]
				if g.Packages[imp.Path] != nil {
					continue
				}
				if !known {
					i = len(list)
					at[imp.Path], list = i, append(list, foreignImport{imp.Path, f.Path, imp.Line, false})
				}
				list[i].blank = list[i].blank || imp.Name == "_"
			}
		}
	}
	return list
}

// imports lists the packages that are not local and may register something
// anywhere when they are initialised, an image format or a driver, whichever
// function needs them. This library is there in any case. Local packages register in
// units, which are looked at.
func (g *Graph) imports() (list []Decl) {
	for _, imp := range g.foreign {
		if std.Registers(imp.path) && (g.Find(imp.path).Local || !build.IsLibrary(imp.path)) {
			list = append(list, g.aside("import of "+imp.path, imp.file, imp.line, []byte(imp.path)))
		}
	}
	return list
}
