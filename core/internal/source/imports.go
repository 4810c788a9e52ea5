package source

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// importOf begins the names of what importDecls lists.
const importOf = "import of "

// importDecls lists the packages of other modules, and of the standard library,
// that local packages import, whichever function needs them: the initialisation
// of a package may register something anywhere, an image format or a driver. It
// leaves out those that are known to register nothing. Local packages register
// in units, which are looked at.
func (g *graph) importDecls() (list []Decl) {
	first := map[string]Decl{}
	for _, p := range g.order {
		for _, f := range p.files {
			for _, imp := range f.facts.imports {
				if _, known := first[imp.path]; !known && g.packages[imp.path] == nil && g.mayRegister(imp.path) {
					first[imp.path] = Decl{Name: importOf + imp.path, File: g.relative(f.path), Line: imp.line, Digest: sum([]byte(imp.path))}
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
func (g *graph) mayRegister(path string) bool {
	return std.Registers(path) && (g.find(path).Local || !build.IsLibrary(path))
}

// clauses lists the names of the packages that are reached: types and panics
// are printed with them. As a rule one is the last element of the import path,
// which is part of every declaration's name.
func (r *reach) clauses() (list []Decl) {
	for _, p := range r.g.order {
		path := withoutMajor(p.path)
		if p.name == path[strings.LastIndexByte(path, '/')+1:] || !slices.ContainsFunc(p.nodes, r.has) {
			continue
		}
		list = append(list, Decl{Name: "package clause of " + p.path, File: r.g.relative(filepath.Join(p.dir, p.files[0].facts.name)), Line: 1, Digest: sum([]byte(p.name))})
	}
	return list
}
