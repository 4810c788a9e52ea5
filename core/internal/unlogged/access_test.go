//go:build linux

package unlogged

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// TestAccessTime: what is read or listed is not written to, as it would be once a day on a
// file system with relatime. What is another user's is read and listed all the same.
func TestAccessTime(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-48 * time.Hour).Truncate(time.Second)
	for _, p := range []string{path, dir} {
		if err := os.Chtimes(p, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if data, err := ReadFile(path); string(data) != "x" || err != nil {
		t.Fatalf("%q, %v", data, err)
	}
	if names, err := Names(dir); len(names) != 1 || err != nil {
		t.Fatalf("%q, %v", names, err)
	}
	for _, p := range []string{path, dir} {
		var st syscall.Stat_t
		if err := syscall.Stat(p, &st); err != nil || !time.Unix(st.Atim.Unix()).Equal(old) {
			t.Errorf("%s: accessed at %v, want %v; %v", p, time.Unix(st.Atim.Unix()), old, err)
		}
	}

	read := make(chan error)
	go func() {
		runtime.LockOSThread() // to the end of the thread, which is another user's from here on
		if os.Geteuid() == 0 {
			syscall.RawSyscall(syscall.SYS_SETFSUID, 12345, 0, 0)
		}
		_, err := ReadFile("/proc/version") // root's, and for all to read
		_, nerr := Names("/proc/sys")
		read <- errors.Join(err, nerr)
	}()
	if err := <-read; err != nil {
		t.Error(err)
	}
}
