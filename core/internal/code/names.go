package code

import (
	"go/ast"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// A packageScope answers what package capture asks about names of a package and of
// those that it imports: which there are, facts tell; how one is declared, for
// that its file is parsed.
type packageScope struct {
	b        *Binary
	dir      string
	name     string // the package clause
	cache    Cache
	packages map[string]*scopePackage // by import path, "" for itself
}

// A scopePackage is the package itself, another local one, or one of the standard
// library.
type scopePackage struct {
	path     string // "" for the package itself
	dir      string
	known    bool // the facts are those of the whole package
	facts    []*facts.File
	declared map[string][]*facts.Decl // methods as T.M
	in       map[*facts.Decl]string   // the file of a declaration
	files    map[string]*types.File   // by name; nil where one does not parse
}

// newPackageScope returns the package of a file that is read.
func (b *Binary) newPackageScope(p *syntax.Source, cache Cache) *packageScope {
	if cache == nil {
		cache = pack.NoCache{}
	}
	s := &packageScope{b: b, dir: filepath.Dir(p.Path), name: p.Syntax.Name.Name, cache: cache, packages: map[string]*scopePackage{}}
	base := filepath.Base(p.Path)
	s.packages[""] = &scopePackage{dir: s.dir, files: map[string]*types.File{base: types.NewFile(s, "", base, p.Syntax, p.Line)}}
	return s
}

// pkg returns a package, whose facts are read.
func (s *packageScope) pkg(path string) *scopePackage {
	p := s.packages[path]
	if p == nil {
		p = &scopePackage{path: path, dir: s.b.directoryFor(path), files: map[string]*types.File{}}
		s.packages[path] = p
	}
	if p.declared != nil || p.dir == "" {
		return p
	}
	p.declared, p.in = map[string][]*facts.Decl{}, map[*facts.Decl]string{}
	name := path
	if mods, err := s.b.Modules(); err == nil && path == "" {
		name = mods.ImportPath(s.dir)
	}
	match := s.b.Matcher()
	want := pack.Filter{Matcher: &match, Tests: path == ""}
	if path == "" && s.b.FromFiles {
		want.Matcher = nil // any file may have been named to go test
	}
	pk, err := pack.Load(name, p.dir, s.cache, want)
	if err != nil {
		return p
	}
	p.known = true
	for i := range pk.Files {
		if f := pk.Files[i].Facts; f != nil && (path != "" || f.Package == s.name) {
			p.add(f)
		}
	}
	return p
}

func (p *scopePackage) add(f *facts.File) {
	p.known = p.known && f.Flags&facts.FileBroken == 0
	p.facts = append(p.facts, f)
	for i := range f.Decls {
		d := &f.Decls[i]
		p.in[d] = f.Name
		for j := range d.Count() {
			name := d.NameAt(j).Name
			if d.Kind == facts.KindMethod {
				name = d.Recv + "." + name
			}
			p.declared[name] = append(p.declared[name], d)
		}
	}
}

// file returns a file of a package, parsed.
func (s *packageScope) file(p *scopePackage, name string) *types.File {
	f, ok := p.files[name]
	if !ok {
		if source, err := syntax.ParseFile(filepath.Join(p.dir, name)); err == nil {
			f = types.NewFile(s, p.path, name, source.Syntax, source.Line)
		}
		p.files[name] = f
	}
	return f
}

func kindOf(k facts.Kind) types.Kind {
	switch k {
	case facts.KindConst:
		return types.Constant
	case facts.KindType:
		return types.TypeName
	case facts.KindFunc:
		return types.Func
	case facts.KindVar:
		return types.Variable
	}
	return types.Unknown
}

// Kind returns what all declarations of a name are.
func (s *packageScope) Kind(path, name string) types.Kind {
	p := s.pkg(path)
	if !p.known {
		return types.Unknown
	}
	kind := types.Undeclared
	for _, d := range p.declared[name] {
		if k := kindOf(d.Kind); kind == types.Undeclared || kind == k {
			kind = k
		} else {
			return types.Unknown
		}
	}
	return kind
}

// Decl returns the only declaration of a name, of the package itself for path "".
func (s *packageScope) Decl(path, name string) (ast.Node, *types.File) {
	p := s.pkg(path)
	if len(p.declared[name]) != 1 {
		return nil, nil
	}
	f := s.file(p, p.in[p.declared[name][0]])
	if f == nil {
		return nil, nil
	}
	return declaredIn(f.Syntax, name), f
}

// Method reports whether a type has a method, and whether of its pointer.
func (s *packageScope) Method(path, typ, name string) (found, pointer bool) {
	p := s.pkg(path)
	for _, d := range p.declared[typ+"."+name] {
		found, pointer = true, pointer || d.Flags&facts.DeclPointer != 0
	}
	return found || !p.known, pointer || !p.known
}

// declaredIn returns the declaration of a name at the top of a file.
func declaredIn(file *ast.File, name string) ast.Node {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == name {
				return d
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.Name == name {
						return spec
					}
				case *ast.ValueSpec:
					if slices.ContainsFunc(spec.Names, func(id *ast.Ident) bool { return id.Name == name }) {
						return spec
					}
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
	return p.known && !ast.IsExported(name) && !slices.ContainsFunc(p.facts, func(f *facts.File) bool {
		return slices.ContainsFunc(f.Decls, func(d facts.Decl) bool {
			return slices.ContainsFunc(d.Accesses, func(a facts.Access) bool {
				return a.Param == 0 && (a.X == "" && a.Sel == name || a.X == name) && !readsElement(a)
			})
		})
	})
}

// readsElement reports whether an access ranges over a list or map, or does no
// more to an element than to read it, or to take a copy. A method of the element
// itself may have a pointer to it.
func readsElement(a facts.Access) bool {
	switch {
	case a.X != "":
		return false
	case a.Path == "":
		return a.Kind == facts.AccessRange
	case !strings.HasPrefix(a.Path, facts.StepElem):
		return false
	}
	return strings.Contains(a.Path, facts.StepCopy) || a.Kind < facts.AccessAddress && a.Kind != facts.AccessCall
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
