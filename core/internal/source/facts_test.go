package source

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
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
	fast, slow := newGather(manyNames), newGather(manyNames)
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

// FuzzExtract: any bytes give facts; Go source gives the same by either parser,
// and they do not refer to it.
func FuzzExtract(f *testing.F) {
	for _, pattern := range []string{"testdata/adversarial/*/*.go", "*_test.go", "../syntax/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(pattern, files, err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	fast, slow := newGather(manyNames), newGather(manyNames)
	slow.slow = true
	f.Fuzz(func(t *testing.T, src []byte) {
		src = slices.Clone(src)
		got, want := fast.extract("a.go", src), slow.extract("a.go", src)
		clear(src)
		if want.flags&fileBroken != 0 {
			return // it does not compile: what is found of it is as good as anything
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("facts differ\n%+v\n%+v", got, want)
		}
	})
}
