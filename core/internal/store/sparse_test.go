//go:build unix

package store

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// The holes of a file are holes in the store and in each copy, and what is
// between them is what it was.
func TestHolesStay(t *testing.T) {
	cs := newClockStore(t)
	dir := t.TempDir()
	for name, file := range map[string]struct {
		size int64
		data []int64 // where there is some
	}{
		"empty at the end":   {64 << 20, []int64{0, 5 << 20}},
		"empty at the start": {64<<20 + 17, []int64{64<<20 + 1}},
		"all empty":          {64 << 20, nil},
		"odd places":         {9<<20 + 3, []int64{1<<20 - 2, 3<<20 + 70_001}},
	} {
		path, back := filepath.Join(dir, "in"), filepath.Join(dir, "out")
		f := create(t, path)
		for _, at := range file.data {
			if _, err := f.WriteAt([]byte("data"), at); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Truncate(file.size); err != nil {
			t.Fatal(err)
		}
		batch := cs.NewBatch()
		ref, err := batch.PutFile(path, nil)
		if err != nil {
			t.Fatal(name, err)
		}
		if err := batch.Commit(); err != nil {
			t.Fatal(name, err)
		}
		if err := cs.CopyObject(ref, create(t, back)); err != nil {
			t.Fatal(name, err)
		}
		want, _ := os.ReadFile(path)
		if got, err := os.ReadFile(back); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: other bytes, %v", name, err)
		}
		if used(t, path) > 2<<20 {
			continue // this file system has no holes
		}
		for _, copied := range []string{cs.objectPath(ref.ID), back} {
			if n := used(t, copied); n > 2<<20 {
				t.Errorf("%s: %s takes %d bytes of the disk", name, copied, n)
			}
		}
	}
}

func create(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// used returns how many bytes of the disk a file takes.
func used(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int64(info.Sys().(*syscall.Stat_t).Blocks) * 512
}
