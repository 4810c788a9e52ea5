package store

import (
	"errors"
	"os"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
	"golang.org/x/sys/windows"
)

// A fileLock is a lock by LockFileEx. Its file is opened past package os, which
// would make it an input of go test's, and so that nobody can remove or rename
// it while it is locked.
type fileLock struct{ f *os.File }

func openLock(path string, exclusive bool) (*fileLock, error) {
	handle, err := syscall.Open(path, os.O_RDWR|os.O_CREATE|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	f := os.NewFile(uintptr(handle), path)
	flags, at := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY), beyond
	if exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	if err = windows.LockFileEx(windows.Handle(handle), flags, 0, 1, 0, &at); err == nil {
		return &fileLock{f}, nil
	}
	f.Close()
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return nil, nil
	}
	return nil, err
}

// beyond is a byte far behind the end of any file: a lock keeps others from
// reading and writing what it covers.
var beyond = windows.Overlapped{OffsetHigh: 1 << 30}

const hasFlock = false

// current reports whether the locked file is the one at path: nobody can remove
// a file that is open like this one.
func (l *fileLock) current(path string) bool {
	_, err := unlogged.StatPath(path)
	return err == nil
}

// unlock unlocks the file before it closes it: else the system may unlock it some time
// later.
func (l *fileLock) unlock() {
	at := beyond
	windows.UnlockFileEx(windows.Handle(l.f.Fd()), 0, 1, 0, &at)
	l.f.Close()
}
