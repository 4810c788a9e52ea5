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

// What is told to be a function is declared as one, on whatever system, and not
// as a variable.
func TestIsFunction(t *testing.T) {
	if !IsFunction("unicode", "ToUpper") || !IsFunction("bytes", "Buffer.Len") || IsFunction("unicode", "Latin") || IsFunction("no/such", "F") {
		t.Error("ToUpper and Len are functions, Latin is a variable, and F is unknown")
	}
	for path := range packages() {
		dir := filepath.Join(build.Default.GOROOT, "src", filepath.FromSlash(path))
		files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				d, ok := d.(*ast.GenDecl)
				if !ok || d.Tok != token.VAR {
					continue
				}
				for _, spec := range d.Specs {
					for _, id := range spec.(*ast.ValueSpec).Names {
						if IsFunction(path, id.Name) {
							t.Errorf("%s.%s is a variable", path, id.Name)
						}
					}
				}
			}
		}
	}
}
