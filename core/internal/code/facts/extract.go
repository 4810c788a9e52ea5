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
	f.Package, f.Constraint = syntax.Header(src)
	p, err := syntax.Parse(token.NewFileSet(), name, src)
	if err != nil {
		f.Broken = true
		f.Decls = []Decl{wholeFile("_", src, bytes.Count(src, []byte("\n"))+1)}
		return f
	}
	newWalker(f, p).extract()
	if f.Cgo { // the comment above import "C" is code
		f.Decls = append(f.Decls, wholeFile("C", src, 1))
	}
	return f
}

// wholeFile stands for all that a file holds.
func wholeFile(name string, src []byte, lines int) Decl {
	return Decl{Kind: KindVar, Name: name, Names: []Name{{name, 1}}, Line: 1, Lines: lines, Digest: codec.Sum(src)}
}

func (w *walker) extract() {
	w.takeDirectives()
	for _, spec := range w.Syntax.Imports {
		w.takeImport(spec)
	}
	for _, d := range w.Syntax.Decls {
		w.decl(d)
	}
	w.Decls = slices.Clone(w.Decls) // with no room for more: facts are kept
}

func (w *walker) takeImport(spec *ast.ImportSpec) {
	path, _ := strconv.Unquote(spec.Path.Value) // or it does not parse
	if path == "C" {
		w.Cgo = true
		return
	}
	imp := Import{Path: path, Line: w.Line(spec.Pos())}
	if spec.Name != nil {
		imp.Name = spec.Name.Name
	}
	w.Imports = append(w.Imports, imp)
}

func (w *walker) takeDirectives() {
	for _, group := range w.Syntax.Comments {
		for _, c := range group.List {
			if directive, ok := strings.CutPrefix(c.Text, "//go:"); ok {
				w.directive(directive, w.Line(c.Pos()))
			}
		}
	}
}

// An embed is a //go:embed directive.
type embed struct {
	line     int
	patterns []string
}

func (w *walker) directive(text string, line int) {
	verb, rest, _ := strings.Cut(text, " ")
	switch verb {
	case "debug":
		w.Decls = append(w.Decls, Decl{Kind: KindInit, Calls: []string{""}, Always: true, Name: "go:debug", Names: []Name{{"go:debug", line}}, Line: line, Lines: 1, Digest: codec.Sum([]byte(rest))})
	case "linkname":
		if f := strings.Fields(rest); len(f) > 0 {
			w.Links = append(w.Links, Link{f[0], strings.Join(f[1:], " ")})
		}
	case "embed":
		w.embeds = append(w.embeds, embed{line, patterns(rest)})
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
