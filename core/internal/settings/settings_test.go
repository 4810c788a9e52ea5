package settings_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// Package process knows the value of each setting of the first group, but for the
// name of the test, which the caller of a fixture tells.
func TestValues(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "settings.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Decls[0].(*ast.GenDecl).Specs {
		name, err := strconv.Unquote(spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		if name == settings.Zone {
			name += "UTC"
		}
		if name != settings.TestName && process.Setting(name) == process.BinaryID() {
			t.Errorf("%s has no value", name)
		}
	}
}
