package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// What counts as compiled is only what was last touched before go test wrote
// _testmain.go.
func TestFresh(t *testing.T) {
	root := writeTree(t, "m/go.mod", "module m\n", "m/a.go", "package m\n", "m/sub/b.go", "package sub\n",
		"x/lib/c.go", "package lib\n", "y/lib/c.go", "package lib // as old\n")
	linked := filepath.Join(root, "m", "lib")
	if err := os.Symlink(filepath.Join("..", "x", "lib"), linked); err != nil { // which Windows may not allow
		linked = filepath.Join(root, "x", "lib")
	}
	time.Sleep(20 * time.Millisecond) // file systems tell time in steps
	work := writeTree(t, "b001/_testmain.go", "package main\n", "b001/m.test", "", "c/other.test", "")
	describe := func(exe string) *Build {
		b := describe(filepath.Join(root, "m"), filepath.Join(work, exe))
		b.flags = func() *goFlags { return &goFlags{} }
		return b
	}
	b := describe("b001/m.test")
	a := filepath.Join(root, "m", "a.go")
	untouched := func(paths ...string) {
		for _, path := range paths {
			if err := b.CheckFresh(path); err != nil {
				t.Errorf("untouched: %v", err)
			}
		}
	}
	untouched(a, filepath.Join(root, "m"), linked, filepath.Join(linked, "c.go"))
	time.Sleep(20 * time.Millisecond)

	for _, name := range [][2]string{{"x", "old"}, {"y", "x"}} {
		if err := os.Rename(filepath.Join(root, name[0]), filepath.Join(root, name[1])); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{linked, filepath.Join(linked, "c.go"), filepath.Join(root, "x", "lib", "c.go")} {
		if st, err := unlogged.StatPath(path); err != nil || b.CheckFresh(path) == nil && st.ChangeTime != 0 {
			t.Errorf("%s passes, though another directory is on the way by now", path)
		}
	}
	untouched(a, filepath.Join(root, "m")) // beside it
	old := time.Now().Add(-time.Hour)
	if err := os.WriteFile(filepath.Join(root, "m", "sub", "b.go"), []byte("package sub // edited"), 0o644); err != nil {
		t.Fatal(err)
	}
	if b.CheckFresh(filepath.Join(root, "m", "sub", "b.go")) == nil {
		t.Error("a file edited after the build passes")
	}
	if err := os.Chtimes(a, old, old); err != nil { // what cp -p or git stash leave
		t.Fatal(err)
	}
	if st, err := unlogged.StatPath(a); err != nil || b.CheckFresh(a) == nil && st.ChangeTime != 0 { // Windows tells no change time
		t.Error("an older file moved into place passes")
	}
	made := b.made()
	for what, st := range map[string]unlogged.Stat{
		"whole seconds":        {ModTime: made - made%1e9},
		"every second second":  {ModTime: made - made%2e9, ChangeTime: made - made%2e9},
		"hundredths":           {ModTime: made - made%1e7},
		"a rounded change":     {ModTime: made - 5e9, ChangeTime: made - made%1e9},
		"the moment after":     {ModTime: made + 1},
		"the moment of making": {ModTime: made},
	} {
		if b.Fresh(st) {
			t.Errorf("%s: a file that may have been edited after the build passes", what)
		}
	}
	if !b.Fresh(unlogged.Stat{ModTime: made - made%2e9 - 2e9}) {
		t.Error("whole seconds: a file of the step before is refused")
	}
	future := unlogged.Stat{ModTime: made + 3600e9, ChangeTime: made - 5e9}
	if !b.Fresh(future) {
		t.Error("a file whose time somebody has set is refused")
	}
	future.ChangeTime = future.ModTime
	if err := (&StaleError{"a.go", future}).Error(); b.Fresh(future) || !strings.Contains(err, "a.go has a time in the future") {
		t.Errorf("a file that a fast clock has stamped: %s", err)
	}
	if err := os.Remove(a); err != nil {
		t.Fatal(err)
	}
	if b.CheckFresh(a) == nil || b.CheckFresh(filepath.Join(root, "m")) == nil {
		t.Error("a file that is gone passes")
	}
	if b := describe("c/other.test"); b.NoSource() == "" || b.CheckFresh(root) == nil {
		t.Error("a -c binary is trusted")
	}
	b.flags = func() *goFlags { return &goFlags{hides: "built with -overlay"} }
	if b.NoSource() != "built with -overlay" {
		t.Error("-overlay is trusted")
	}
}

// writeTree writes files given as path, content, path, content...
func writeTree(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(root, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
