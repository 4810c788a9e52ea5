package fixturecache_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestLinkedModules holds that what modules of others do in initialisation, or a test
// with them, makes no fixture that uses none of them refused or built again.
func TestLinkedModules(t *testing.T) {
	if !long() {
		t.Skip("runs with CACHETEST_LONG=1")
	}
	repo, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/linked")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CACHETEST_DIR", t.TempDir())
	t.Setenv("GOFLAGS", "-mod=mod")
	run := func(args ...string) ([]byte, error) {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		return cmd.CombinedOutput()
	}
	if out, err := run("mod", "edit", "-replace=github.com/fixturecache/fixturecache="+repo); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := run("mod", "download"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("cannot download modules: %v\n%s", err, out)
		}
		t.Skipf("cannot download modules: %v\n%s", err, out)
	}
	test := func(what, mode string) {
		t.Helper()
		t.Setenv("CACHETEST", mode)
		if out, err := run("test", "-count=1", "-v", "."); err != nil {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
	}
	test("first run", "on")
	test("second run", "require") // in which a build fails
	name := filepath.Join(dir, "linked_test.go")
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	edited := bytes.Replace(source, []byte(`zap.NewNop().Info("x")`), []byte(`zap.NewNop().Info("y")`), 1)
	if bytes.Equal(edited, source) {
		t.Fatal("nothing to edit")
	}
	if err := os.WriteFile(name, edited, 0o644); err != nil {
		t.Fatal(err)
	}
	test("after an edit of another test", "require")
}
