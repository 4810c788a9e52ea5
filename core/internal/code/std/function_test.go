package std

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// What is told to be no variable is declared as none, on whatever system; and constants
// are told, and types of a package whose variables are one state.
func TestIsNoVariable(t *testing.T) {
	if !IsNoVariable("unicode", "ToUpper") || !IsNoVariable("bytes", "Buffer.Len") || IsNoVariable("unicode", "Latin") || IsNoVariable("no/such", "F") {
		t.Error("ToUpper and Len are functions, Latin is a variable, and F is unknown")
	}
	on := build.Default
	on.GOOS, on.GOARCH, _ = strings.Cut(system, "/")
	for path, p := range packages() {
		byName := !strings.Contains("\n"+p.text, "\n? *") && path != "syscall"
		oneState := strings.Contains(p.text, "#"+path+".* ")
		dir := filepath.Join(build.Default.GOROOT, "src", filepath.FromSlash(path))
		files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			derived, _ := on.MatchFile(dir, filepath.Base(file))
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				d, ok := d.(*ast.GenDecl)
				if !ok || d.Tok == token.IMPORT {
					continue
				}
				for _, id := range namesIn(d) {
					told := IsNoVariable(path, id.Name)
					if told && d.Tok == token.VAR {
						t.Errorf("%s.%s is a variable", path, id.Name)
					}
					if !told && derived && byName && (d.Tok == token.CONST || d.Tok == token.TYPE && oneState) && id.IsExported() {
						t.Errorf("%s.%s is no variable", path, id.Name)
					}
				}
			}
		}
	}
}

// namesIn returns the names that a declaration declares.
func namesIn(d *ast.GenDecl) (list []*ast.Ident) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			list = append(list, spec.Names...)
		case *ast.TypeSpec:
			list = append(list, spec.Name)
		}
	}
	return list
}
