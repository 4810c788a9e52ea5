//go:build unix

package unlogged

import (
	"io"
	"io/fs"
	"os"
	"syscall"
)

// A File is open for a moment only. It does without os.File, for which the
// system is asked for the file's flags and the runtime to watch over it: a hit
// opens a few files, and that is half of what each costs.
type File struct {
	fd   int
	path string
}

// OpenBare opens a file for reading, with more flags.
func OpenBare(path string, flag int) (File, error) { return CreateBare(path, os.O_RDONLY|flag, 0) }

// CreateBare is OpenFile for a File.
func CreateBare(path string, flag int, perm fs.FileMode) (File, error) {
	for {
		fd, err := syscall.Open(path, flag|syscall.O_CLOEXEC, uint32(perm.Perm()))
		if err == nil {
			return File{fd, path}, nil
		}
		if err != syscall.EINTR {
			return File{}, &fs.PathError{Op: "open", Path: path, Err: err}
		}
	}
}

// Close closes the file. What was written is not known to be on disk.
func (f File) Close() error { return syscall.Close(f.fd) }

// Read is os.File.Read.
func (f File) Read(p []byte) (n int, err error) {
	err = retry(func() error { n, err = syscall.Read(f.fd, p); return err })
	switch {
	case err != nil:
		return 0, &fs.PathError{Op: "read", Path: f.path, Err: err}
	case n == 0 && len(p) > 0:
		return 0, io.EOF
	}
	return n, nil
}

// Append writes to a file that was opened with os.O_APPEND, all or an error, and
// returns where what it wrote ends.
func (f File) Append(p []byte) (end int64, err error) {
	var n int
	err = retry(func() (err error) { n, err = syscall.Write(f.fd, p); return err })
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err == nil {
		end, err = syscall.Seek(f.fd, 0, io.SeekCurrent)
	}
	if err != nil {
		return 0, &fs.PathError{Op: "write", Path: f.path, Err: err}
	}
	return end, nil
}

// Stat describes the file, and tells its owner.
func (f File) Stat() (st Stat, uid uint32, err error) {
	var sys syscall.Stat_t
	if err := retry(func() error { return syscall.Fstat(f.fd, &sys) }); err != nil {
		return Stat{}, 0, &fs.PathError{Op: "stat", Path: f.path, Err: err}
	}
	return fromSys(&sys), sys.Uid, nil
}
