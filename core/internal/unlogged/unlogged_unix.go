//go:build unix

package unlogged

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// NoWait does not wait for the other end of a FIFO. Plain does not follow a symbolic link
// either.
const NoWait, Plain = syscall.O_NONBLOCK, syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// onlyDir opens directories only, and does not wait for the other end of a FIFO.
const onlyDir = syscall.O_DIRECTORY

// Forks keeps commands from starting while it is locked. Until a command runs, it has the
// files open that its parent has, and a file that is open for writing cannot be run (ETXTBSY).
var Forks = &syscall.ForkLock

// IsLink reports whether an error says that Plain met a symbolic link: ELOOP, as
// POSIX wants it, or EMLINK on FreeBSD and DragonFly, or EFTYPE on NetBSD.
func IsLink(err error) bool {
	const netBSD = syscall.Errno(79)
	return errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.EMLINK) || runtime.GOOS == "netbsd" && errors.Is(err, netBSD)
}

// Rename is os.Rename, which is not logged.
func Rename(from, to string) error { return os.Rename(from, to) }

func openFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	fd, err := open(path, flag, uint32(perm.Perm()))
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	if flag&syscall.O_NONBLOCK != 0 {
		unix.FcntlInt(uintptr(fd), unix.F_SETFL, flag&^syscall.O_NONBLOCK) // else package os waits for it by the poller
	}
	return os.NewFile(uintptr(fd), path), nil
}

// open opens again where a signal interrupts that, as on file systems in user space. What is
// only read keeps the time of its last access, which would be written to the disk each day
// for each such file; the system refuses this of what is another user's.
func open(path string, flag int, perm uint32) (fd int, err error) {
	aside := 0
	if flag&(syscall.O_WRONLY|syscall.O_RDWR) == 0 {
		aside = noAccess
	}
	try := func() (err error) { fd, err = syscall.Open(path, flag|aside|syscall.O_CLOEXEC, perm); return err }
	if err = retry(try); err == syscall.EPERM && aside != 0 {
		aside = 0
		err = retry(try)
	}
	return fd, err
}

// HasOwners is whether files have owners, and bits of modes that say what others
// may do with them.
const HasOwners = true

// OwnerOf returns the owner of the file that os.Stat or os.Lstat described.
func OwnerOf(info fs.FileInfo) Owner { return ownerOf(info.Sys().(*syscall.Stat_t)) }

func ownerOf(st *syscall.Stat_t) Owner { return Owner{st.Uid, st.Gid, uint64(st.Nlink)} }

// StatSys describes what is at a path, behind a symbolic link with follow, and its owner.
func StatSys(path string, follow bool) (Stat, Owner, error) {
	op, call := "lstat", syscall.Lstat
	if follow {
		op, call = "stat", syscall.Stat
	}
	var st syscall.Stat_t
	if err := retry(func() error { return call(path, &st) }); err != nil {
		return Stat{}, Owner{}, &fs.PathError{Op: op, Path: path, Err: err}
	}
	return fromSys(&st), ownerOf(&st), nil
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
	mod, change := times(st)
	return Stat{st.Size, mod, change, uint64(st.Ino), uint64(st.Dev), mode(uint32(st.Mode))}
}

// FromInfo returns the Stat of what os.Stat or os.Lstat returned.
func FromInfo(info fs.FileInfo) Stat {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fromSys(st)
	}
	return Stat{Size: info.Size(), ModTime: info.ModTime().UnixNano(), Mode: info.Mode()}
}

func mode(m uint32) fs.FileMode {
	perm := fs.FileMode(m&0o777 | m&(syscall.S_ISUID|syscall.S_ISGID)<<12 | m&syscall.S_ISVTX<<11) // as package fs numbers them
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
