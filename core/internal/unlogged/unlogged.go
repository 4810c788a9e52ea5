// Package unlogged reaches the file system by ways that package os does not
// report to go test's log of inputs.
//
// A test binary logs each os.Open, os.Stat, os.ReadDir and os.Getenv, and the
// go command makes what is logged an input of the test's cached result. The
// store, and the source files that say whether a record is valid, must not
// become such inputs: a lock file inside the module would spoil `(cached)` for
// ever, and a comment edited in a .go file that leaves the binary as it was
// would cost a run.
//
// On unix and Windows the calls go to the system. Elsewhere they go to package os:
// nothing is lost but a `(cached)` now and then, for a store inside the module.
package unlogged

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// Join makes a name absolute that holds against a directory. A ".." behind a name is left
// alone, since that name may be a symbolic link.
func Join(dir, name string) string {
	rest := filepath.ToSlash(name) + "/"
	if filepath.IsAbs(name) {
		dir = ""
	}
	for dir != "" {
		if next, ok := strings.CutPrefix(rest, "./"); ok {
			rest = strings.TrimLeft(next, "/")
		} else if next, ok := strings.CutPrefix(rest, "../"); ok {
			dir, rest = filepath.Dir(dir), strings.TrimLeft(next, "/")
		} else {
			rest = strings.TrimSuffix(filepath.ToSlash(dir), "/") + "/" + rest
			break
		}
	}
	if strings.Contains(rest, "/../") {
		return filepath.FromSlash(strings.TrimRight(rest, "/"))
	}
	return filepath.Clean(filepath.FromSlash(rest))
}

// A Stat is the part of a file's stat that tells, without reading the file, whether
// it is the one seen before. Times are nanoseconds since 1970; ChangeTime, Inode and
// Device are 0 where the system has none.
type Stat struct {
	Size       int64
	ModTime    int64
	ChangeTime int64
	Inode      uint64
	Device     uint64
	Mode       fs.FileMode
}

// Open opens a file or directory for reading.
func Open(path string) (*os.File, error) { return OpenFile(path, os.O_RDONLY, 0) }

// OpenFile is os.OpenFile, not logged.
func OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	return openFile(path, flag, perm)
}

// An Owner is the owner of a file, and the number of its hard links: 0 where there are none.
type Owner struct {
	UID, GID uint32
	Links    uint64
}

// IsUser reports whether it is the effective user, as whom files are made.
func (o Owner) IsUser() bool { return !HasOwners || int(o.UID) == os.Geteuid() }

// StatPath is os.Stat, not logged.
func StatPath(path string) (Stat, error) {
	st, _, err := StatSys(path, true)
	return st, err
}

// LstatPath is os.Lstat, not logged.
func LstatPath(path string) (Stat, error) {
	st, _, err := StatSys(path, false)
	return st, err
}

// ReadFile is os.ReadFile, not logged.
func ReadFile(path string) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return ReadAll(f, info.Size())
}

// WriteFile makes a plain file hold data. A reader meanwhile sees a part of it.
func WriteFile(path string, data []byte, perm fs.FileMode) error {
	f, err := OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|Plain, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return cmp.Or(err, f.Close())
}

// ReadAll reads a file of about n bytes.
func ReadAll(f *os.File, n int64) ([]byte, error) {
	var b bytes.Buffer
	if n < 1<<30 { // else it grows as it is read; the files of /proc have none
		b.Grow(int(n) + bytes.MinRead)
	}
	if _, err := b.ReadFrom(f); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ReadDir returns the entries of a directory in the order of their names.
func ReadDir(path string) ([]fs.DirEntry, error) {
	f, err := OpenFile(path, os.O_RDONLY|onlyDir, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	return entries, err
}

// MkdirAll is os.MkdirAll, not logged.
func MkdirAll(path string, perm fs.FileMode) error {
	if st, err := StatPath(path); err == nil {
		if st.Mode.IsDir() {
			return nil
		}
		return &fs.PathError{Op: "mkdir", Path: path, Err: errors.New("not a directory")}
	}
	if parent := filepath.Dir(path); parent != path {
		if err := MkdirAll(parent, perm); err != nil {
			return err
		}
	}
	err := os.Mkdir(path, perm) // os.Mkdir is not logged
	if st, serr := StatPath(path); err != nil && serr == nil && st.Mode.IsDir() {
		return nil
	}
	return err
}

// longestTick is how far a file's times may lag behind the clock that processes
// read, where the system does not say it: 16 ms on Windows.
const longestTick = 20 * time.Millisecond

// Past returns st without a modification time that lies in the future. Somebody has set
// that, and the change time says when.
func (st Stat) Past() Stat {
	if st.ChangeTime != 0 && st.ModTime > time.Now().UnixNano() {
		st.ModTime = st.ChangeTime
	}
	return st
}

// Latest returns the latest time that a file system may have rounded down to t,
// a time of a file: FAT counts every second second, other file systems, servers
// and inodes keep whole seconds, hundredths, milliseconds or microseconds.
func Latest(t int64) int64 {
	for _, step := range []int64{2e9, 1e9, 1e7, 1e6, 1e3} {
		if t%step == 0 {
			return t + step - 1
		}
	}
	return t
}

// Time returns a time of a Stat as a time.Time.
func Time(ns int64) time.Time { return time.Unix(0, ns) }

// RemoveAll is os.RemoveAll, not logged, and removes directories that their
// owner may not write to as well. It follows no links. Others may remove the same
// meanwhile.
func RemoveAll(path string) error {
	err := os.Remove(path) // not logged
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	st, serr := LstatPath(path)
	if errors.Is(serr, fs.ErrNotExist) {
		return nil
	}
	if serr != nil || !st.Mode.IsDir() {
		return err
	}
	if st.Mode.Perm()&0o700 != 0o700 {
		os.Chmod(path, 0o700)
	}
	entries, _ := ReadDir(path)
	for _, e := range entries {
		if rerr := RemoveAll(filepath.Join(path, e.Name())); rerr != nil {
			return rerr
		}
	}
	if err = os.Remove(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
