package code

import (
	"go/ast"
	"path/filepath"
	"runtime"

	"github.com/fixturecache/fixturecache/core/internal/code/effect"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/outline"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// A compiledFile is a file that is read, which asks the facts of other files of its
// package, and of packages that it imports, local ones or of the standard library, what
// names stand for.
type compiledFile struct {
	*types.File
	own func() *graph.Package // nil where not all of it can be read
}

func (b *Binary) newCompiledFile(source *syntax.Source, cache Cache) *compiledFile {
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
	return &compiledFile{types.NewFile(outline.New(find, nil), "", source), func() *graph.Package { p, _ := find(""); return p }}
}

// table returns the literal that a variable of the file is set to, if no file of the
// package does anything to the list or map but read its elements, and others cannot name
// it.
func (f *compiledFile) table(name string) (lit *ast.CompositeLit) {
	p := f.own()
	if p == nil || p.Shadows || ast.IsExported(name) || len(p.Decls[name]) != 1 {
		return nil
	}
	judge := effect.Judge{Functions: true, // and a method, or a function that is given a part, may do anything
		Method:   func(types.Type, string) effect.Effect { return effect.Changes },
		Argument: func(facts.Access) effect.Effect { return effect.Changes }}
	t := f.TypeOf(ast.NewIdent(name))
	for _, n := range p.Nodes {
		for _, a := range n.Fact.Accesses {
			e, _ := judge.Of(t, a, effect.Itself)
			if a.Param == 0 && (a.X == name || a.X == "" && a.Sel == name && e > effect.Reads) {
				return nil
			}
		}
	}
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Names) == 1 && spec.Names[0].Name == name && len(spec.Values) == 1 {
			lit, _ = spec.Values[0].(*ast.CompositeLit)
		}
		_, isFile := n.(*ast.File)
		_, isGroup := n.(*ast.GenDecl)
		return isFile || isGroup
	})
	return lit
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
