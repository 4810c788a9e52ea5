package facts

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"
	"strconv"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Extract parses one file into facts. It never fails: a file that does not
// parse gives facts that say so.
func Extract(name string, src []byte) *File {
	f := &File{Name: name}
	p, err := syntax.Parse(token.NewFileSet(), name, src)
	if err != nil {
		f.Package, f.Flags = syntax.PackageName(src), FileBroken|FileRaw
		f.Decls = []Decl{wholeFile(src, bytes.Count(src, []byte("\n"))+1)}
		return f
	}
	newExtractor(f, syntax.NewResolver(p)).extract()
	if f.Flags&FileCgo != 0 { // the comment above import "C" is code
		f.Flags |= FileRaw
		f.Decls = append(f.Decls, wholeFile(src, 1))
	}
	return f
}

// wholeFile stands for all that a file holds.
func wholeFile(src []byte, lines int) Decl {
	return Decl{Kind: KindVar, Name: "_", NameLine: 1, Line: 1, Lines: lines, Digest: codec.Sum(src)}
}

// An extractor takes the facts of one file from its syntax.
type extractor struct {
	*File
	*syntax.Source
	names   *syntax.Resolver
	sure    map[string]bool           // names that can be nothing but an import
	consts  map[string]*ast.ValueSpec // of the package, by name; nil until one is asked for
	embeds  map[int][]string          // patterns of each //go:embed by its line, until a var takes them
	buf     []byte                    // memory for tokens
	without func(*ast.FuncLit) bool   // reports whether a literal is left out; see edgesBeside
}

func newExtractor(f *File, names *syntax.Resolver) *extractor {
	return &extractor{File: f, Source: names.Source, names: names, sure: sureImports(names.Syntax)}
}

// sureImports returns the names that can be nothing but an import. The name of
// a package that an import does not tell is a guess for most paths.
func sureImports(file *ast.File) map[string]bool {
	sure := map[string]bool{}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		switch {
		case err != nil:
		case spec.Name != nil:
			sure[spec.Name.Name] = true
		case std.IsPackage(path):
			sure[syntax.LikelyNames(path)[0]] = true
		}
	}
	return sure
}

func (x *extractor) extract() {
	x.Package = x.Syntax.Name.Name
	x.Constraint = syntax.ConstraintOf(x.Syntax)
	x.takeDirectives()
	x.takeImports()
	for _, d := range x.Syntax.Decls {
		x.decl(d)
	}
	x.Decls = slices.Clone(x.Decls) // with no room for more: facts are kept
}

func (x *extractor) takeImports() {
	for _, spec := range x.Syntax.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if path == "C" {
			x.Flags |= FileCgo
			continue
		}
		imp := Import{Path: path, Line: x.Line(spec.Pos())}
		if spec.Name != nil {
			imp.Name = spec.Name.Name
		}
		x.Imports = append(x.Imports, imp)
	}
}
