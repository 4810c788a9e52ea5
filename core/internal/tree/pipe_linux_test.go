package tree

import (
	"os"
	"path/filepath"
	"strings"
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
	to := filepath.Join(t.TempDir(), "copy")
	if err := Made(dir).CopyTo(to); err == nil || !strings.HasSuffix(err.Error(), "pipe is a named pipe") {
		t.Errorf("a copy that would wait for it: %v", err)
	}
	if _, err := os.Lstat(to); err == nil {
		t.Error("a part of a copy is left")
	}
}
