package state

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Each of callsNothing is in the API, and is given no function, nor a value whose methods it
// would call. The API exports no variable, which package capture goes by.
func TestCallsNothing(t *testing.T) {
	files, _ := filepath.Glob("../../../../cachetest/*.go")
	left := slices.Clone(callsNothing)
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if vars, ok := d.(*ast.GenDecl); ok && vars.Tok == token.VAR && !strings.HasSuffix(name, "_test.go") {
				for _, spec := range vars.Specs {
					if slices.ContainsFunc(spec.(*ast.ValueSpec).Names, (*ast.Ident).IsExported) {
						t.Errorf("the API exports a variable in %s", name)
					}
				}
			}
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !slices.Contains(left, fn.Name.Name) {
				continue
			}
			left = slices.DeleteFunc(left, func(name string) bool { return name == fn.Name.Name })
			for _, field := range fn.Type.Params.List {
				called := syntax.Contains(field.Type, func(n ast.Node) bool {
					_, isFunc := n.(*ast.FuncType)
					id, ok := n.(*ast.Ident)
					return isFunc || ok && !slices.Contains([]string{"string", "any", "T"}, id.Name)
				})
				if called {
					t.Errorf("%s may call what it is given", fn.Name.Name)
				}
			}
		}
	}
	if len(left) > 0 {
		t.Errorf("not in the API: %q", left)
	}
}
