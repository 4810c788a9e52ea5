package unlogged

import (
	"io/fs"
	"syscall"
)

// Names lists the names in a directory, in no order. It is for what is listed when
// a process starts: package os would start its poller, and take memory for much
// larger directories.
func Names(path string) (names []string, err error) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer syscall.Close(fd)
	var buf [1 << 10]byte
	for {
		n, err := syscall.ReadDirent(fd, buf[:])
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return nil, &fs.PathError{Op: "readdirent", Path: path, Err: err}
		case n <= 0:
			return names, nil
		default:
			_, _, names = syscall.ParseDirent(buf[:n], -1, names)
		}
	}
}
