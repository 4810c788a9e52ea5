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
	"time"

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

// hostile are names that anybody may have given to a file or a fixture.
var hostile = []string{
	"escape \x1b[31m\x1b]0;title\x07", "bell \a\b\t", "c1 \u009b31m", "bidi \u202egnp.exe", "mark \u200fx\u2066y\u2069", "width \u200b\u200d\ufeffx", "latin \xe9\xff", "delete \x7f",
	"html <script>alert(1)</script><img src=x onerror=alert(1)>", "attribute \"' onload='alert(1)", "markdown | `a` **b** [x](javascript:alert(1)) <b>", "dot \"]; x [label=\"", "separator \u2028\u2029x", "line\nforged  now: a hit",
}

func TestHostile(t *testing.T) {
	for i, name := range hostile {
		key := strings.ReplaceAll(name, "\n", " ") // a key has no line breaks
		cachetest.Call(t, key, i, hostileFile, cachetest.Version("1"))
	}
	cachetest.Memo(t, "parent \x1b[31m", func() (string, error) {
		return cachetest.Call(t, hostile[0], 0, hostileFile, cachetest.Version("1")), nil
	}, cachetest.Version("1"), cachetest.IgnoreCapture("t"))
}

func hostileFile(i int) (string, error) {
	data, err := os.ReadFile("testdata/hostile/" + strings.ReplaceAll(hostile[i], "/", "_"))
	return string(data), err
}

// secret is what must be found nowhere in the store.
const secret = "s3cr3t-t0k3n"

func TestSecret(t *testing.T) {
	given := strings.Repeat(secret, 1) + os.Getenv("FAULTS_RUN")
	kept := []cachetest.Option{cachetest.Local(), cachetest.Version(given)}
	if os.Getenv("FAULTS_HIDDEN") != "" {
		kept = kept[1:]
	}
	digest := func(s string) (int, error) { return len(s + os.Getenv("FAULTS_SECRET")), nil }
	cachetest.Call(t, "call", given, digest, kept...)
	cachetest.Memo(t, "with", func() (int, error) { return digest("") }, append(kept, cachetest.With("given", given), cachetest.With("all", map[string]any{"a": given, given: 1}), cachetest.Env("FAULTS_SECRET"), cachetest.IgnoreCapture("digest"))...)
}

// input is all that can be read below a directory.
func input(dir string) (string, error) {
	text := ""
	for _, name := range []string{"in.csv", "link", "dlink/x.csv", "sub/x.csv", "absent.csv"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			data = []byte("none")
		}
		text += name + "=" + strings.TrimSpace(string(data)) + " "
	}
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		text += e.Name() + " "
	}
	if err != nil {
		text += "no directory"
	}
	return text, nil
}

func TestInput(t *testing.T) {
	dir := os.Getenv("FAULTS_DIR")
	fmt.Printf("VALUE: %q\n", cachetest.Call(t, "input", dir, input, cachetest.IgnoreEnv("FAULTS_DIR")))
}

// Two fixtures, each of which is built within the other in some process.
func TestNested(t *testing.T) {
	order := os.Getenv("FAULTS_ORDER")
	var x, y func() (string, error)
	x = func() (string, error) {
		time.Sleep(100 * time.Millisecond)
		if order == "xy" {
			return "x" + cachetest.Memo(t, "y", y, cachetest.IgnoreCapture("order", "x", "y", "t"), cachetest.DeclaredOnly()), nil
		}
		return "x", nil
	}
	y = func() (string, error) {
		time.Sleep(100 * time.Millisecond)
		if order == "yx" {
			return "y" + cachetest.Memo(t, "x", x, cachetest.IgnoreCapture("order", "x", "y", "t"), cachetest.DeclaredOnly()), nil
		}
		return "y", nil
	}
	opts := []cachetest.Option{cachetest.Refresh(), cachetest.IgnoreCapture("order", "x", "y", "t"), cachetest.DeclaredOnly()}
	if order == "xy" {
		cachetest.Memo(t, "x", x, opts...)
	} else {
		cachetest.Memo(t, "y", y, opts...)
	}
}
