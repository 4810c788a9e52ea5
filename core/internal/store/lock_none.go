//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package store

// A fileLock locks nothing: fcntl(2), which AIX and Solaris have, gives a lock up when
// its process closes any other file of that name, and where there are no
// processes nobody needs one. Two processes may build one value here.
type fileLock struct{}

func openLock(string, bool) (*fileLock, error) { return nil, ErrNoLock }

const hasFlock = false

func (*fileLock) current(string) bool { return true }

func (*fileLock) unlock() {}
