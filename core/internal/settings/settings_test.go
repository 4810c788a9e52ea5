package settings_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

var digest = regexp.MustCompile(`[0-9a-f]{8}|h1:`)

// Package process knows the value of each setting of the first group, but for the
// name of the test, which the caller of a fixture tells. None shows a digest, which would
// tell nobody what has changed; what looks like one may be a seed, or a name of this machine.
func TestValues(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "settings.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	given := strings.Join(append(os.Args, host, os.TempDir()), " ")
	for _, spec := range f.Decls[0].(*ast.GenDecl).Specs {
		name, err := strconv.Unquote(spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		if name == settings.Zone {
			name += "UTC"
		}
		in := input.Input{Kind: input.Setting, Name: name, Detail: process.Setting(name)}
		if name != settings.TestName && in.Detail == process.Setting("no setting") {
			t.Errorf("%s has no value", name)
		}
		for _, found := range digest.FindAllString(in.Describe(), -1) {
			if !strings.Contains(given, found) {
				t.Errorf("%s shows a digest: %s", name, in.Describe())
			}
		}
	}
}
