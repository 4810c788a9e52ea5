package code

import (
	"go/ast"
	"path/filepath"
	"runtime"

	"github.com/fixturecache/fixturecache/core/internal/code/effect"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/outline"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// A packageScope answers what package capture asks about names of a package and of
// those that it imports, local ones or of the standard library.
type packageScope struct {
	*outline.Packages
	b        *Binary
	own      *types.File // that file
	cache    Cache
	packages map[string]*graph.Package // by import path, "" for itself; nil for what is not known
}

// newPackageScope returns the package of a file that is read.
func (b *Binary) newPackageScope(p *syntax.Source, cache Cache) *packageScope {
	if cache == nil {
		cache = pack.NoCache{}
	}
	s := &packageScope{b: b, cache: cache, packages: map[string]*graph.Package{}}
	s.Packages = outline.New(s.find, nil)
	s.own = types.NewFile(s, "", p)
	return s
}

// find returns a package, nil where not all of it can be read.
func (s *packageScope) find(path string) (*graph.Package, types.Kind) {
	p, known := s.packages[path]
	if !known {
		if dir := filepath.Dir(s.own.Path); path == "" {
			_, local := s.b.Locate(s.own.Path)
			p = graph.Alone(s.b.Build, local, dir, s.own.Syntax.Name.Name, s.cache)
		} else if dir = s.b.directoryFor(path); dir != "" {
			p = graph.Alone(s.b.Build, path, dir, "", s.cache)
		}
		s.packages[path] = p
	}
	return p, types.Unknown
}

// table returns the literal that a variable of the file is set to, if no file of the
// package does anything to the list or map but read its elements, and others cannot name
// it.
func (s *packageScope) table(name string) (lit *ast.CompositeLit) {
	p, _ := s.find("")
	if p == nil || p.Shadows || ast.IsExported(name) || len(p.Decls[name]) != 1 {
		return nil
	}
	judge := effect.Judge{Functions: true, // and a method, or a function that is given a part, may do anything
		Method:   func(types.Type, string) effect.Effect { return effect.Changes },
		Argument: func(facts.Access) effect.Effect { return effect.Changes }}
	t := s.own.TypeOf(ast.NewIdent(name))
	for _, n := range p.Nodes {
		for _, a := range n.Fact.Accesses {
			e, _ := judge.Of(t, a, effect.Itself)
			if a.Param == 0 && (a.X == name || a.X == "" && a.Sel == name && e > effect.Reads) {
				return nil
			}
		}
	}
	ast.Inspect(s.own.Syntax, func(n ast.Node) bool {
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
