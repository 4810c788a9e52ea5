package code

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A packageScope is a package as package capture asks about it: what its names stand
// for, in all of its files, by facts; and how they are declared, for which the
// file is parsed.
type packageScope struct {
	b     *Binary
	dir   string
	name  string // the package clause
	cache Cache

	known    bool // the facts are those of the whole package
	facts    []*facts.File
	declared map[string][]*facts.Decl // nil until load; methods apart
	in       map[*facts.Decl]string   // the file of a declaration

	files  map[string]*types.File // by name; nil where one does not parse
	others map[string]*foreign    // by import path
}

// newPackageScope returns the package of a file that is read.
func (b *Binary) newPackageScope(p *syntax.Source, cache Cache) *packageScope {
	if cache == nil {
		cache = pack.NoCache{}
	}
	base := filepath.Base(p.Path)
	s := &packageScope{b: b, dir: filepath.Dir(p.Path), name: p.Syntax.Name.Name, cache: cache, files: map[string]*types.File{}, others: map[string]*foreign{}}
	s.files[base] = types.NewFile(s, "", base, p.Syntax, p.Line)
	return s
}

// load reads the facts of the package.
func (s *packageScope) load() {
	if s.declared != nil {
		return
	}
	s.declared = map[string][]*facts.Decl{}
	path := ""
	if mods, err := s.b.Modules(); err == nil {
		path = mods.ImportPath(s.dir)
	}
	pk, err := pack.Load(path, s.dir, s.cache, pack.Filter{})
	if err != nil {
		return
	}
	s.known = true
	s.in = map[*facts.Decl]string{}
	for i := range pk.Files {
		if f := pk.Files[i].Facts; f != nil && f.Package == s.name {
			s.add(f)
		}
	}
}

func (s *packageScope) add(f *facts.File) {
	s.facts = append(s.facts, f)
	for i := range f.Decls {
		d := &f.Decls[i]
		s.in[d] = f.Name
		for j := range d.Count() {
			if name := d.NameAt(j).Name; d.Kind != facts.KindMethod {
				s.declared[name] = append(s.declared[name], d)
			}
		}
	}
}

func (s *packageScope) file(name string) *types.File {
	f, ok := s.files[name]
	if !ok {
		if p, err := syntax.ParseFile(filepath.Join(s.dir, name)); err == nil {
			f = types.NewFile(s, "", name, p.Syntax, p.Line)
		}
		s.files[name] = f
	}
	return f
}

var kinds = map[facts.Kind]types.Kind{facts.KindConst: types.Constant, facts.KindType: types.TypeName, facts.KindFunc: types.Func, facts.KindVar: types.Variable}

// Kind returns what all declarations of a name are.
func (s *packageScope) Kind(path, name string) types.Kind {
	if path != "" {
		return s.foreign(path).kind(name)
	}
	if s.load(); !s.known {
		return types.Unknown
	}
	kind := types.Undeclared
	for _, d := range s.declared[name] {
		kind = common(kind, kinds[d.Kind])
	}
	return kind
}

// Decl returns the only declaration of a name, of the package itself for path "".
func (s *packageScope) Decl(path, name string) (ast.Node, *types.File) {
	if path != "" {
		return s.foreign(path).decl(name)
	}
	s.load()
	if len(s.declared[name]) != 1 {
		return nil, nil
	}
	f := s.file(s.in[s.declared[name][0]])
	if f == nil {
		return nil, nil
	}
	return declaredIn(f.Syntax, name), f
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

// Method reports whether a type has a method, and whether of its pointer.
func (s *packageScope) Method(path, typ, name string) (found, pointer bool) {
	if path != "" {
		return s.foreign(path).method(typ, name)
	}
	s.load()
	for _, f := range s.facts {
		for i := range f.Decls {
			if d := &f.Decls[i]; d.Kind == facts.KindMethod && d.Name == name && d.Acts().Recv == typ {
				found, pointer = true, pointer || d.Flags&facts.DeclPointer != 0
			}
		}
	}
	return found, pointer
}

// fixed: no file of the package does anything to the list or map but read its
// elements, and others cannot name it.
func (s *packageScope) fixed(name string) bool {
	if s.load(); !s.known || ast.IsExported(name) {
		return false
	}
	return !slices.ContainsFunc(s.facts, func(f *facts.File) bool {
		return slices.ContainsFunc(f.Decls, func(d facts.Decl) bool {
			return slices.ContainsFunc(d.Acts().Accesses, func(a facts.Access) bool {
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
	case !strings.HasPrefix(a.Path, facts.StepElem) && !strings.HasPrefix(a.Path, facts.StepKey), strings.Contains(a.Path, facts.StepRef):
		return false
	}
	return strings.Contains(a.Path, facts.StepCopy) || a.Kind < facts.AccessFill && a.Kind != facts.AccessCall
}

// A foreign is another package: of the standard library, or a local one.
// Only its files that mention a name are parsed.
type foreign struct {
	asker   *packageScope
	path    string
	dir     string            // "" if it is not known
	names   []string          // of its files
	sources map[string][]byte // of those that were looked into
	files   map[string]*types.File
}

func (s *packageScope) foreign(path string) *foreign {
	f := s.others[path]
	if f == nil {
		f = &foreign{asker: s, path: path, dir: s.b.directoryFor(path), sources: map[string][]byte{}, files: map[string]*types.File{}}
		if entries, err := unlogged.ReadDir(f.dir); f.dir != "" && err == nil {
			f.names = goFiles(entries)
		}
		s.others[path] = f
	}
	return f
}

func goFiles(entries []fs.DirEntry) (list []string) {
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			list = append(list, name)
		}
	}
	return list
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

// decl returns the only declaration of a name.
func (f *foreign) decl(name string) (found ast.Node, in *types.File) {
	for _, file := range f.mentioning(name) {
		if file == nil {
			return nil, nil
		}
		n := declaredIn(file.Syntax, name)
		switch {
		case n == nil:
		case found != nil:
			return nil, nil
		default:
			found, in = n, file
		}
	}
	return found, in
}

// kind tells what all declarations of a name are.
func (f *foreign) kind(name string) types.Kind {
	if len(f.names) == 0 {
		return types.Unknown
	}
	kind := types.Undeclared
	for _, file := range f.mentioning(name) {
		if file == nil {
			return types.Unknown
		}
		if n := declaredIn(file.Syntax, name); n != nil {
			kind = common(kind, kindOf(file.Syntax, n))
		}
	}
	return kind
}

// common is the kind of several declarations of one name.
func common(all, one types.Kind) types.Kind {
	if all == types.Undeclared || all == one {
		return one
	}
	return types.Unknown
}

func kindOf(file *ast.File, n ast.Node) types.Kind {
	switch n.(type) {
	case *ast.FuncDecl:
		return types.Func
	case *ast.TypeSpec:
		return types.TypeName
	}
	for _, d := range file.Decls {
		if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.CONST && d.Pos() <= n.Pos() && n.End() <= d.End() {
			return types.Constant
		}
	}
	return types.Variable
}

// method reports whether a type has a method, and whether of its pointer.
func (f *foreign) method(typ, name string) (found, pointer bool) {
	for _, file := range f.mentioning(name) {
		if file == nil {
			return true, true
		}
		for _, d := range file.Syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && len(fn.Recv.List) == 1 && fn.Name.Name == name && syntax.BaseName(fn.Recv.List[0].Type) == typ {
				_, star := ast.Unparen(fn.Recv.List[0].Type).(*ast.StarExpr)
				found, pointer = true, pointer || star
			}
		}
	}
	return found, pointer
}

// mentioning returns the files in which a name stands, nil for one that cannot
// be parsed.
func (f *foreign) mentioning(name string) (list []*types.File) {
	for _, base := range f.names {
		src, ok := f.sources[base]
		if !ok {
			src, _ = unlogged.ReadFile(filepath.Join(f.dir, base))
			f.sources[base] = src
		}
		if !bytes.Contains(src, []byte(name)) {
			continue
		}
		file, ok := f.files[base]
		if !ok {
			if syntax, err := parser.ParseFile(token.NewFileSet(), base, src, parser.SkipObjectResolution); err == nil {
				file = types.NewFile(f.asker, f.path, base, syntax, nil)
			}
			f.files[base] = file
		}
		list = append(list, file)
	}
	return list
}
