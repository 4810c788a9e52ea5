package store

import (
	"errors"
	"os"
	"syscall"

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
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	err = windows.LockFileEx(windows.Handle(handle), flags, 0, 1, 0, new(windows.Overlapped))
	if err == nil {
		return &fileLock{f}, nil
	}
	f.Close()
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return nil, nil
	}
	return nil, err
}

// lockOpen locks an open file. Here nobody could rename or remove it then:
// a trim removes by their age what was left.
func lockOpen(*os.File) (mine, taken bool) { return false, false }

// renamesOpen is whether an open file can be renamed.
const renamesOpen = false

// current reports whether the locked file is the one at path: nobody can remove
// a file that is open like this one.
func (l *fileLock) current(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// unlock closes the file, which the system may take its time to unlock after.
func (l *fileLock) unlock() {
	windows.UnlockFileEx(windows.Handle(l.f.Fd()), 0, 1, 0, new(windows.Overlapped))
	l.f.Close()
}
