package source

import (
	"bytes"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"strings"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A parsed is one file of source with what its identifiers resolve to.
type parsed struct {
	path string
	src  []byte
	fset *token.FileSet
	file *ast.File
}

func parseFile(path string) (*parsed, error) {
	src, err := quiet.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseSource(path, src)
}

func parseSource(path string, src []byte) (*parsed, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	return &parsed{path: path, src: src, fset: fset, file: file}, nil
}

// line returns the line of a position as it stands in the file.
//
//go:noinline
func (p *parsed) line(pos token.Pos) int { return p.fset.PositionFor(pos, false).Line }

// offset returns where in the file a position is.
func (p *parsed) offset(pos token.Pos) int { return p.fset.PositionFor(pos, false).Offset }

// moved reports whether the file has //line directives: the compiler's
// positions then say nothing about this file.
func (p *parsed) moved() bool {
	return bytes.Contains(p.src, []byte("//line ")) || bytes.Contains(p.src, []byte("/*line "))
}

// textOf is a file as a string. It holds as long as src is not used for another
// file: facts keep copies of its parts.
func textOf(src []byte) string { return unsafe.String(unsafe.SliceData(src), len(src)) }

// constraint returns the expression of a file's //go:build line, or "".
func (g *gather) constraint(src []byte) string {
	if !bytes.Contains(src, []byte("//go:build")) {
		return ""
	}
	file := g.parser.Header(textOf(src))
	if file == nil {
		var err error
		if file, err = parser.ParseFile(token.NewFileSet(), "", src, parser.PackageClauseOnly|parser.ParseComments); err != nil {
			return ""
		}
	}
	return strings.Clone(constraintOf(file))
}

// constraintOf returns the same of a file that was parsed with its directives.
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

// packageClause returns the name in a file's package clause, or "".
func packageClause(path string) string {
	src, err := quiet.ReadFile(path)
	if err != nil {
		return ""
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return file.Name.Name
}
