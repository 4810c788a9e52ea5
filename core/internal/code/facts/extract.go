package facts

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Extract parses one file into facts. It never fails: a file that does not
// parse gives facts that say so.
func Extract(name string, src []byte) *File {
	f := &File{Name: name}
	p, err := syntax.Parse(token.NewFileSet(), name, src)
	if err != nil {
		f.Package, f.Constraint = syntax.Header(src)
		f.Flags = FileBroken
		f.Decls = []Decl{wholeFile(src, bytes.Count(src, []byte("\n"))+1)}
		return f
	}
	f.Package, f.Constraint = syntax.HeaderOf(p.Syntax)
	newExtractor(f, p).extract()
	if f.Flags&FileCgo != 0 { // the comment above import "C" is code
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
	imports syntax.Imports
	consts  map[string]*ast.ValueSpec // of the package, by name
	embeds  []embed                   // those that no variable has taken yet
	buf     []byte                    // memory for tokens
	memory  walker
	depth   int                     // of constants that are set to others
	without func(*ast.FuncLit) bool // reports whether a literal is left out; see Without
}

func newExtractor(f *File, p *syntax.Source) *extractor {
	x := &extractor{File: f, Source: p, imports: syntax.ImportsOf(p.Syntax), consts: map[string]*ast.ValueSpec{}}
	for _, d := range p.Syntax.Decls {
		d, ok := d.(*ast.GenDecl)
		if !ok || d.Tok != token.CONST {
			continue
		}
		for _, spec := range d.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				x.consts[id.Name] = spec.(*ast.ValueSpec)
			}
		}
	}
	return x
}

func (x *extractor) extract() {
	x.takeDirectives()
	for _, spec := range x.Syntax.Imports {
		x.takeImport(spec)
	}
	for _, d := range x.Syntax.Decls {
		x.decl(d)
	}
	x.Decls = slices.Clone(x.Decls) // with no room for more: facts are kept
}

func (x *extractor) takeImport(spec *ast.ImportSpec) {
	path, err := strconv.Unquote(spec.Path.Value)
	switch {
	case err != nil:
	case path == "C":
		x.Flags |= FileCgo
	default:
		imp := Import{Path: path, Line: x.Line(spec.Pos())}
		if spec.Name != nil {
			imp.Name = spec.Name.Name
		}
		x.Imports = append(x.Imports, imp)
	}
}

func (x *extractor) takeDirectives() {
	for _, group := range x.Syntax.Comments {
		for _, c := range group.List {
			if directive, ok := strings.CutPrefix(c.Text, "//go:"); ok {
				x.directive(directive, x.Line(c.Pos()))
			}
		}
	}
}

// An embed is a //go:embed directive.
type embed struct {
	line     int
	patterns []string
}

func (x *extractor) directive(text string, line int) {
	verb, rest, _ := strings.Cut(text, " ")
	switch verb {
	case "debug":
		x.Decls = append(x.Decls, Decl{Kind: KindInit, Flags: DeclInit | DeclAlways, Name: "go:debug", NameLine: int32(line), Line: line, Lines: 1, Digest: codec.Sum([]byte(rest))})
	case "linkname":
		if f := strings.Fields(rest); len(f) > 0 {
			x.Links = append(x.Links, Link{f[0], strings.Join(f[1:], " ")})
		}
	case "embed":
		x.embeds = append(x.embeds, embed{line, patterns(rest)})
	}
}

// patterns splits the arguments of //go:embed.
func patterns(s string) (list []string) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		word, _, _ := strings.Cut(s, " ")
		pattern := word
		if q, err := strconv.QuotedPrefix(s); err == nil && q[0] != '\'' {
			word = q
			pattern, _ = strconv.Unquote(q)
		}
		list, s = append(list, pattern), s[len(word):]
	}
	return list
}
