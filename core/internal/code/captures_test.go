package code

import (
	"path/filepath"
	"testing"
)

// What a literal captures is found with the facts of the files beside its own,
// which are kept.
func TestCapturesUseKeptFacts(t *testing.T) {
	root := writeTree(t,
		"go.mod", "module example.com/m\n",
		"a.go", "package m\n\nvar limit = 3\n",
		"a_test.go", "package m\n\nfunc TestA() {\n\tlimit := limit\n\tMemo(func() int { return limit })\n}\n")
	cache := &memCache{m: map[string][]byte{}}
	file := filepath.Join(root, "a_test.go")
	for hits := range 2 {
		c := Static(root).captures(Func{File: file, Line: 5}, Site{File: file, Line: 5}, "Memo", cache)
		if len(c.Values) != 1 || c.Undecided != "" {
			t.Fatalf("%+v", c)
		}
		if cache.hits != hits || len(cache.m) != 1 {
			t.Errorf("%d facts found of %d that are kept, want %d of 1", cache.hits, len(cache.m), hits)
		}
	}
}
