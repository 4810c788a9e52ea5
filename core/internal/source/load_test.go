package source

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// aged makes facts look as if they had been kept an hour later, so that what
// was written just before is not too young to be known by its stat.
func (c *memCache) aged(t *testing.T) {
	for key, data := range c.m {
		p, err := decodePack(data)
		if err != nil {
			t.Fatal(err)
		}
		p.made += int64(time.Hour)
		c.m[key] = p.encode()
	}
}

// checkout copies a tree to another place, as new files.
func checkout(t *testing.T, from string) string {
	to := writeTree(t)
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// Facts are parsed once for what a file holds, wherever it lies, and a file
// that its stat vouches for is not read. Each step follows the one before.
func TestFactsByContent(t *testing.T) {
	root := writeTree(t,
		"go.mod", "module example.com/m\n\ngo 1.26\n",
		"a.go", "package m\n\nimport \"example.com/m/sub\"\n\nfunc A() int { return sub.B() }\n",
		"a_test.go", "package m\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { A() }\n",
		"tagged.go", "//go:build never\n\npackage m\n\nfunc Tagged() {}\n",
		"sub/b.go", "package sub\n\nfunc B() int { return 1 }\n",
		"sub/b_test.go", "package sub\n\nimport \"testing\"\n\nfunc TestB(t *testing.T) { B() }\n",
		"sub/b_windows.go", "package sub\n\nfunc Elsewhere() {}\n",
	)
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cache := &memCache{m: map[string][]byte{}}
	later := time.Now().Add(time.Minute)
	for _, step := range []struct {
		what          string
		do            func()
		dir, fn       string
		reads, parses int64
	}{
		{"nothing is kept", func() {}, "", "TestA", 4, 3},
		{"nothing has changed", func() {}, "", "TestA", 0, 0},
		{"the tests of a package are wanted for the first time", func() {}, "sub", "TestB", 1, 1},
		{"an edit", func() { write("a.go", "package m\n\nfunc A() int { return 2 }\n") }, "", "TestA", 1, 1},
		{"an edit is taken back", func() {
			write("a.go", "package m\n\nimport \"example.com/m/sub\"\n\nfunc A() int { return sub.B() }\n")
		}, "", "TestA", 1, 1},
		{"a file is touched", func() {
			if err := os.Chtimes(filepath.Join(root, "sub", "b.go"), later, later); err != nil {
				t.Fatal(err)
			}
		}, "", "TestA", 1, 0},
		{"a file has another name", func() {
			if err := os.Rename(filepath.Join(root, "a.go"), filepath.Join(root, "b.go")); err != nil {
				t.Fatal(err)
			}
		}, "", "TestA", 1, 0},
		{"another checkout", func() { root = checkout(t, root) }, "", "TestA", 4, 0},
		{"the tests of a package in the other checkout", func() {}, "sub", "TestB", 1, 0},
		{"nothing has changed in the other checkout", func() {}, "", "TestA", 0, 0},
		{"an edit in yet another checkout", func() {
			root = checkout(t, root)
			write("sub/b.go", "package sub\n\nfunc B() int { return 3 }\n")
		}, "", "TestA", 4, 1},
	} {
		step.do()
		r, p := filesRead.Load(), filesParsed.Load()
		c, _ := benchClosure(t, filepath.Join(root, step.dir), step.fn, cache)
		if r, p := filesRead.Load()-r, filesParsed.Load()-p; r != step.reads || p != step.parses {
			t.Errorf("%s: %d files read and %d parsed, want %d and %d", step.what, r, p, step.reads, step.parses)
		}
		if fresh, _ := benchClosure(t, filepath.Join(root, step.dir), step.fn, noCache{}); fresh.Digest != c.Digest {
			t.Errorf("%s: the closure is not the one that is found without facts", step.what)
		}
		cache.aged(t)
	}
}

// A file that is younger than its facts by less than the file system's clock
// may tell is read again, but not parsed.
func TestYoungFilesAreRead(t *testing.T) {
	root := writeTree(t, "go.mod", "module example.com/m\n", "a.go", "package m\n", "a_test.go", "package m\n\nfunc TestA() {}\n")
	cache := &memCache{m: map[string][]byte{}}
	benchClosure(t, root, "TestA", cache)
	r, p := filesRead.Load(), filesParsed.Load()
	benchClosure(t, root, "TestA", cache)
	if r, p := filesRead.Load()-r, filesParsed.Load()-p; r != 2 || p != 0 {
		t.Errorf("%d files read and %d parsed, want 2 and 0", r, p)
	}
}

// A stat that happens to be the same in another checkout vouches for nothing:
// not every file system numbers its files.
func TestStatOfAnotherCheckout(t *testing.T) {
	cache := &memCache{m: map[string][]byte{}}
	load := func(dir string) *pack {
		t.Helper()
		p, err := loadPack("m", dir, cache, wants{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	one, two := writeTree(t, "a.go", "package one\n"), writeTree(t, "a.go", "package two\n")
	alike := load(two)
	p := load(one)
	p.dir, p.files[0].stat = alike.dir, alike.files[0].stat
	cache.m[packKey("m")] = p.encode()
	cache.aged(t)
	if got := load(two).files[0].facts.pkg; got != "two" {
		t.Errorf("package %s, want two", got)
	}
}

// What a literal captures is found with the facts of the files beside its own.
// Only its own is parsed for that, and those that declare what it is made of.
func TestCapturesUseKeptFacts(t *testing.T) {
	root := writeTree(t,
		"go.mod", "module example.com/m\n",
		"a.go", "package m\n\nvar limit = 3\n",
		"a_test.go", "package m\n\nfunc TestA() {\n\tlimit := limit\n\tMemo(func() int { return limit })\n}\n")
	cache := &memCache{m: map[string][]byte{}}
	file := filepath.Join(root, "a_test.go")
	for _, want := range []int64{4, 2} {
		p := filesParsed.Load()
		c := Static(root).captures(Func{File: file, Line: 5}, Site{File: file, Line: 5}, "Memo", cache)
		if len(c.Values) != 1 || c.Undecided != "" {
			t.Fatalf("%+v", c)
		}
		if p := filesParsed.Load() - p; p != want {
			t.Errorf("%d files parsed, want %d", p, want)
		}
	}
}
