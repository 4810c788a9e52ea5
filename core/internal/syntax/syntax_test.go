package syntax

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// theirs is the tree of go/parser.
func theirs(src string) (*ast.File, *token.File, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return nil, nil, err
	}
	return file, fset.File(file.FileStart), nil
}

// differs compares a file's tree, lines and directives with those of go/parser
// and tells the first difference, "" for none.
func differs(file *ast.File, lines []int, src string) string {
	want, tok, err := theirs(src)
	if err != nil {
		return ""
	}
	if d := difference(reflect.ValueOf(file), reflect.ValueOf(want), "File"); d != "" {
		return d
	}
	if w := tok.Lines(); !reflect.DeepEqual(lines, w) {
		return fmt.Sprintf("%d lines, want %d, or other ones", len(lines), len(w))
	}
	var directives []ast.Comment
	for _, g := range want.Comments {
		for _, c := range g.List {
			if strings.HasPrefix(c.Text, "//go:") {
				directives = append(directives, *c)
			}
		}
	}
	for i, g := range file.Comments {
		if i >= len(directives) || *g.List[0] != directives[i] {
			return fmt.Sprintf("directive %v, want %v", g.List[0], directives)
		}
	}
	if len(file.Comments) != len(directives) {
		return fmt.Sprintf("%d directives, want %v", len(file.Comments), directives)
	}
	return ""
}

var ignored = map[string]bool{"Doc": true, "Comment": true, "Comments": true, "Obj": true, "Scope": true, "Unresolved": true, "GoVersion": true}

func difference(got, want reflect.Value, path string) string {
	switch want.Kind() {
	case reflect.Pointer, reflect.Interface:
		if got.IsNil() || want.IsNil() {
			if got.IsNil() != want.IsNil() {
				return fmt.Sprintf("%s: %v, want %v", path, got, want)
			}
			return ""
		}
		if got.Elem().Type() != want.Elem().Type() {
			return fmt.Sprintf("%s: %s, want %s", path, got.Elem().Type(), want.Elem().Type())
		}
		return difference(got.Elem(), want.Elem(), path)
	case reflect.Slice:
		if got.Len() != want.Len() {
			return fmt.Sprintf("%s: %d elements, want %d", path, got.Len(), want.Len())
		}
		for i := range want.Len() {
			if d := difference(got.Index(i), want.Index(i), fmt.Sprintf("%s[%d]", path, i)); d != "" {
				return d
			}
		}
	case reflect.Struct:
		for i := range want.NumField() {
			name := want.Type().Field(i).Name
			if ignored[name] {
				continue
			}
			if d := difference(got.Field(i), want.Field(i), path+"."+name); d != "" {
				return d
			}
		}
	default:
		if !got.Equal(want) {
			return fmt.Sprintf("%s: %v, want %v", path, got, want)
		}
	}
	return ""
}

// TestLikeGoParser compares the trees of all files of GOROOT, and of the
// module cache directories in CACHETEST_SOURCE, which is a list of paths.
func TestLikeGoParser(t *testing.T) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("no go command: ", err)
	}
	roots := []string{filepath.Join(strings.TrimSpace(string(out)), "src")}
	if testing.Short() {
		roots[0] = filepath.Join(roots[0], "go")
	}
	roots = append(roots, filepath.SplitList(os.Getenv("CACHETEST_SOURCE"))...)
	var p Parser
	files, left, bad := 0, 0, 0
	for _, root := range roots {
		filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || d.IsDir() {
				return nil
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
				return nil
			}
			src := string(data)
			files++
			file := p.Parse(src, nil)
			if file == nil {
				if _, _, err := theirs(src); err == nil {
					t.Logf("left to go/parser: %s", path)
					left++
				}
				return nil
			}
			if d := differs(file, p.Lines(), src); d != "" && bad < 20 {
				t.Errorf("%s: %s", path, d)
				bad++
			}
			return nil
		})
	}
	t.Logf("%d files, %d of them left to go/parser", files, left)
	if files == 0 || left > files/50 {
		t.Errorf("too many left: %d of %d", left, files)
	}
}

// What nests too deep is left to go/parser, which has a bound of its own.
func TestDeepNesting(t *testing.T) {
	var p Parser
	for _, c := range []struct{ begin, open, end string }{
		{"package p; var x = ", "(", "1"},
		{"package p; var x = ", "-", "1"},
		{"package p; var x ", "[]", "int"},
		{"package p; var x ", "*", "int"},
		{"package p; var x func", "(func", "()"},
		{"package p; func f() ", "{", ""},
		{"package p; func f() { ", "if x {", ""},
		{"package p; var x = ", "T{", ""},
		{"package p; var x = []T", "{", ""},
		{"package p; var x = ", "f(", ""},
		{"package p; var x = ", "func() { x = ", ""},
	} {
		if p.Parse(c.begin+strings.Repeat(c.open, 100_000)+c.end, nil) != nil {
			t.Errorf("a hundred thousand of %q: not left to go/parser", c.open)
		}
		if src := "package p; var x = 1"; p.Parse(src, nil) == nil {
			t.Errorf("after a hundred thousand of %q: %q is left to go/parser", c.open, src)
		}
	}
}
