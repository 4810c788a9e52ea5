package input

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/logged"
)

// TestUnreadableTool: of a tool that can be run and not read, another file is another tool.
func TestUnreadableTool(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "tool")
	w := &World{Root: logged.Root{Lexical: root, Physical: root}, Dir: root, Clock: func() time.Time { return time.Now().Add(time.Hour) }}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	look := func() Input {
		t.Helper()
		if os.Getuid() == 0 {
			syscall.Setfsuid(65534) // of this thread
			defer syscall.Setfsuid(0)
		}
		if _, err := os.ReadFile(path); err == nil {
			t.Fatal("it can be read")
		}
		return w.ToolAt(path, 0, nil)
	}
	replace := func(text string) {
		t.Helper()
		for _, err := range []error{os.WriteFile(path+".new", []byte(text), 0o111), os.Rename(path+".new", path), os.Chmod(root, 0o711), os.Chmod(filepath.Dir(root), 0o711)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	replace("one")
	first, again := look(), look()
	replace("two")
	if other := look(); first.Absent() || first.Digest != again.Digest || other.Digest == first.Digest {
		t.Errorf("%+v, then %+v, and of another %+v", first, again, other)
	}
}
