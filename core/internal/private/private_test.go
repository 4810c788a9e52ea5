package private

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// TestDir: the name where it is ours, another that stays the same where
// somebody else has it, whatever it is that he made.
func TestDir(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("mode bits say nothing here")
	}
	for reason, prepare := range map[string]func(path string) error{
		"nobody has it":      func(string) error { return nil },
		"it is ours":         func(path string) error { return os.Mkdir(path, 0o700) },
		"others can look in": func(path string) error { return os.Mkdir(path, 0o755) },
		"a file":             func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"a link":             func(path string) error { return os.Symlink(t.TempDir(), path) },
		"a link to nothing":  func(path string) error { return os.Symlink("nothing", path) },
		"another user's": func(path string) error {
			if os.Getuid() != 0 {
				t.Log("to give a directory to another user needs root: not tried")
				return os.Symlink("nothing", path)
			}
			if err := os.Mkdir(path, 0o700); err != nil {
				return err
			}
			return os.Chown(path, 12345, 12345)
		},
	} {
		shared := t.TempDir()
		path := filepath.Join(shared, "ours")
		if err := prepare(path); err != nil {
			t.Fatal(err)
		}
		first, err := Dir(shared, "ours")
		if err != nil || CheckDir(first) != nil {
			t.Fatalf("%s: %s, %v", reason, first, err)
		}
		if free := strings.Contains(reason, "nobody") || strings.Contains(reason, "ours"); free != (first == path) || !Named(filepath.Base(first), "ours") {
			t.Errorf("%s: got %s", reason, first)
		}
		if again, err := Dir(shared, "ours"); err != nil || again != first {
			t.Errorf("%s: %s, then %s, %v", reason, first, again, err)
		}
	}
	if _, err := Dir(filepath.Join(t.TempDir(), "none"), "ours"); err == nil {
		t.Error("below a directory that is not there")
	}
}

// TestSweep: only what is old, of our form, and no link goes, with what is
// read-only in it; nothing behind a link does.
func TestSweep(t *testing.T) {
	dir, behind := filepath.Join(t.TempDir(), "ours"), t.TempDir()
	inside := func(names ...string) string { return filepath.Join(append([]string{dir}, names...)...) }
	old := time.Now().Add(-time.Hour)
	make := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	make(os.WriteFile(filepath.Join(behind, "precious"), nil, 0o600))
	for _, name := range []string{"x-old", "x-busy", "x-new", "old"} {
		make(os.MkdirAll(inside(name, "d", "read-only"), 0o700))
		make(os.WriteFile(inside(name, "d", "read-only", "f"), nil, 0o400))
		make(os.Symlink(behind, inside(name, "d", "link")))
		make(os.Chmod(inside(name, "d", "read-only"), 0o500))
		if name != "x-new" {
			make(os.Chtimes(inside(name), old, old))
		}
	}
	make(os.Symlink(behind, inside("x-link")))
	if st, err := os.Lstat(inside("x-link")); err != nil || st.Mode()&os.ModeSymlink == 0 {
		t.Skip("no symbolic links here")
	}
	since := time.Now().Add(-time.Minute)
	form := func(name string) bool { return strings.HasPrefix(name, "x-") }
	link := dir + "-link"
	make(os.Symlink(behind, link))
	Sweep(link, time.Now().Add(time.Hour), func(string) bool { return true }, nil)
	if os.Getuid() == 0 {
		make(os.MkdirAll(inside("x-foreign"), 0o700))
		make(os.Chtimes(inside("x-foreign"), old, old))
		make(os.Chown(inside("x-foreign"), 12345, 12345))
	}
	Sweep(dir, since, form, func(path string) (func(), error) {
		if path == inside("x-busy") {
			return nil, nil
		}
		return func() {}, nil
	})
	want := "old x-busy x-link x-new"
	if os.Getuid() == 0 {
		want = "old x-busy x-foreign x-link x-new"
	}
	entries, err := os.ReadDir(dir)
	make(err)
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if got := strings.Join(left, " "); got != want {
		t.Errorf("left are %s, want %s", got, want)
	}
	if _, err := os.Stat(filepath.Join(behind, "precious")); err != nil {
		t.Error(err)
	}
	for _, name := range left { // for t.TempDir
		os.Chmod(inside(name, "d", "read-only"), 0o700)
	}
}

// TestReadFile: what is read is a plain file of this user's that others cannot write to,
// of any size; what else there is is not read.
func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for _, size := range []int{0, 1, 1 << 20} {
		want := strings.Repeat("x", size)
		os.WriteFile(path("plain"), []byte(want), 0o600)
		if data, st, err := ReadStat(path("plain")); string(data) != want || st.Size != int64(size) || err != nil {
			t.Errorf("%d bytes of %d, %v", len(data), size, err)
		}
	}
	if _, err := ReadFile(dir); !errors.Is(err, errNotPlain) && runtime.GOOS != "windows" {
		t.Error("a directory:", err)
	}
	if _, err := ReadFile(path("none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("what is not there:", err)
	}
	os.WriteFile(path("open"), nil, 0o600)
	os.Chmod(path("open"), 0o666)
	if _, err := ReadFile(path("open")); err == nil && unlogged.HasOwners {
		t.Error("what others can write to was read")
	}
	if os.Symlink("plain", path("link")) == nil {
		if _, err := ReadFile(path("link")); !unlogged.IsLink(err) && (err == nil || unlogged.HasOwners) {
			t.Error("a link:", err)
		}
	}
}
