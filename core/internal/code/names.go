package code

import (
	"go/ast"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/effect"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// A packageScope answers what package capture asks about names of a package and of
// those that it imports, local ones or of the standard library: which there are, facts
// tell; how one is declared, for that its file is parsed.
type packageScope struct {
	b        *Binary
	dir      string
	name     string // the package clause
	cache    Cache
	packages map[string]*graph.Package // by import path, "" for itself; nil for what is not known
	files    map[string]*types.File    // by path; nil where one does not parse
}

// newPackageScope returns the package of a file that is read, and that file.
func (b *Binary) newPackageScope(p *syntax.Source, cache Cache) (*packageScope, *types.File) {
	if cache == nil {
		cache = pack.NoCache{}
	}
	s := &packageScope{b, filepath.Dir(p.Path), p.Syntax.Name.Name, cache, map[string]*graph.Package{}, map[string]*types.File{}}
	f := types.NewFile(s, "", p)
	s.files[p.Path] = f
	return s, f
}

// pkg returns a package, nil where not all of it can be read.
func (s *packageScope) pkg(path string) *graph.Package {
	p, known := s.packages[path]
	if !known {
		if path == "" {
			_, local := s.b.Locate(filepath.Join(s.dir, "x.go"))
			p = graph.Alone(s.b.Build, local, s.dir, s.name, s.cache)
		} else if dir := s.b.directoryFor(path); dir != "" {
			p = graph.Alone(s.b.Build, path, dir, "", s.cache)
		}
		s.packages[path] = p
	}
	return p
}

var kinds = [...]types.Kind{facts.KindConst: types.Constant, facts.KindType: types.TypeName, facts.KindFunc: types.Func, facts.KindVar: types.Variable}

// Kind returns what all declarations of a name are.
func (s *packageScope) Kind(path, name string) types.Kind {
	p := s.pkg(path)
	if p == nil {
		return types.Unknown
	}
	kind := types.Undeclared
	for _, n := range p.Decls[name] {
		k := kinds[n.Fact.Kind]
		if kind != types.Undeclared && kind != k {
			return types.Unknown
		}
		kind = k
	}
	return kind
}

// Decl returns the only declaration of a name, of the package itself for path "",
// and its file, which is parsed.
func (s *packageScope) Decl(path, name string) (ast.Node, *types.File) {
	p := s.pkg(path)
	if p == nil || len(p.Decls[name]) != 1 {
		return nil, nil
	}
	file := p.Decls[name][0].File.Path
	f, ok := s.files[file]
	if !ok {
		if source, err := syntax.ParseFile(file); err == nil {
			f = types.NewFile(s, path, source)
		}
		s.files[file] = f
	}
	if f == nil {
		return nil, nil
	}
	return declaredIn(f.Syntax, name), f
}

// Method reports whether a type has a method, and whether of its pointer.
func (s *packageScope) Method(path, typ, name string) (found, pointer bool) {
	p := s.pkg(path)
	if p == nil {
		return true, true
	}
	return p.HasMethod(typ, name)
}

// declaredIn returns the declaration of a name at the top of a file.
func declaredIn(file *ast.File, name string) ast.Node {
	is := func(id *ast.Ident) bool { return id.Name == name }
	for _, d := range file.Decls {
		fn, _ := d.(*ast.FuncDecl)
		if fn != nil && fn.Recv == nil && is(fn.Name) {
			return fn
		}
		if group, ok := d.(*ast.GenDecl); ok {
			for _, spec := range group.Specs {
				t, _ := spec.(*ast.TypeSpec)
				v, _ := spec.(*ast.ValueSpec)
				if t != nil && is(t.Name) || v != nil && slices.ContainsFunc(v.Names, is) {
					return spec
				}
			}
		}
	}
	return nil
}

// fixed: no file of the package does anything to the list or map but read its
// elements, and others cannot name it.
func (s *packageScope) fixed(name string) bool {
	p := s.pkg("")
	_, f := s.Decl("", name)
	if f == nil || p == nil || p.Shadows || ast.IsExported(name) {
		return false
	}
	judge := effect.Judge{Functions: true, // and a method, or a function that is given a part, may do anything
		Method:   func(types.Type, string) effect.Effect { return effect.Changes },
		Argument: func(facts.Access) effect.Effect { return effect.Changes }}
	t := f.TypeOf(ast.NewIdent(name))
	return !slices.ContainsFunc(p.Nodes, func(n *graph.Node) bool {
		return slices.ContainsFunc(n.Fact.Accesses, func(a facts.Access) bool {
			e, _ := judge.Of(t, a, effect.Itself)
			return a.Param == 0 && (a.X == name || a.X == "" && a.Sel == name && e > effect.Reads)
		})
	})
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
