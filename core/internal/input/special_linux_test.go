package input

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/logged"
)

// TestSpecial: of what the system makes when it is read the stat tells nothing, by
// whatever name it is read, nor do the times of such a directory tell what is in it.
func TestSpecial(t *testing.T) {
	root := t.TempDir()
	w := &World{Root: logged.Root{Lexical: root, Physical: root}, Dir: root, Clock: func() time.Time { return time.Now().Add(time.Hour) }}
	for name, target := range map[string]string{"status": "/proc/self/status", "processes": "/proc", "none": "/proc/self/nothing"} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(root, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"plain": "text", "empty": ""} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]bool{"status": true, "fifo": true, "processes": false, "none": false, "plain": false, "empty": false} {
		if in := w.FileAt(name, 0, nil); in.IsSpecial() != want {
			t.Errorf("%s: %+v", name, in)
		}
	}
	before := w.DirAt("processes", 0, nil)
	other := exec.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if after := w.DirAt("processes", 0, &before); after.Digest == before.Digest {
		t.Error("another process is not seen")
	}
	other.Process.Kill()
	other.Wait()
	status := w.FileAt("status", 0, nil)
	status.Digest[0]++
	if after := w.FileAt("status", 0, &status); after.Digest == status.Digest {
		t.Error("the state of a process is not read again")
	}
}
