// Package subject has fixtures of each kind, for the tests that go wrong around them.
package subject

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/cachetest"
)

// own tells an error of the build function's or the test's own access to a file.
func own(err error) error {
	if err != nil {
		fmt.Println("OWN ERROR:", err)
	}
	return err
}

func equal(t *testing.T, what string, got, want []byte) {
	if !bytes.Equal(got, want) {
		fmt.Println("WRONG VALUE:", what)
		t.Errorf("%s: %d bytes, want %d", what, len(got), len(want))
	}
}

func holds(t *testing.T, path string, want []byte) {
	got, err := os.ReadFile(path)
	if own(err) != nil {
		t.Error(err)
		return
	}
	equal(t, path, got, want)
}

var large = bytes.Repeat([]byte("0123456789abcdef"), 8_000)

func small() (string, error) {
	data, err := os.ReadFile("testdata/in.txt")
	return strings.ToUpper(string(data)), own(err)
}

func object() ([]byte, error) {
	data, err := os.ReadFile("testdata/in.txt")
	return append(data, large...), own(err)
}

func TestMemo(t *testing.T) {
	equal(t, "small", []byte(cachetest.Memo(t, "small", small)), []byte("INPUT\n"))
	equal(t, "object", cachetest.Memo(t, "object", object), append([]byte("input\n"), large...))
}

func tree(dir string) error {
	for _, name := range []string{"a", "sub/b", "sub/c"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); own(err) != nil {
			return err
		}
		if err := os.WriteFile(path, append([]byte(name), large[:40_000]...), 0o644); own(err) != nil {
			return err
		}
	}
	return own(os.Symlink("a", filepath.Join(dir, "link")))
}

func TestDir(t *testing.T) {
	dir := cachetest.Dir(t, "tree", tree)
	for _, name := range []string{"a", "sub/b", "sub/c"} {
		holds(t, filepath.Join(dir, name), append([]byte(name), large[:40_000]...))
	}
	holds(t, filepath.Join(dir, "link"), append([]byte("a"), large[:40_000]...))
}

func TestShared(t *testing.T) {
	dir := cachetest.Dir(t, "shared", tree, cachetest.Shared())
	holds(t, filepath.Join(dir, "sub/c"), append([]byte("sub/c"), large[:40_000]...))
}

func file(path string) error { return own(os.WriteFile(path, large, 0o644)) }

func TestFile(t *testing.T) {
	holds(t, cachetest.File(t, "file.db", file), large)
}

func TestBuild(t *testing.T) {
	out, err := exec.Command(cachetest.GoBuild(t, "./cmd/one")).CombinedOutput()
	if own(err) != nil {
		t.Fatal(err)
	}
	equal(t, "output of the command", out, []byte("one\n"))
}
