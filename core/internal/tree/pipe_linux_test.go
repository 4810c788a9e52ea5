package tree

import (
	"path/filepath"
	"syscall"
	"testing"
)

func TestScanRefusesPipes(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Scan(dir); err == nil || err.Error() != "pipe is a named pipe" {
		t.Errorf("got %v", err)
	}
}
