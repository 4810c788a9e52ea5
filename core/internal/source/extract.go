package source

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"
	"strconv"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// extract parses one file into facts. It never fails: a file that does not
// parse gives facts that say so.
func extract(name string, src []byte) *fileFacts {
	f := &fileFacts{name: name}
	p, err := parseSource(token.NewFileSet(), name, src)
	if err != nil {
		f.pkg, f.flags = packageName(src), fileBroken|fileRaw
		f.decls = []declFact{wholeFile(src, bytes.Count(src, []byte("\n"))+1)}
		return f
	}
	newExtractor(f, newResolver(p)).extract()
	if f.flags&fileCgo != 0 { // the comment above import "C" is code
		f.flags |= fileRaw
		f.decls = append(f.decls, wholeFile(src, 1))
	}
	return f
}

// wholeFile stands for all that a file holds.
func wholeFile(src []byte, lines int) declFact {
	return declFact{kind: kindVar, name: "_", nameLine: 1, line: 1, lines: lines, digest: sum(src)}
}

// An extractor takes the facts of one file from its syntax.
type extractor struct {
	*fileFacts
	*parsed
	names   *resolver
	sure    map[string]bool           // names that can be nothing but an import
	consts  map[string]*ast.ValueSpec // of the package, by name; nil until one is asked for
	embeds  map[int][]string          // patterns of each //go:embed by its line, until a var takes them
	buf     []byte                    // memory for tokens
	without func(*ast.FuncLit) bool   // reports whether a literal is left out; see edgesBeside
}

func newExtractor(f *fileFacts, names *resolver) *extractor {
	return &extractor{fileFacts: f, parsed: names.parsed, names: names, sure: sureImports(names.file)}
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
			sure[likelyNames(path)[0]] = true
		}
	}
	return sure
}

func (x *extractor) extract() {
	x.pkg = x.file.Name.Name
	x.constraint = constraintOf(x.file)
	x.takeDirectives()
	x.takeImports()
	for _, d := range x.file.Decls {
		x.decl(d)
	}
	x.decls = slices.Clone(x.decls) // with no room for more: facts are kept
}

func (x *extractor) takeImports() {
	for _, spec := range x.file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if path == "C" {
			x.flags |= fileCgo
			continue
		}
		imp := importFact{path: path, line: x.line(spec.Pos())}
		if spec.Name != nil {
			imp.name = spec.Name.Name
		}
		x.imports = append(x.imports, imp)
	}
}
