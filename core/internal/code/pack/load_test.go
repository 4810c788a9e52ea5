package pack

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A mapCache is a Cache in memory.
type mapCache map[string][]byte

func (c mapCache) Get(key string) ([]byte, bool) { data, ok := c[key]; return data, ok }
func (c mapCache) Put(key string, data []byte)   { c[key] = data }

// aged makes facts look as if they had been kept an hour later, so that what
// was written just before is not too young to be known by its stat.
func (c mapCache) aged(t *testing.T) {
	for key, data := range c {
		p, err := decodeDir(data)
		if err != nil {
			t.Fatal(err)
		}
		p.Made += int64(time.Hour)
		c[key] = p.encode()
	}
}

// writeFiles writes files given as name, content, name, content...
func writeFiles(t *testing.T, dir string, files ...string) {
	t.Helper()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Facts are parsed once for what a file holds, wherever it lies, and a file
// that its stat vouches for is not read. Each step follows the one before.
// The name of a package is that of a file that is compiled.
func TestPackageNameIn(t *testing.T) {
	const one = "package one\n"
	for _, tc := range []struct {
		reason, first, second, want string
	}{
		{"a constraint keeps the file out", "//go:build ignore\n\npackage main\n", one, "one"},
		{"so does a line +build", "// +build ignore\n\npackage main\n", one, "one"},
		{"a line +build beside a constraint says nothing", "//go:build !ignore\n// +build !ignore\n\npackage one\n", "package two\n", "one"},
		{"documentation is no package", "package documentation\n", one, "one"},
		{"a line +build that lets it be compiled", "// +build " + runtime.GOOS + "\n\npackage one\n", "package two\n", "one"},
	} {
		dir := t.TempDir()
		writeFiles(t, dir, "a.go", tc.first, "b.go", tc.second)
		if got := PackageNameIn(dir, build.Static(dir, unlogged.Getenv).Matcher()); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
		}
	}
}

func TestFactsByContent(t *testing.T) {
	dir := t.TempDir()
	match := build.Static(dir, unlogged.Getenv).Matcher()
	checkout := func() {
		to := t.TempDir()
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		dir = to
	}
	writeFiles(t, dir, "a.go", "package m\n\nfunc A() int { return B() }\n",
		"b.go", "package m\n\nfunc B() int { return 1 }\n",
		"a_test.go", "package m\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { A() }\n",
		"tagged.go", "//go:build never\n\npackage m\n\nfunc Tagged() {}\n",
		"other_plan9.go", "package m\n\nfunc Elsewhere() {}\n")
	if st, err := unlogged.StatPath(dir); err != nil || st.ModTime%1e9 == 0 {
		t.Skipf("times are whole seconds here (%v): what is aged would not show a later change", err)
	}
	cache := mapCache{}
	for _, step := range []struct {
		what          string
		do            func()
		tests         bool
		reads, parses int64
	}{
		{"nothing is kept", func() {}, false, 3, 3},
		{"nothing has changed", func() {}, false, 0, 0},
		{"the package is wanted with its tests for the first time", func() {}, true, 4, 4},
		{"nothing has changed since", func() {}, true, 0, 0},
		{"an edit", func() { writeFiles(t, dir, "a.go", "package m\n\nfunc A() int { return 2 }\n") }, true, 1, 1},
		{"an edit is taken back", func() { writeFiles(t, dir, "a.go", "package m\n\nfunc A() int { return B() }\n") }, true, 1, 1},
		{"a file is touched", func() {
			later := time.Now().Add(time.Minute)
			if err := os.Chtimes(filepath.Join(dir, "b.go"), later, later); err != nil {
				t.Fatal(err)
			}
		}, true, 1, 0},
		{"a file has another name", func() {
			if err := os.Rename(filepath.Join(dir, "a.go"), filepath.Join(dir, "c.go")); err != nil {
				t.Fatal(err)
			}
		}, true, 1, 0},
		{"nothing has changed since", func() {}, true, 0, 0},
		{"another checkout, without tests", checkout, false, 3, 0},
		{"with its tests", func() {}, true, 4, 0},
		{"nothing has changed there", func() {}, true, 0, 0},
		{"an edit in yet another checkout", func() {
			checkout()
			writeFiles(t, dir, "b.go", "package m\n\nfunc B() int { return 3 }\n")
		}, true, 4, 1},
	} {
		step.do()
		r, p := filesRead.Load(), filesParsed.Load()
		kept, err := Load("m", dir, cache, &match, step.tests)
		if err != nil {
			t.Fatal(err)
		}
		if r, p := filesRead.Load()-r, filesParsed.Load()-p; r != step.reads || p != step.parses {
			t.Errorf("%s: %d files read and %d parsed, want %d and %d", step.what, r, p, step.reads, step.parses)
		}
		fresh, err := Load("m", dir, NoCache{}, &match, step.tests)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := factsOf(kept), factsOf(fresh); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, without what is kept %+v", step.what, got, want)
		}
		cache.aged(t)
	}
}

// factsOf returns the facts of the files of a pack.
func factsOf(p *Dir) map[string]*facts.File {
	list := map[string]*facts.File{}
	for _, f := range p.Files {
		list[f.Name] = f.facts
	}
	return list
}

// A file that is younger than its facts by less than the file system's clock
// may tell is read again, but not parsed.
func TestYoungFilesAreRead(t *testing.T) {
	dir, cache := t.TempDir(), mapCache{}
	writeFiles(t, dir, "a.go", "package m\n", "b.go", "package m\n\nfunc B() {}\n")
	now := time.Now() // whatever the disk has taken
	for _, name := range []string{"a.go", "b.go"} {
		if err := os.Chtimes(filepath.Join(dir, name), now, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	load := func() (reads, parses int64) {
		r, p := filesRead.Load(), filesParsed.Load()
		if _, err := Load("m", dir, cache, nil, false); err != nil {
			t.Fatal(err)
		}
		return filesRead.Load() - r, filesParsed.Load() - p
	}
	load()
	if r, p := load(); r != 2 || p != 0 {
		t.Errorf("%d files read and %d parsed, want 2 and 0", r, p)
	}
}

// A stat that happens to be the same in another checkout vouches for nothing:
// not every file system numbers its files.
func TestStatOfAnotherCheckout(t *testing.T) {
	cache := mapCache{}
	load := func(dir string) *Dir {
		t.Helper()
		p, err := Load("m", dir, cache, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	one, two := t.TempDir(), t.TempDir()
	writeFiles(t, one, "a.go", "package one\n")
	writeFiles(t, two, "a.go", "package two\n")
	alike := load(two)
	p := load(one)
	p.Stat, p.Files[0].Stat = alike.Stat, alike.Files[0].Stat
	for key := range cache {
		cache[key] = p.encode()
	}
	cache.aged(t)
	if got := load(two).Files[0].facts.Package; got != "two" {
		t.Errorf("package %s, want two", got)
	}
}

func FuzzDecodePack(f *testing.F) {
	facts := codec.Write("", facts.Extract("a.go", []byte("package a\n\nimport \"os\"\n\nvar X = os.Getenv(\"A\")\n\nfunc (t *T) M() { X = \"\" }\n")))
	f.Add((&Dir{Made: 1, Files: []File{{Name: "a.go", Text: string(facts)}, {Name: "b.s"}}}).encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := decodeDir(data); err == nil {
			if _, err := decodeDir(p.encode()); err != nil {
				t.Fatal("what was decoded does not encode to what decodes")
			}
		}
	})
}
