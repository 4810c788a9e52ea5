package quiet

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// readDir lists a directory by its system call alone. os.File brings the
// poller and a lock, which cost a process that lists one small directory more
// than the listing does.
func readDir(path string) ([]fs.DirEntry, error) {
	f, err := OpenBare(path, syscall.O_DIRECTORY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.entries()
}

// direntBuffers hold what the system says of some hundred entries.
var direntBuffers = sync.Pool{New: func() any { return new([8 << 10]byte) }}

// Where the parts of a struct linux_dirent64 lie (getdents64(2)).
const (
	direntLen  = 16
	direntType = 18
	direntName = 19
)

func (f File) entries() (list []fs.DirEntry, err error) {
	buf := direntBuffers.Get().(*[8 << 10]byte)
	defer direntBuffers.Put(buf)
	for {
		var n int
		err := retry(func() error { n, err = syscall.ReadDirent(f.fd, buf[:]); return err })
		if err != nil {
			return list, &fs.PathError{Op: "readdirent", Path: f.path, Err: err}
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
				list = append(list, f.entry(s, rest[direntType]))
			}
			rest = rest[size:]
		}
	}
}

func (f File) entry(name string, typ byte) fs.DirEntry {
	e := &dirEntry{dir: f.path, name: name}
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
		st, err := LstatPath(f.path + string(os.PathSeparator) + name)
		if err != nil {
			st.Mode = fs.ModeIrregular
		}
		e.typ = st.Mode.Type()
	}
	return e
}

type dirEntry struct {
	dir, name string
	typ       fs.FileMode
}

func (e *dirEntry) Name() string      { return e.name }
func (e *dirEntry) IsDir() bool       { return e.typ.IsDir() }
func (e *dirEntry) Type() fs.FileMode { return e.typ }

// Info is not needed: LstatPath tells more.
func (e *dirEntry) Info() (fs.FileInfo, error) { return nil, fs.ErrInvalid }
