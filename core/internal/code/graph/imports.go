package graph

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// importOf begins the names of what findImports lists.
const importOf = "import of "

// findImports lists the packages of other modules, and of the standard library,
// that local packages import, whichever function needs them: the initialisation
// of a package may register something anywhere, an image format or a driver. It
// leaves out those that are known to register nothing. Local packages register
// in units, which are looked at.
func (g *Graph) findImports() (list []Decl) {
	first := map[string]Decl{}
	for _, p := range g.ByPath {
		for _, f := range p.Files {
			for _, imp := range f.Facts.Imports {
				if _, known := first[imp.Path]; !known && g.Packages[imp.Path] == nil && g.mayRegister(imp.Path) {
					first[imp.Path] = Decl{Name: importOf + imp.Path, File: g.Relative(f.Path), Line: imp.Line, Digest: codec.Sum([]byte(imp.Path))}
				}
			}
		}
	}
	for _, d := range first {
		list = append(list, d)
	}
	return list
}

// mayRegister reports whether the initialisation of a package that is not local,
// or of one that it imports, may change what other packages do. This library
// changes nothing, and it is there in any case.
func (g *Graph) mayRegister(path string) bool {
	return std.Registers(path) && (g.Find(path).Local || !build.IsLibrary(path))
}

// clauses lists the names of the packages that are reached: types and panics
// are printed with them. As a rule one is the last element of the import path,
// which is part of every declaration's name.
func (r *Reach) clauses() (list []Decl) {
	for _, p := range r.Graph.ByPath {
		path := syntax.WithoutMajor(p.Path)
		if p.Name == path[strings.LastIndexByte(path, '/')+1:] || !slices.ContainsFunc(p.Nodes, r.Has) {
			continue
		}
		list = append(list, Decl{Name: "package clause of " + p.Path, File: r.Graph.Relative(filepath.Join(p.Dir, p.Files[0].Facts.Name)), Line: 1, Digest: codec.Sum([]byte(p.Name))})
	}
	return list
}
