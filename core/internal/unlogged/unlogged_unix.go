//go:build unix

package unlogged

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Plain opens what is at a path itself, not what a link points to, and does not
// wait for the other end of a FIFO.
const Plain = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// onlyDir opens directories only, and does not wait for the other end of a FIFO.
const onlyDir = syscall.O_DIRECTORY

// IsLink reports whether an error says that Plain met a symbolic link.
func IsLink(err error) bool { return errors.Is(err, errLink) }

func openFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	for {
		fd, err := syscall.Open(path, flag|syscall.O_CLOEXEC, uint32(perm.Perm()))
		if err == nil && flag&syscall.O_NONBLOCK != 0 {
			syscall.SetNonblock(fd, false) // else package os waits for it by the poller
		}
		if err == nil {
			return os.NewFile(uintptr(fd), path), nil
		}
		if err != syscall.EINTR {
			return nil, &fs.PathError{Op: "open", Path: path, Err: err}
		}
	}
}

func stat(path string) (Stat, error) {
	st, _, err := statLinks(path)
	return st, err
}

func statLinks(path string) (Stat, uint64, error) {
	var st syscall.Stat_t
	if err := retry(func() error { return syscall.Stat(path, &st) }); err != nil {
		return Stat{}, 0, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	return fromSys(&st), uint64(st.Nlink), nil
}

func lstat(path string) (Stat, error) {
	var st syscall.Stat_t
	if err := retry(func() error { return syscall.Lstat(path, &st) }); err != nil {
		return Stat{}, &fs.PathError{Op: "lstat", Path: path, Err: err}
	}
	return fromSys(&st), nil
}

// retry repeats a system call that a signal interrupted, as package os does.
func retry(call func() error) error {
	for {
		if err := call(); err != syscall.EINTR {
			return err
		}
	}
}

func fromSys(st *syscall.Stat_t) Stat {
	return Stat{
		Size:       st.Size,
		ModTime:    modTime(st),
		ChangeTime: changeTime(st),
		Inode:      uint64(st.Ino),
		Device:     uint64(st.Dev),
		Mode:       mode(uint32(st.Mode)),
	}
}

// FromInfo returns the Stat of what os.Stat or os.Lstat returned.
func FromInfo(info fs.FileInfo) Stat {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fromSys(st)
	}
	return Stat{Size: info.Size(), ModTime: info.ModTime().UnixNano(), Mode: info.Mode()}
}

func mode(m uint32) fs.FileMode {
	perm := fs.FileMode(m & 0o777)
	switch m & syscall.S_IFMT {
	case syscall.S_IFDIR:
		return perm | fs.ModeDir
	case syscall.S_IFLNK:
		return perm | fs.ModeSymlink
	case syscall.S_IFREG:
		return perm
	case syscall.S_IFIFO:
		return perm | fs.ModeNamedPipe
	case syscall.S_IFSOCK:
		return perm | fs.ModeSocket
	case syscall.S_IFCHR:
		return perm | fs.ModeDevice | fs.ModeCharDevice
	case syscall.S_IFBLK:
		return perm | fs.ModeDevice
	}
	return perm | fs.ModeIrregular
}
