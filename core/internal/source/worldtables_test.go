package source

import (
	"go/ast"
	gobuild "go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// stdPaths are the packages of the standard library that can be imported.
func stdPaths(t *testing.T) (list []string) {
	t.Helper()
	src := filepath.Join(gobuild.Default.GOROOT, "src")
	err := filepath.WalkDir(src, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(src, path)
		if rel = filepath.ToSlash(rel); err == nil && d.IsDir() && std.IsPackage(rel) {
			list = append(list, rel)
		}
		return err
	})
	if err != nil {
		t.Skip(err)
	}
	return list
}

// stdFiles parses a package of the standard library, without its tests.
func stdFiles(t *testing.T, path string) (files []*ast.File) {
	t.Helper()
	dir := filepath.Join(gobuild.Default.GOROOT, "src", filepath.FromSlash(path))
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Skip(err)
	}
	for _, e := range entries {
		if ok, err := gobuild.Default.MatchFile(dir, e.Name()); filepath.Ext(e.Name()) != ".go" || err != nil || !ok || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// TestIdentities: which packages of the standard library ask for the identity of
// files. Of package os the answer is in what it does, but for SameFile, and
// os/exec and archive/tar take nothing of it that is an input.
func TestIdentities(t *testing.T) {
	known := []string{"archive/tar", "internal/fuzz", "os", "os/exec"}
	for _, path := range stdPaths(t) {
		for _, f := range stdFiles(t, path) {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if s, ok := call.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "SameFile" || s.Sel.Name == "Sys") && !slices.Contains(known, path) {
					t.Errorf("%s calls %s", path, s.Sel.Name)
				}
				return true
			})
		}
	}
	for _, x := range []extRef{{path: "os", name: "SameFile"}, {path: "io/fs", name: "Sys"}} {
		if !slices.Contains(asks(&node{}, x), AsksIdentity) {
			t.Errorf("%s asks for no identity", shortRef(x))
		}
	}
}
