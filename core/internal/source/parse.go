package source

import (
	"bytes"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A parsed is one file of source, with its names resolved.
type parsed struct {
	path  string
	src   []byte
	file  *ast.File
	lines []int // the offset of the first byte of each line
}

// parseFile reads and parses a file.
func parseFile(path string) (*parsed, error) {
	src, err := quiet.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseSource(token.NewFileSet(), path, src)
}

// parseSource parses the content of a file.
func parseSource(fset *token.FileSet, path string, src []byte) (*parsed, error) {
	file, err := parser.ParseFile(fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	scope.Resolve(file)
	return &parsed{path: path, src: src, file: file, lines: fset.File(file.FileStart).Lines()}, nil
}

// line returns the line of a position as it stands in the file, whatever
// //line directives say.
func (p *parsed) line(pos token.Pos) int {
	i, found := slices.BinarySearch(p.lines, p.offset(pos))
	if found {
		i++
	}
	return i
}

// offset returns where in the file a position is.
func (p *parsed) offset(pos token.Pos) int {
	return min(max(int(pos-p.file.FileStart), 0), len(p.src))
}

// text returns the source from one position to another.
func (p *parsed) text(from, to token.Pos) []byte {
	return p.src[p.offset(from):p.offset(to)]
}

// moved reports whether the file has //line directives: the compiler's
// positions then say nothing about this file.
func (p *parsed) moved() bool {
	return bytes.Contains(p.src, []byte("//line ")) || bytes.Contains(p.src, []byte("/*line "))
}

// constraintIn returns the expression of the //go:build line of a file, or "".
func constraintIn(src []byte) string {
	if !bytes.Contains(src, []byte("//go:build")) {
		return ""
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		return ""
	}
	return constraintOf(file)
}

// constraintOf returns the same of a file that was parsed with its comments.
func constraintOf(file *ast.File) (expr string) {
	for _, group := range file.Comments {
		if group.Pos() > file.Package {
			break
		}
		for _, c := range group.List {
			if c.Pos() < file.Package && constraint.IsGoBuild(c.Text) {
				expr = strings.TrimSpace(strings.TrimPrefix(c.Text, "//go:build"))
			}
		}
	}
	return expr
}

// packageClause returns the name in the package clause of a file, or "".
func packageClause(path string) string {
	src, err := quiet.ReadFile(path)
	if err != nil {
		return ""
	}
	return packageName(src)
}

// packageName returns the name in the package clause of source, or "".
func packageName(src []byte) string {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return file.Name.Name
}
