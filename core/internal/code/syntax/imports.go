package syntax

import (
	"cmp"
	"go/ast"
	pathpkg "path"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// Imports are the names by which a file knows its imports.
type Imports struct {
	Paths map[string]string // by the names that packages have as a rule, where they are not certain
	Sure  map[string]bool   // names that can be nothing but an import
	Dots  []string          // paths imported with a dot
}

// ImportsOf returns the imports of a file. The name of a package that an import
// does not tell is a guess for most paths.
func ImportsOf(file *ast.File) (i Imports) {
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
		name = LikelyName(path)
		i.Paths[name] = cmp.Or(i.Paths[name], path) // what is certain stays
	default:
		name = cmp.Or(name, LikelyName(path))
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
		return slices.ContainsFunc(i.Dots, IsAPI)
	}
	path, name := i.Qualified(typ)
	return name == "TB" && (path == "testing" || IsAPI(path))
}

// LikelyName returns the name that the package of an import path has as a rule, and
// each of the standard library: the last element, but that of math/rand/v2 is rand.
func LikelyName(path string) string {
	dir, last := pathpkg.Split(path)
	if dir != "" && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		return pathpkg.Base(dir)
	}
	return last
}
