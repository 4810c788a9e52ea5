package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestCopyPath(t *testing.T) {
	from, to := filepath.Join(t.TempDir(), "from"), filepath.Join(t.TempDir(), "to")
	if err := os.CopyFS(from, os.DirFS("../../../internal/faults/testdata/faulty")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(from, "run"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(from, "a", "b"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../run", filepath.Join(from, "a", "link")); err != nil {
		t.Skip(err)
	}
	if err := copyPath(to, from); err != nil {
		t.Fatal(err)
	}
	if list := listing(t, to); list == "" || list != listing(t, from) {
		t.Errorf("%s\ninstead of\n%s", list, listing(t, from))
	}
	for _, name := range []string{"run", "a", "a/b", "."} {
		was, err := os.Stat(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(to, name))
		if err != nil || info.Mode().Perm() != was.Mode().Perm()&ModeMask && runtime.GOOS != "windows" {
			t.Errorf("%v, %v: the mode of %s is lost", info, err, name)
		}
	}
}

// What is made at a path and in no store can be copied, but not to where something is.
func TestMade(t *testing.T) {
	dir := t.TempDir()
	file, there := filepath.Join(dir, "file"), filepath.Join(dir, "there")
	for path, text := range map[string]string{file: "new", there: "old"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, from := range []string{file, dir} {
		if err := Made(from).CopyTo(there); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v", from, err)
		}
	}
	if data, err := os.ReadFile(there); string(data) != "old" {
		t.Errorf("%q, %v: what was there is gone", data, err)
	}
	if Made("") != nil {
		t.Error("nothing is a directory")
	}
}

// listing returns the names, links and contents of what is below dir.
func listing(t *testing.T, dir string) (list string) {
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		text, _ := os.ReadFile(path)
		link, _ := os.Readlink(path)
		list += name + " " + e.Type().String() + " " + link + " " + string(text) + "\n"
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
