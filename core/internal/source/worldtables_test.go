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

// TestRunners: what imports os/exec, by whatever way, starts other programs.
func TestRunners(t *testing.T) {
	imports := map[string][]string{}
	var follow func(path string) bool
	running := map[string]bool{"os/exec": true}
	follow = func(path string) bool {
		if _, known := imports[path]; !known && path != "C" && path != "unsafe" {
			imports[path] = nil
			p, err := gobuild.Default.Import(path, filepath.Join(gobuild.Default.GOROOT, "src"), 0)
			if err != nil {
				return false // of another system
			}
			imports[path] = p.Imports
			for _, imp := range p.Imports {
				if follow(imp) {
					running[path] = true
				}
			}
		}
		return running[path]
	}
	n := 0
	for _, path := range stdPaths(t) {
		if follow(path) {
			n++
			if !slices.Contains(runners.of(path), "*") {
				t.Errorf("%s may start programs, and is not among runners", path)
			}
		}
	}
	if n == 0 {
		t.Error("no package imports os/exec")
	}
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
		if !slices.Contains((&node{}).asks(x), AsksIdentity) {
			t.Errorf("%s asks for no identity", shortRef(x))
		}
	}
}

// TestTimed: which packages have a time in what they export.
func TestTimed(t *testing.T) {
	exempt := strings.Fields("context os io/fs embed net testing time encoding/json/v2")
	for _, path := range stdPaths(t) {
		var holds []string
		for _, f := range stdFiles(t, path) {
			holds = append(holds, timesIn(f)...)
		}
		if has := len(holds) > 0; has != timed.has(path) && !slices.Contains(exempt, path) {
			t.Errorf("%s is in timed: %v; it exports times by %v", path, timed.has(path), holds)
		} else if has && path != "time" && slices.Contains(exempt, path) {
			for _, name := range holds {
				if !isWorldMethod(name) && name != "Dialer" {
					t.Errorf("%s exports times by %s, which is no time method", path, name)
				}
			}
		}
	}
}

// timesIn returns the exported declarations of a file that return or hold a
// time: functions and methods by their names, interfaces by their methods.
func timesIn(f *ast.File) (names []string) {
	hasTime := func(n ast.Node) (found bool) {
		ast.Inspect(n, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				x, isName := s.X.(*ast.Ident)
				found = found || isName && x.Name == "time" && slices.Contains([]string{"Time", "Timer", "Ticker"}, s.Sel.Name)
			}
			return !found
		})
		return found
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Type.Results != nil && hasTime(d.Type.Results) {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				spec, ok := s.(*ast.TypeSpec)
				if !ok || !spec.Name.IsExported() {
					continue
				}
				ast.Inspect(spec.Type, func(n ast.Node) bool {
					field, ok := n.(*ast.Field)
					if !ok {
						return true
					}
					if fn, ok := field.Type.(*ast.FuncType); ok {
						if fn.Results != nil && hasTime(fn.Results) {
							names = append(names, field.Names[0].Name)
						}
						return false
					}
					if hasTime(field.Type) && slices.ContainsFunc(field.Names, (*ast.Ident).IsExported) {
						names = append(names, spec.Name.Name)
					}
					return true
				})
			}
		}
	}
	return names
}

// TestTimeless: a name of package time that is timeless is a constant, a type
// without a time in it, or a function that returns none.
func TestTimeless(t *testing.T) {
	fine := map[string]bool{}
	for _, f := range stdFiles(t, "time") {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					fine[d.Name.Name] = d.Type.Results == nil || !mentionsTime(d.Type.Results)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.ValueSpec:
						for _, name := range s.Names {
							fine[name.Name] = d.Tok == token.CONST || name.Name == "UTC"
						}
					case *ast.TypeSpec:
						fine[s.Name.Name] = s.Name.Name != "Time" && !mentionsTime(s.Type)
					}
				}
			}
		}
	}
	for name := range strings.FieldsSeq(timeless.text) {
		if !fine[name] {
			t.Errorf("%s is, holds or returns a time", name)
		}
	}
	for _, name := range strings.Fields("Now Local Unix Parse Time NewTimer After Tick Ticker Timer Date") {
		if timeless.has(name) {
			t.Errorf("%s is among timeless", name)
		}
	}
}

func mentionsTime(n ast.Node) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && slices.Contains([]string{"Time", "Timer", "Ticker"}, id.Name)
		return !found
	})
	return found
}
