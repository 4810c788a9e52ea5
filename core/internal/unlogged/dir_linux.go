package unlogged

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// A Dir is an open directory. What is in it is looked at by a system call that
// names it by its descriptor, which spares the way to it: for a file in a deep
// directory that is most of a look.
type Dir struct {
	fd   int
	path string
}

// DirOf is the directory at path that f was opened for, until that is closed.
func DirOf(f *os.File, path string) Dir { return Dir{int(f.Fd()), path} }

// Lstat describes what is at a name in the directory.
func (d Dir) Lstat(name string) (Stat, error) {
	var st unix.Stat_t
	err := retry(func() error { return unix.Fstatat(d.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) })
	if err != nil {
		return Stat{}, &fs.PathError{Op: "lstat", Path: d.path + string(os.PathSeparator) + name, Err: err}
	}
	return Stat{
		Size:       st.Size,
		ModTime:    int64(st.Mtim.Sec)*1e9 + int64(st.Mtim.Nsec),
		ChangeTime: int64(st.Ctim.Sec)*1e9 + int64(st.Ctim.Nsec),
		Inode:      st.Ino,
		Device:     uint64(st.Dev),
		Mode:       mode(st.Mode),
	}, nil
}
