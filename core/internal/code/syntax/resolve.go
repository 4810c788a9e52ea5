package syntax

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// A Resolver answers, for one file, what a qualifier stands for.
type Resolver struct {
	*Source
	Imports map[string]string // name in this file -> import path
	dots    []string          // paths imported with a dot
}

// NewResolver reads the imports of a file.
func NewResolver(p *Source) *Resolver {
	r := &Resolver{Source: p}
	r.Imports, r.dots = ImportsOf(p.Syntax)
	return r
}

// ImportsOf returns the names by which a file knows its imports. A package
// whose name cannot be read off its path gets every name it may well have.
func ImportsOf(file *ast.File) (names map[string]string, dots []string) {
	names = map[string]string{}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		switch {
		case spec.Name == nil && std.IsPackage(path):
			names[LikelyNames(path)[0]] = path
		case spec.Name == nil:
			for _, name := range LikelyNames(path) {
				if names[name] == "" { // what is certain stays
					names[name] = path
				}
			}
		case spec.Name.Name == ".":
			dots = append(dots, path)
		default:
			names[spec.Name.Name] = path
		}
	}
	return names, dots
}

// LikelyNames returns the names that the package of an import path may have.
func LikelyNames(path string) []string {
	path = WithoutMajor(path)
	last := path[strings.LastIndexByte(path, '/')+1:]
	names := []string{last}
	if !strings.ContainsAny(last, ".-") {
		return names
	}
	if i := strings.LastIndex(last, ".v"); i > 0 {
		last = last[:i]
		names = append(names, last)
	}
	for _, short := range []string{strings.TrimPrefix(last, "go-"), strings.TrimSuffix(last, "-go"), strings.ReplaceAll(last, "-", "_"), strings.ReplaceAll(last, "-", "")} {
		if short != last {
			names = append(names, short)
		}
	}
	return names
}

// WithoutMajor leaves out a last element that is a major version: the package of
// math/rand/v2 is rand.
func WithoutMajor(path string) string {
	i := strings.LastIndexByte(path, '/')
	if last := path[i+1:]; i > 0 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		return path[:i]
	}
	return path
}

// Qualified returns the import path and name of a selector on a package.
func (r *Resolver) Qualified(e ast.Expr) (path, name string) {
	if x, sel := Qualifier(e); x != nil {
		return r.Imports[x.Name], sel
	}
	return "", ""
}

// Qualifier takes apart pkg.F, and pkg.F[T], where pkg is not proved local.
func Qualifier(e ast.Expr) (x *ast.Ident, sel string) {
	switch ix := e.(type) {
	case *ast.IndexExpr:
		e = ix.X
	case *ast.IndexListExpr:
		e = ix.X
	}
	if s, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := s.X.(*ast.Ident); ok && scope.Of(x) == nil {
			return x, s.Sel.Name
		}
	}
	return nil, ""
}

// IsHandleType reports whether a type is testing.TB, or a pointer to one of the
// types behind it.
func (r *Resolver) IsHandleType(e ast.Expr) bool {
	if star, ok := e.(*ast.StarExpr); ok {
		path, name := r.Qualified(star.X)
		return path == "testing" && (name == "T" || name == "B" || name == "F")
	}
	if id, ok := e.(*ast.Ident); ok && id.Name == "TB" {
		return r.Syntax.Name.Name == "cachetest" || slices.ContainsFunc(r.dots, IsAPI)
	}
	path, name := r.Qualified(e)
	return name == "TB" && (path == "testing" || IsAPI(path))
}
