//go:build !unix

package unlogged

import (
	"io/fs"
	"os"
)

// HasOwners is whether files have owners, and bits of modes that say what others
// may do with them.
const HasOwners = false

// StatSys describes what is at a path, behind a symbolic link with follow. Whose it
// is, and how many names it has, the system does not say.
func StatSys(path string, follow bool) (st Stat, uid, gid uint32, links uint64, err error) {
	st, err = stat(path, follow)
	return st, 0, 0, 0, err
}

// ReadPlain reads what Plain opens.
func ReadPlain(path string) (data []byte, st Stat, uid uint32, err error) {
	f, err := OpenFile(path, os.O_RDONLY|Plain, 0)
	if err != nil {
		return nil, st, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, st, 0, err
	}
	data, err = ReadAll(f, info.Size())
	return data, FromInfo(info), 0, err
}

// Owner returns whose the file is that os.Stat or os.Lstat described.
func Owner(fs.FileInfo) uint32 { return 0 }

// FromInfo returns the Stat of what os.Stat or os.Lstat returned. FileInfo has
// no change time and no inode here: size and modification time must do.
func FromInfo(info fs.FileInfo) Stat {
	return Stat{Size: info.Size(), ModTime: info.ModTime().UnixNano(), Mode: info.Mode()}
}
