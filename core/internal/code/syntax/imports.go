package syntax

import (
	"cmp"
	"go/ast"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// Imports are the names by which a file knows its imports.
type Imports struct {
	Paths map[string]string // by each name that a package may well have
	Sure  map[string]bool   // names that can be nothing but an import
	Dots  []string          // paths imported with a dot

	name string // of the file's own package
}

// ImportsOf returns the imports of a file. The name of a package that an import
// does not tell is a guess for most paths.
func ImportsOf(file *ast.File) Imports {
	i := Imports{name: file.Name.Name}
	for _, spec := range file.Imports {
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			i.Add(name, path)
		}
	}
	return i
}

// Add adds an import, with the name that it has or "".
func (i *Imports) Add(name, path string) {
	if i.Paths == nil {
		i.Paths, i.Sure = map[string]string{}, map[string]bool{}
	}
	switch {
	case name == ".":
		i.Dots = append(i.Dots, path)
	case name == "" && !std.IsPackage(path):
		for _, name := range LikelyNames(path) {
			if i.Paths[name] == "" { // what is certain stays
				i.Paths[name] = path
			}
		}
	default:
		name = cmp.Or(name, LikelyNames(path)[0])
		i.Paths[name], i.Sure[name] = path, true
	}
}

// Qualified returns the import path and the name of pkg.F and pkg.F[T].
func (i Imports) Qualified(e ast.Expr) (path, name string) {
	if x, sel := Qualifier(e); x != nil && i.Paths[x.Name] != "" {
		return i.Paths[x.Name], sel
	}
	return "", ""
}

// IsHandle reports whether a type is that of a testing handle: testing.TB, or a
// pointer to one of the types behind it.
func (i Imports) IsHandle(typ ast.Expr) bool {
	if star, ok := typ.(*ast.StarExpr); ok {
		path, name := i.Qualified(star.X)
		return path == "testing" && (name == "T" || name == "B" || name == "F")
	}
	if id, ok := typ.(*ast.Ident); ok && id.Name == "TB" && scope.Of(id) == nil {
		return i.name == "cachetest" || slices.ContainsFunc(i.Dots, IsAPI)
	}
	path, name := i.Qualified(typ)
	return name == "TB" && (path == "testing" || IsAPI(path))
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
