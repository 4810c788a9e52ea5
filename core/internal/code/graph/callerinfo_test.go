package graph

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// What asks where code stands is what the source of Go says: functions of package
// runtime, and of debug below it, that take or give addresses of code or the text of a
// stack, and those that call one; flags of package log that have it write the file; a
// type of log/slog with an option for that, and one with a method that tells it.
func TestCallerInfo(t *testing.T) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"runtime", "runtime/debug", "log", "log/slog"} {
		files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "src", filepath.FromSlash(path), "*.go"))
		if len(files) == 0 {
			t.Skip("no source of Go")
		}
		var decls []ast.Decl
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
				if err != nil {
					t.Fatal(err)
				}
				decls = append(decls, f.Decls...)
			}
		}
		var want []string
		for known := -1; known < len(want); {
			known = len(want)
			for _, d := range decls {
				want = append(want, asking(d, want)...)
			}
			slices.Sort(want)
			want = slices.Compact(want)
		}
		got := slices.Sorted(slices.Values(callerInfo.Of(path)))
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q are known, and the source of Go has %q", path, got, want)
		}
	}
}

// asking returns the exported names of a declaration that ask where code stands.
func asking(d ast.Decl, known []string) (names []string) {
	if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.IsExported() {
		calls := func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			return ok && syntax.CalledName(call.Fun) != nil && slices.Contains(known, syntax.CalledName(call.Fun).Name)
		}
		if syntax.Contains(fn.Type, isCode) || fn.Body != nil && syntax.Contains(fn.Body, calls) {
			names = append(names, fn.Name.Name)
		}
	}
	if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.Name == "Source" {
		if recv, ok := fn.Recv.List[0].Type.(*ast.Ident); ok {
			names = append(names, recv.Name)
		}
	}
	group, ok := d.(*ast.GenDecl)
	if !ok {
		return names
	}
	for _, spec := range group.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			for _, id := range spec.Names {
				if group.Tok == token.CONST && id.IsExported() && strings.HasSuffix(id.Name, "file") {
					names = append(names, id.Name)
				}
			}
		case *ast.TypeSpec:
			if fields, ok := spec.Type.(*ast.StructType); ok && spec.Name.IsExported() && syntax.Contains(fields, func(n ast.Node) bool { id, ok := n.(*ast.Ident); return ok && id.Name == "AddSource" }) {
				names = append(names, spec.Name.Name)
			}
		}
	}
	return names
}

// isCode reports whether a part of a signature is an address of code or a text.
func isCode(n ast.Node) bool {
	is := func(e ast.Expr, names ...string) bool {
		id, ok := e.(*ast.Ident)
		return ok && slices.Contains(names, id.Name)
	}
	switch n := n.(type) {
	case *ast.ArrayType:
		return is(n.Elt, "byte", "uintptr")
	case *ast.Field:
		return is(n.Type, "uintptr") && slices.ContainsFunc(n.Names, func(id *ast.Ident) bool { return id.Name == "pc" })
	}
	return false
}
