//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package store

import (
	"os"

	"github.com/gofrs/flock"
)

type fileLock struct{ f *flock.Flock }

func openLock(path string, exclusive bool) (*fileLock, error) {
	l := &fileLock{flock.New(path)}
	try := l.f.TryRLock
	if exclusive {
		try = l.f.TryLock
	}
	ok, err := try()
	if err != nil || !ok {
		return nil, err
	}
	return l, nil
}

// lockOpen locks an open file. Here nobody could rename or remove it then:
// a trim removes by their age what was left.
func lockOpen(*os.File) (mine, taken bool) { return false, false }

// renamesOpen is whether an open file can be renamed.
const renamesOpen = false

// current reports whether the locked file is the one at path. Systems that
// refuse to delete an open file need no more than this.
func (l *fileLock) current(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (l *fileLock) unlock() { l.f.Close() }
