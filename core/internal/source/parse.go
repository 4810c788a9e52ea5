package source

import (
	"bytes"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
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

// filesParsed counts the files that were parsed as a whole. Tests read it: an
// unchanged file must not be parsed again.
var filesParsed atomic.Int64

func parseFile(path string) (*parsed, error) {
	src, err := quiet.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseSource(path, src)
}

func parseSource(path string, src []byte) (*parsed, error) {
	return parseIn(token.NewFileSet(), path, src)
}

func parseIn(fset *token.FileSet, path string, src []byte) (*parsed, error) {
	filesParsed.Add(1)
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

// clauseIn returns the name of the package in a directory, by the first file
// that the build compiles, or "".
func clauseIn(dir string, match build.Matcher) string {
	names, err := build.SourceFiles(dir)
	if err != nil {
		return ""
	}
	for _, name := range names {
		if !isGoFile(name) || strings.HasSuffix(name, "_test.go") || !match.Match(name, "") {
			continue
		}
		src, err := quiet.ReadFile(filepath.Join(dir, name))
		if err == nil && match.Match(name, constraintIn(src)) {
			return packageName(src)
		}
	}
	return ""
}

func packageName(src []byte) string {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return file.Name.Name
}
