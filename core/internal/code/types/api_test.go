package types_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// The functions of the API that take options return what their source says: a text, the
// path of a fixture, or what the build function returns.
func TestResultsOfTheAPI(t *testing.T) {
	var calls, want []string
	names, _ := filepath.Glob("../../../../cachetest/*.go")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, data, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() || !strings.HasSuffix(string(data[fn.Type.Params.Pos()-f.FileStart:fn.Type.Params.End()-f.FileStart]), "opts ...Option)") {
				continue
			}
			result := fn.Type.Results.List[0].Type.(*ast.Ident).Name
			if result == "Option" {
				continue
			}
			var args []string
			for _, p := range fn.Type.Params.List {
				if _, isFunc := p.Type.(*ast.FuncType); isFunc {
					args = append(args, "func() ([]int, error) { return nil, nil }")
				} else {
					args = append(args, strings.Repeat("x, ", len(p.Names)-1)+"x")
				}
			}
			calls = append(calls, fmt.Sprintf("cachetest.%s(%s)", fn.Name.Name, strings.Join(args, ", ")))
			want = append(want, map[bool]string{true: "slice", false: "string"}[result == "T"])
		}
	}
	src := "package p\nimport \"github.com/fixturecache/fixturecache/cachetest\"\nvar x, results = 0, []any{" + strings.Join(calls, ", ") + "}"
	source, err := syntax.Parse(token.NewFileSet(), "p.go", []byte(src))
	if err != nil || len(calls) < 5 {
		t.Fatal(src, err)
	}
	file := types.NewFile(&parsed{l: &library{packages: map[string]*parsed{}, fset: token.NewFileSet()}}, "", source)
	for i, e := range source.Syntax.Decls[1].(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Values[1].(*ast.CompositeLit).Elts {
		if got := form(file.TypeOf(e).Under().Expr); got != want[i] {
			t.Errorf("%s is %s, want %s", calls[i], got, want[i])
		}
		if got := file.IsFixture(e.(*ast.CallExpr)); got != (want[i] == "string") {
			t.Errorf("%s is the path of a fixture: %v", calls[i], got)
		}
	}
}
