package source

//lint:file-ignore SA1019 see resolve.go

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// extract parses one file into facts. It never fails: a file that does not
// parse gives facts that say so.
func extract(name string, src []byte) *fileFacts { return newGather(0).extract(name, src) }

func (g *gather) extract(name string, src []byte) *fileFacts {
	f := &fileFacts{name: name}
	if g.slow || !g.extractInPieces(f, src) {
		*f = fileFacts{name: name}
		g.extractWhole(f, src)
	}
	if f.flags&fileCgo != 0 { // the comment above import "C" is code
		f.flags |= fileRaw
		f.decls = append(f.decls, declFact{kind: kindVar, name: "_", nameLine: 1, line: 1, lines: 1, digest: sum(src)})
	}
	return f
}

// extractInPieces takes each declaration as it is parsed, without a look at
// what follows. It reports false where that is not enough, or where the file is
// for go/parser.
func (g *gather) extractInPieces(f *fileFacts, src []byte) bool {
	var x *extractor
	file := g.parser.Parse(textOf(src), func(file *ast.File, d ast.Decl) bool {
		gen, _ := d.(*ast.GenDecl)
		if gen != nil && gen.Tok == token.IMPORT {
			return true
		}
		if x == nil {
			x = newExtractor(g, f, tree{file: file, src: src, base: 1})
		}
		x.lines = g.parser.Lines()
		x.takeDirectives()
		x.declare(d)
		x.decl(d)
		return gen != nil && gen.Tok == token.CONST // others may refer to it
	})
	if file == nil || x != nil && (x.redefined != nil || x.late) {
		return false
	}
	if x == nil {
		x = newExtractor(g, f, tree{file: file, src: src, base: 1, lines: g.parser.Lines()})
	}
	x.done()
	return true
}

// extractWhole takes a file as go/parser sees it.
func (g *gather) extractWhole(f *fileFacts, src []byte) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		if file != nil && file.Name != nil {
			f.pkg = file.Name.Name
		}
		f.flags |= fileBroken | fileRaw
		f.decls = []declFact{{kind: kindVar, name: "_", nameLine: 1, line: 1, lines: bytes.Count(src, []byte("\n")) + 1, digest: sum(src)}}
		return
	}
	tok := fset.File(file.FileStart)
	x := newExtractor(g, f, tree{file, src, tok.Base(), tok.Lines()})
	x.takeDirectives()
	for _, d := range file.Decls {
		x.declare(d)
	}
	for _, d := range file.Decls {
		x.decl(d)
	}
	x.done()
}

// A tree is a file as it was parsed, for facts. Of comments directives are
// there at least; what is local scopes says.
type tree struct {
	file  *ast.File
	src   []byte
	base  int   // token.Pos of the first byte
	lines []int // offset of the first byte of each
}

// tree is that of a file which go/parser has resolved.
func (p *parsed) tree() tree {
	tok := p.fset.File(p.file.FileStart)
	return tree{p.file, p.src, tok.Base(), tok.Lines()}
}

type extractor struct {
	*fileFacts
	tree
	g         *gather
	at        int                     // the line that was last asked for, counted from 0
	top       *ast.Scope              // of the file, where the parser has resolved it
	redefined map[string]bool         // builtin functions that the file declares itself
	names     *resolver               // of imports only
	embeds    map[int][]string        // line of a //go:embed -> patterns
	taken     int                     // groups of comments that were looked at
	unknown   map[string]bool         // names that were no constant when they were looked up
	late      bool                    // one of them is, further down
	without   func(*ast.FuncLit) bool // literals that are left out; see edgesBeside
}

func newExtractor(g *gather, f *fileFacts, t tree) *extractor {
	x := &extractor{fileFacts: f, tree: t, g: g, top: t.file.Scope}
	g.decls.begin()
	x.names = &resolver{parsed: &parsed{src: t.src, file: t.file}}
	x.names.imports, x.names.dots = importsOf(t.file)
	g.file++
	for name, path := range x.names.imports {
		*g.importOf(name) = importOf{file: g.file, path: path}
	}
	for _, spec := range t.file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		switch {
		case err != nil:
		case spec.Name != nil:
			x.surely(spec.Name.Name)
		case purePackages.has(path) || path == "os": // of others the name is a guess
			x.surely(path[strings.LastIndexByte(path, '/')+1:])
		}
	}
	return x
}

// surely notes that a name can be nothing but an import.
func (x *extractor) surely(name string) {
	i := x.g.importOf(name)
	if i.file != x.g.file {
		*i = importOf{file: x.g.file}
	}
	i.sure = true
}

func (x *extractor) offset(pos token.Pos) int { return min(max(int(pos)-x.base, 0), len(x.src)) }

// line returns the line of a position as it stands in the file. Most are asked
// for in the order of the source.
func (x *extractor) line(pos token.Pos) int {
	off := x.offset(pos)
	if off < x.lines[x.at] || x.at+8 < len(x.lines) && off >= x.lines[x.at+8] {
		i, found := slices.BinarySearch(x.lines, off)
		if !found {
			i--
		}
		x.at = i
	}
	for x.at+1 < len(x.lines) && x.lines[x.at+1] <= off {
		x.at++
	}
	return x.at + 1
}

func (x *extractor) text(from, to token.Pos) []byte {
	return x.src[x.offset(from):x.offset(to)]
}

// done takes what is known of the file as a whole.
func (x *extractor) done() {
	x.pkg = x.g.kept(x.file.Name.Name)
	x.takeDirectives()
	x.constraint = x.g.kept(constraintOf(x.file))
	for _, spec := range x.file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if path == "C" {
			x.flags |= fileCgo
			continue
		}
		imp := importFact{path: x.g.kept(path)}
		if spec.Name != nil {
			imp.name = spec.Name.Name
		}
		x.imports = append(x.imports, imp)
	}
	x.decls = x.g.decls.list()
}
