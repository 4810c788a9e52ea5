//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package store

import (
	"errors"
	"os"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A fileLock is a lock by flock(2) on a file opened by package unlogged: a
// library would open it by package os, and then a store inside the module
// would keep go test from ever printing (cached).
type fileLock struct{ f *os.File }

func openLock(path string, exclusive bool) (*fileLock, error) {
	f, err := unlogged.OpenFile(path, os.O_RDWR|os.O_CREATE|unlogged.Plain, 0o600)
	if err != nil && !os.IsNotExist(err) {
		f, err = unlogged.OpenFile(path, os.O_RDONLY|unlogged.Plain, 0) // a read-only file can be locked too
	}
	if err != nil {
		return nil, err
	}
	how := syscall.LOCK_SH
	if exclusive {
		how = syscall.LOCK_EX
	}
	for {
		err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err == nil {
		return &fileLock{f}, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, err
}

// hasFlock says that the system has flock(2): then a lock file can be removed while it is
// locked, and a file be synced that is open for reading.
const hasFlock = true

// current reports whether the locked file is the one at path.
func (l *fileLock) current(path string) bool {
	info, err := l.f.Stat()
	if err != nil {
		return false
	}
	ours := unlogged.FromInfo(info)
	now, err := unlogged.StatPath(path)
	return err == nil && now.Inode == ours.Inode && now.Device == ours.Device
}

func (l *fileLock) unlock() { l.f.Close() }
