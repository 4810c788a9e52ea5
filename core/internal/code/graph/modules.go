package graph

import (
	"maps"
	"slices"
)

// Modules lists the external modules that local packages of the binary import, with all
// that they require: their versions stand for their code. Nearly each function reaches
// something that the initialisation of any of them may have changed, if only in the
// standard library. In a workspace they are all, for a module that is not imported can
// raise the version of one that is, and where no go.mod names one, as before go 1.17.
func (g *Graph) Modules() (list []Module) {
	var paths []string
	for path := range g.foreign {
		switch m := g.Find(path).Module; {
		case m.Version.Version == "?", m.Version.Version != "" && g.mods.Workspace:
			paths = append(paths, g.mods.External()...)
		case m.Version.Version != "":
			paths = append(paths, m.Path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(g.mods.WithRequired(paths...))) {
		v := g.mods.Version(path)
		m := Module{path, v.Version}
		if v.Path != path {
			m.Version = v.Path + " " + v.Version
		}
		list = append(list, m)
	}
	return list
}
