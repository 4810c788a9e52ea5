package unlogged

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Dir is an open directory. What is in it is listed and looked at by system
// calls that name it by its descriptor, which spares the way to it: for a file in
// a deep directory that is most of a look. os.File would bring the poller and a
// lock, which cost a process that lists one small directory more than that does.
type Dir struct{ File }

// OpenDir opens a directory.
func OpenDir(path string) (Dir, error) {
	f, err := OpenBare(path, syscall.O_DIRECTORY)
	return Dir{f}, err
}

// DirOf is the directory at path that f was opened for, until that is closed.
func DirOf(f *os.File, path string) Dir { return Dir{File{int(f.Fd()), path}} }

// Lstat describes what is at a name in the directory, and tells its owner.
func (d Dir) Lstat(name string) (Stat, uint32, error) {
	var st unix.Stat_t
	err := retry(func() error { return unix.Fstatat(d.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) })
	if err != nil {
		return Stat{}, 0, &fs.PathError{Op: "lstat", Path: d.path + string(os.PathSeparator) + name, Err: err}
	}
	return Stat{
		Size:       st.Size,
		ModTime:    int64(st.Mtim.Sec)*1e9 + int64(st.Mtim.Nsec),
		ChangeTime: int64(st.Ctim.Sec)*1e9 + int64(st.Ctim.Nsec),
		Inode:      st.Ino,
		Device:     uint64(st.Dev),
		Mode:       mode(st.Mode),
	}, st.Uid, nil
}

// Where the parts of a struct linux_dirent64 lie (getdents64(2)).
const (
	direntLen  = 16
	direntType = 18
	direntName = 19
)

// maxListed bounds the entries that are listed at a time, in bytes.
const maxListed = 64 << 10

// Entries lists the directory in no order.
func (d Dir) Entries() (list []fs.DirEntry, err error) {
	// A small directory is listed when the process starts, the stack of which
	// would have to grow for a large buffer.
	buf := make([]byte, 1<<10)
	for {
		var n int
		err := retry(func() error { n, err = syscall.ReadDirent(d.fd, buf[:]); return err })
		if err != nil {
			return list, &fs.PathError{Op: "readdirent", Path: d.path, Err: err}
		}
		if n <= 0 {
			return list, nil
		}
		for rest := buf[:n]; len(rest) > direntName; {
			size := int(binary.NativeEndian.Uint16(rest[direntLen:]))
			if size <= direntName || size > len(rest) {
				break
			}
			name, _, _ := bytes.Cut(rest[direntName:size], []byte{0})
			gone := binary.NativeEndian.Uint64(rest) == 0 // its inode
			if s := string(name); !gone && s != "." && s != ".." {
				list = append(list, d.entry(s, rest[direntType]))
			}
			rest = rest[size:]
		}
		if n > len(buf)/2 && len(buf) < maxListed {
			buf = make([]byte, 4*len(buf))
		}
	}
}

func (d Dir) entry(name string, typ byte) fs.DirEntry {
	e := &dirEntry{name: name}
	switch typ {
	case syscall.DT_REG:
	case syscall.DT_DIR:
		e.typ = fs.ModeDir
	case syscall.DT_LNK:
		e.typ = fs.ModeSymlink
	case syscall.DT_FIFO:
		e.typ = fs.ModeNamedPipe
	case syscall.DT_SOCK:
		e.typ = fs.ModeSocket
	case syscall.DT_CHR:
		e.typ = fs.ModeDevice | fs.ModeCharDevice
	case syscall.DT_BLK:
		e.typ = fs.ModeDevice
	default: // the file system does not say
		st, _, err := d.Lstat(name)
		if err != nil {
			st.Mode = fs.ModeIrregular
		}
		e.typ = st.Mode.Type()
	}
	return e
}

type dirEntry struct {
	name string
	typ  fs.FileMode
}

func (e *dirEntry) Name() string      { return e.name }
func (e *dirEntry) IsDir() bool       { return e.typ.IsDir() }
func (e *dirEntry) Type() fs.FileMode { return e.typ }

// Info is not needed: Lstat tells more.
func (e *dirEntry) Info() (fs.FileInfo, error) { return nil, fs.ErrInvalid }
