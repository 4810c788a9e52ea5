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

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/world"
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

	files  map[string]*capture.File // by name; nil where one does not parse
	others map[string]*foreign      // by import path
}

// newPackageScope returns the package of a file that is read.
func (b *Binary) newPackageScope(p *syntax.Source, cache Cache) *packageScope {
	if cache == nil {
		cache = pack.NoCache{}
	}
	base := filepath.Base(p.Path)
	return &packageScope{b: b, dir: filepath.Dir(p.Path), name: p.Syntax.Name.Name, cache: cache,
		files: map[string]*capture.File{base: capture.NewFile(base, p.Syntax, p.Line)}, others: map[string]*foreign{}}
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

func (s *packageScope) file(name string) *capture.File {
	f, ok := s.files[name]
	if !ok {
		if p, err := syntax.ParseFile(filepath.Join(s.dir, name)); err == nil {
			f = capture.NewFile(name, p.Syntax, p.Line)
		}
		s.files[name] = f
	}
	return f
}

// Kind returns what all declarations of a name are.
func (s *packageScope) Kind(name string) capture.Kind {
	if s.load(); !s.known {
		return capture.Unknown
	}
	kind := capture.Undeclared
	for _, d := range s.declared[name] {
		k := map[facts.Kind]capture.Kind{facts.KindConst: capture.Constant, facts.KindType: capture.Type, facts.KindFunc: capture.Func, facts.KindVar: capture.Variable}[d.Kind]
		if kind != capture.Undeclared && kind != k {
			return capture.Unknown
		}
		kind = k
	}
	return kind
}

// Import returns the path of the import that a file knows by a name.
func (s *packageScope) Import(f *capture.File, name string) string {
	return syntax.ImportsOf(f.Syntax).Paths[name]
}

// Decl returns the only declaration of a name, of the package itself for path "".
func (s *packageScope) Decl(path, name string) (ast.Node, *capture.File) {
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
func (s *packageScope) Method(typ, name string) (found, pointer bool) {
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

// Fixed: no file of the package does anything to the variable but read it, and
// others cannot name it.
func (s *packageScope) Fixed(name string) bool {
	if s.load(); !s.known || ast.IsExported(name) {
		return false
	}
	return !slices.ContainsFunc(s.facts, func(f *facts.File) bool {
		return slices.ContainsFunc(f.Decls, func(d facts.Decl) bool {
			return slices.ContainsFunc(d.Acts().Accesses, func(a facts.Access) bool {
				return a.Param == 0 && (a.X == "" && a.Sel == name || a.X == name) && !s.onlyLooks(a)
			})
		})
	})
}

// onlyLooks reports whether an access to a variable surely leaves it alone: a
// part is read, or the function of the package that it is handed to does no
// more.
func (s *packageScope) onlyLooks(a facts.Access) bool {
	if strings.Contains(a.Path, facts.StepCopy) { // of a local variable package capture knows
		return a.Kind < facts.AccessFill
	}
	part := a.X != "" || a.Path != ""
	switch a.Kind {
	case facts.AccessRange:
		return true
	case facts.AccessRead, facts.AccessFormat:
		return part
	case facts.AccessCall: // a field
		name := a.Path[strings.LastIndexByte(a.Path, '.')+1:]
		return part && !ast.IsExported(name) && !s.anyMethod(name)
	case facts.AccessArgument:
		return a.Callee.X == "" && s.argumentLooks(a)
	}
	return false
}

// argumentLooks reports whether the function of the package that a value is
// handed to does nothing with it but range over it and read its parts.
func (s *packageScope) argumentLooks(a facts.Access) bool {
	found := s.declared[a.Callee.Sel]
	return len(found) > 0 && !slices.ContainsFunc(found, func(d *facts.Decl) bool {
		return d.Kind != facts.KindFunc || d.Flags&facts.DeclNoBody != 0 || slices.ContainsFunc(d.Acts().Accesses, func(in facts.Access) bool {
			return in.Param == a.Arg+2 && in.Kind != facts.AccessRange && (in.Kind != facts.AccessRead || in.Path == "")
		})
	})
}

// anyMethod reports whether some type of the package has a method of that name.
func (s *packageScope) anyMethod(name string) bool {
	return slices.ContainsFunc(s.facts, func(f *facts.File) bool {
		return slices.ContainsFunc(f.Decls, func(d facts.Decl) bool { return d.Kind == facts.KindMethod && d.Name == name })
	})
}

// Imported returns what a name of another package is.
func (s *packageScope) Imported(path, name string) capture.Kind { return s.foreign(path).kind(name) }

// Immutable reports whether nothing changes values of a type.
func (s *packageScope) Immutable(path, name string) bool { return std.ImmutableType(path, name) }

// Pure reports whether a function does nothing but compute its result, and
// whether that is immutable.
func (s *packageScope) Pure(path, name string) (is, immutable bool) {
	return std.Pure(path, name), std.ImmutableResult(path, name)
}

// Unsteady reports whether the answers of a function differ from run to run.
func (s *packageScope) Unsteady(path, name string) bool {
	return world.IsUnsteady(path, name)
}

// Reads reports whether a function only reads an argument.
func (s *packageScope) Reads(path, name string, arg int) bool {
	if typ, _, ok := strings.Cut(name, "."); ok && arg < 0 && std.ImmutableType(path, typ) {
		return std.Argument(path, name, arg) < std.Writes // what it keeps is a copy
	}
	return std.Argument(path, name, arg) == std.Reads
}

// A foreign is another package: of the standard library, or a local one.
// Only its files that mention a name are parsed.
type foreign struct {
	path  string
	dir   string // "" if it is not known
	files map[string]*capture.File
	names []string
}

func (s *packageScope) foreign(path string) *foreign {
	f := s.others[path]
	if f == nil {
		f = &foreign{path: path, dir: s.b.directoryFor(path), files: map[string]*capture.File{}}
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
func (f *foreign) decl(name string) (found ast.Node, in *capture.File) {
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
func (f *foreign) kind(name string) capture.Kind {
	if len(f.names) == 0 {
		return capture.Unknown
	}
	kind := capture.Undeclared
	for _, file := range f.mentioning(name) {
		if file == nil {
			return capture.Unknown
		}
		n := declaredIn(file.Syntax, name)
		if n == nil {
			continue
		}
		k := kindOf(file, n)
		if kind != capture.Undeclared && kind != k {
			return capture.Unknown
		}
		kind = k
	}
	return kind
}

func kindOf(file *capture.File, n ast.Node) capture.Kind {
	switch n.(type) {
	case *ast.FuncDecl:
		return capture.Func
	case *ast.TypeSpec:
		return capture.Type
	}
	if d, ok := file.Parent(n).(*ast.GenDecl); ok && d.Tok == token.CONST {
		return capture.Constant
	}
	return capture.Variable
}

// mentioning returns the files in which a name stands, nil for one that cannot
// be parsed.
func (f *foreign) mentioning(name string) (list []*capture.File) {
	for _, base := range f.names {
		src, err := unlogged.ReadFile(filepath.Join(f.dir, base))
		if err != nil || !bytes.Contains(src, []byte(name)) {
			continue
		}
		file, ok := f.files[base]
		if !ok {
			if syntax, err := parser.ParseFile(token.NewFileSet(), base, src, parser.SkipObjectResolution); err == nil {
				file = capture.NewFile(base, syntax, nil)
				file.Path = f.path
			}
			f.files[base] = file
		}
		list = append(list, file)
	}
	return list
}
