package since

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// TestShortName: a temporary directory may be named by a short name, and what is
// made there by the long one.
func TestShortName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a long name, indeed")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	long := Resolve(dir)
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]uint16, windows.MAX_LONG_PATH)
	if _, err := windows.GetShortPathName(name, &buf[0], uint32(len(buf))); err != nil {
		t.Fatal(err)
	}
	short := windows.UTF16ToString(buf)
	if short == dir {
		t.Skip("this volume has no short names")
	}
	if got := Resolve(short); got != long {
		t.Errorf("%s leads to %s, want %s", short, got, long)
	}
}

// TestBirth: a temporary file that this process makes is known as one.
func TestBirth(t *testing.T) {
	dir := t.TempDir()
	temp := &Temp{Dirs: []string{dir}, Began: Now()}
	path := filepath.Join(dir, "x123456789")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !temp.Has(path) {
		t.Error("a temporary file was there before")
	}
	later := &Temp{Dirs: []string{dir}, Began: Moment{time.Now().Add(time.Hour).UnixNano(), 1 << 62}}
	if later.Has(path) {
		t.Error("a file that was there before is a temporary one")
	}
}
