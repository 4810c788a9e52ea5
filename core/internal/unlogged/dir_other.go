//go:build !linux

package unlogged

import "os"

// A Dir is an open directory, here its path.
type Dir struct{ path string }

// DirOf is the directory at path that f was opened for, until that is closed.
func DirOf(f *os.File, path string) Dir { return Dir{path} }

// Lstat describes what is at a name in the directory.
func (d Dir) Lstat(name string) (Stat, error) {
	return LstatPath(d.path + string(os.PathSeparator) + name)
}
