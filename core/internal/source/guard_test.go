package source

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What counts as compiled is only what was last touched before go test wrote
// _testmain.go.
func TestGuard(t *testing.T) {
	root := writeTree(t, "m/go.mod", "module m\n", "m/a.go", "package m\n", "m/sub/b.go", "package sub\n")
	time.Sleep(20 * time.Millisecond) // file systems tell time in steps
	work := writeTree(t, "b001/_testmain.go", "package main\n", "b001/m.test", "", "c/other.test", "")
	describe := func(exe string) *Build {
		b := describe(filepath.Join(root, "m"), filepath.Join(work, exe))
		b.goFlags()
		b.look()
		b.flags, b.noSource = goFlags{}, b.findTestmain(filepath.Join(work, exe))
		return b
	}
	b := describe("b001/m.test")
	a := filepath.Join(root, "m", "a.go")
	if err := b.CheckFresh(a, filepath.Join(root, "m")); err != nil {
		t.Errorf("untouched: %v", err)
	}
	time.Sleep(20 * time.Millisecond)

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
	if b.CheckFresh(a) == nil {
		t.Error("an older file moved into place passes")
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
	overlaid := &Build{exe: filepath.Join(work, "b001/m.test")}
	overlaid.flagsOnce.Do(func() { overlaid.flags.overlay = true })
	if overlaid.NoSource() != "built with -overlay" {
		t.Error("-overlay is trusted")
	}
}

func TestGoFlags(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"test", "-overlay", "x.json", "./..."}, "built with -overlay"},
		{[]string{"test", "--toolexec=time", "."}, "built with -toolexec"},
		{[]string{"test", "-modfile=x.mod"}, "built with -modfile"},
		{[]string{"test", "-run", "overlay", ".", "-args", "-overlay=x"}, ""},
		{[]string{"test", "-mod=vendor", "-race"}, ""},
	} {
		var f goFlags
		f.add(tc.args)
		if f.hides() != tc.want {
			t.Errorf("%q: %q", tc.args, f.hides())
		}
	}
}

// Quotes around flags, and what -trimpath hides.
func TestGoVariables(t *testing.T) {
	for _, tc := range []struct {
		name, value   string
		hides, linker bool
	}{
		{"GOFLAGS", `'-overlay=a b.json'`, true, false},
		{"GOFLAGS", `-race "-ldflags=-X a.b=c"`, false, true},
		{"GOFLAGS", "-mod=mod", false, false},
		{"CGO_CFLAGS", "-DX=1", false, true},
		{"CGO_CFLAGS", "", false, false},
	} {
		var f goFlags
		f.addVariable(tc.name, tc.value)
		if f.hides() != "" != tc.hides || f.ldflags != tc.linker {
			t.Errorf("%s=%s: %+v", tc.name, tc.value, f)
		}
	}
}
