package syntax

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Source is one file of source, with its names resolved.
type Source struct {
	Path   string
	Src    []byte
	Syntax *ast.File
	lines  []int // the offset of the first byte of each line
}

// ParseFile reads and parses a file.
func ParseFile(path string) (*Source, error) {
	src, err := unlogged.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(token.NewFileSet(), path, src)
}

// Parse parses the content of a file.
func Parse(fset *token.FileSet, path string, src []byte) (*Source, error) {
	mode := parser.SkipObjectResolution
	if bytes.Contains(src, []byte("//go:")) { // of comments, only directives matter
		mode |= parser.ParseComments
	}
	file, err := parser.ParseFile(fset, path, src, mode)
	if err != nil {
		return nil, err
	}
	scope.Resolve(file)
	return &Source{Path: path, Src: src, Syntax: file, lines: fset.File(file.FileStart).Lines()}, nil
}

// Line returns the line of a position as it stands in the file, whatever
// //line directives say.
func (p *Source) Line(pos token.Pos) int {
	i, found := slices.BinarySearch(p.lines, p.Offset(pos))
	if found {
		i++
	}
	return i
}

// Offset returns where in the file a position is.
func (p *Source) Offset(pos token.Pos) int {
	return min(max(int(pos-p.Syntax.FileStart), 0), len(p.Src))
}

// Text returns the source from one position to another.
func (p *Source) Text(from, to token.Pos) []byte {
	return p.Src[p.Offset(from):p.Offset(to)]
}

// Moved reports whether the file has //line directives: the compiler's
// positions then say nothing about this file.
func (p *Source) Moved() bool {
	return bytes.Contains(p.Src, []byte("//line ")) || bytes.Contains(p.Src, []byte("/*line "))
}

// IsExternalTest reports whether a file with a package clause is of the external test
// package: the package itself may have a name that ends in _test (Import in
// go/build/build.go).
func IsExternalTest(file, clause string, isOwn func(name string) bool) bool {
	return strings.HasSuffix(file, "_test.go") && strings.HasSuffix(clause, "_test") && !isOwn(clause)
}

// Header returns the name in the package clause of source and the expression of
// its //go:build line, or else of its // +build lines, each "" if there is none.
func Header(src []byte) (name, expr string) {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		return "", ""
	}
	var lines []string
	leading := true // in the comments with //, which a blank line ends: see shouldBuild in go/build/build.go
	for _, group := range file.Comments {
		leading = leading && group != file.Doc && !slices.ContainsFunc(group.List, func(c *ast.Comment) bool { return c.Text[1] == '*' })
		for _, c := range group.List {
			x, err := constraint.Parse(c.Text)
			switch {
			case c.Pos() > file.Package || err != nil:
			case constraint.IsGoBuild(c.Text):
				expr = x.String()
			case leading:
				lines = append(lines, "("+x.String()+")")
			}
		}
	}
	return file.Name.Name, cmp.Or(expr, strings.Join(lines, " && "))
}

// AppendTokens appends the tokens of Go source to buf, each followed by a zero byte.
// Comments and layout are gone, a newline that ends a statement is a semicolon, and a comma
// or semicolon before a closing bracket is dropped: source that gofmt formats and that
// differs only in its comments and line breaks gives the same bytes.
func AppendTokens(buf, src []byte) []byte {
	file := token.NewFileSet().AddFile("", -1, len(src))
	file.SetLines(make([]int, 1, 1+bytes.Count(src, []byte("\n")))) // to grow would cost more
	var s scanner.Scanner
	s.Init(file, src, nil, 0)
	var pending []byte // a comma or semicolon, which a closing bracket drops
	for {
		_, tok, text := s.Scan()
		switch tok {
		case token.EOF:
			return buf
		case token.COMMA, token.SEMICOLON:
			pending = append(append(pending[:0], tok.String()...), 0)
			continue
		case token.RPAREN, token.RBRACK, token.RBRACE:
			pending = pending[:0]
		}
		buf = append(append(append(buf, pending...), cmp.Or(text, tok.String())...), 0)
		pending = pending[:0]
	}
}
