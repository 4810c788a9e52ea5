package tree

import (
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
	info, err := os.Stat(filepath.Join(to, "run"))
	if err != nil || info.Mode().Perm()&0o700 != 0o700 && runtime.GOOS != "windows" {
		t.Errorf("%v, %v: the mode is lost", info, err)
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
