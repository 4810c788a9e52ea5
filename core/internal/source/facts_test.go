package source

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestFactsByEitherParser: what is found of a file does not depend on which
// parser read it, nor on what was read before.
func TestFactsByEitherParser(t *testing.T) {
	root := filepath.Join(goroot(t), "src")
	if testing.Short() {
		root = filepath.Join(root, "net")
	}
	fast, slow := newGather(), newGather()
	slow.slow = true
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.Contains(path, "/testdata/") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		got, want := fast.extract("a.go", src), slow.extract("a.go", src)
		clear(src) // facts do not refer to it
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: facts differ\n%+v\n%+v", path, got, want)
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatal(files, err)
	}
}
