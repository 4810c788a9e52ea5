package unlogged

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestReadDir holds our listing to that of package os, of a directory that
// takes more than one system call.
func TestReadDir(t *testing.T) {
	dir := t.TempDir()
	for i := range 1000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("a file with a long name %d", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	os.Mkdir(filepath.Join(dir, "dir"), 0o700)
	os.Symlink("dir", filepath.Join(dir, "link"))
	for _, dir := range []string{dir, t.TempDir(), "/dev", filepath.Join(dir, "missing"), filepath.Join(dir, "link"), "unlogged.go"} {
		got, err := ReadDir(dir)
		want, wantErr := os.ReadDir(dir)
		if len(got) != len(want) || (err == nil) != (wantErr == nil) {
			t.Errorf("%s: %d entries, %v; want %d, %v", dir, len(got), err, len(want), wantErr)
			continue
		}
		for i, e := range got {
			if e.Name() != want[i].Name() || e.Type() != want[i].Type() {
				t.Errorf("%s: %s %v, want %s %v", dir, e.Name(), e.Type(), want[i].Name(), want[i].Type())
			}
		}
	}
}
