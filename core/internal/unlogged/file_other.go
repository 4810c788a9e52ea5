//go:build !unix

package unlogged

import (
	"io"
	"io/fs"
	"os"
)

// A File is open for a moment only.
type File struct{ *os.File }

// OpenBare opens a file for reading, with more flags.
func OpenBare(path string, flag int) (File, error) { return CreateBare(path, os.O_RDONLY|flag, 0) }

// CreateBare is OpenFile for a File.
func CreateBare(path string, flag int, perm fs.FileMode) (File, error) {
	f, err := openFile(path, flag, perm)
	return File{f}, err
}

// Append writes to a file that was opened with os.O_APPEND, all or an error, and
// returns where what it wrote ends.
func (f File) Append(p []byte) (end int64, err error) {
	if _, err := f.Write(p); err != nil {
		return 0, err
	}
	return f.Seek(0, io.SeekCurrent)
}

// Stat describes the file. Files have no owner here that would count.
func (f File) Stat() (st Stat, uid uint32, err error) {
	info, err := f.File.Stat()
	if err != nil {
		return Stat{}, 0, err
	}
	return FromInfo(info), 0, nil
}

// Lstat describes what is at a name in the directory. It has no owner here that
// would count.
func (d Dir) Lstat(name string) (Stat, uint32, error) {
	st, err := LstatPath(d.path + string(os.PathSeparator) + name)
	return st, 0, err
}

func statLinks(path string) (Stat, uint64, error) {
	st, err := stat(path)
	return st, 0, err
}

// FromInfo returns the Stat of what os.Stat or os.Lstat returned. FileInfo has
// no change time and no inode here: size and modification time must do.
func FromInfo(info fs.FileInfo) Stat {
	return Stat{Size: info.Size(), ModTime: info.ModTime().UnixNano(), Mode: info.Mode()}
}
