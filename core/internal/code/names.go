package code

import (
	"path/filepath"
	"runtime"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/outline"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// newCompiledFile returns a file that was read. What its names stand for is found by the
// facts of other files of its package, and of packages that it imports, local ones or of
// the standard library.
func (b *Binary) newCompiledFile(source *syntax.Source, cache Cache) *types.File {
	packages := map[string]*graph.Package{} // by import path, "" for its own; nil where not all of one can be read
	find := func(path string) (*graph.Package, types.Kind) {
		p, known := packages[path]
		if !known {
			if dir := filepath.Dir(source.Path); path == "" {
				_, local := b.Locate(source.Path)
				p = graph.Alone(b.Build, local, dir, source.Syntax.Name.Name, cache)
			} else if dir = b.directoryFor(path); dir != "" {
				p = graph.Alone(b.Build, path, dir, "", cache)
			}
			packages[path] = p
		}
		return p, types.Unknown
	}
	return types.NewFile(outline.New(find, nil), "", source)
}

// directoryFor returns where the package of an import path lies, "" unless it is
// of the standard library or local.
func (b *Binary) directoryFor(path string) string {
	if std.IsPackage(path) {
		//lint:ignore SA1019 not to find the go command
		if root := runtime.GOROOT(); root != "" {
			return filepath.Join(root, "src", filepath.FromSlash(path))
		}
		return ""
	}
	if mods, err := b.Modules(); err == nil {
		if where := mods.Find(path); where.Local {
			return where.Dir
		}
	}
	return ""
}
