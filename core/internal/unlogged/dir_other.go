//go:build !linux

package unlogged

import (
	"io/fs"
	"os"
)

// A Dir is an open directory, here its path.
type Dir struct{ path string }

// OpenDir opens a directory.
func OpenDir(path string) (Dir, error) { return Dir{path}, nil }

// DirOf is the directory at path that f was opened for, until that is closed.
func DirOf(f *os.File, path string) Dir { return Dir{path} }

// Close closes the directory.
func (d Dir) Close() error { return nil }

// Entries lists the directory in no order.
func (d Dir) Entries() ([]fs.DirEntry, error) {
	f, err := Open(d.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}
