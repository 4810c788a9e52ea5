//go:build unix && !linux

package unlogged

import (
	"io/fs"
	"os"
	"syscall"
)

// Lstat describes what is at a name in the directory, and tells its owner.
func (d Dir) Lstat(name string) (Stat, uint32, error) {
	var st syscall.Stat_t
	path := d.path + string(os.PathSeparator) + name
	if err := retry(func() error { return syscall.Lstat(path, &st) }); err != nil {
		return Stat{}, 0, &fs.PathError{Op: "lstat", Path: path, Err: err}
	}
	return fromSys(&st), st.Uid, nil
}
