package process

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// workName begins the name of the directory that directories and files are
// built in and copied to: one for a user, in the temporary directory.
const workName = "cachetest-work-"

// WorkRoots returns the paths of that directory: the usual one, and the one that this
// process has got where somebody else has the usual one.
func WorkRoots() []string {
	roots := []string{filepath.Join(This().TempDir(), workFile())}
	if got, ok := workRoot.Load().(string); ok && got != roots[0] {
		roots = append(roots, got)
	}
	return roots
}

func workFile() string { return workName + strconv.Itoa(os.Getuid()) }

var workRoot atomic.Value // a string, once this process has a work directory

var sweepWork sync.Once

// workLocks keeps the locks of the directories that this process has: the garbage
// collector closes the file of a lock that nothing refers to, which frees the lock.
var workLocks sync.Map // path -> its unlock

// WorkDir makes an empty directory, private to the user, in the temporary directory.
// It returns a function that removes it, which may be called more than once. The
// directory is not an input, and nothing that names it is stored. One that a killed
// process leaves is removed by the next process that makes one, as its lock is free.
// Where no lock can be had, it is left there.
func WorkDir() (dir string, remove func(), err error) {
	home, unlock, err := workHome()
	if err == nil {
		dir, remove, err = workDirIn(home, unlock)
	}
	if err != nil {
		if home, err = os.MkdirTemp(This().TempDir(), "cachetest-"); err == nil {
			dir, remove, err = workDirIn(home, func() {})
		}
	}
	return dir, remove, err
}

// workDirIn makes the directory in a home, and removes that if it cannot.
func workDirIn(home string, unlock func()) (dir string, remove func(), err error) {
	workLocks.Store(home, unlock)
	remove = sync.OnceFunc(func() {
		unlogged.RemoveAll(home)
		unlock()
		workLocks.Delete(home)
	})
	dir = filepath.Join(home, "d")
	if err := os.Mkdir(dir, 0o755); err != nil {
		remove()
		return "", nil, err
	}
	return dir, remove, nil
}

// workHome makes a directory below the user's, and takes its lock.
func workHome() (home string, unlock func(), err error) {
	root, err := private.Dir(This().TempDir(), workFile())
	if err != nil {
		return "", nil, err
	}
	workRoot.Store(root)
	sweepWork.Do(func() { private.Sweep(root, time.Now(), isWorkHome, store.LockDir) })
	for range 3 { // another process may have taken it for abandoned before it was locked
		home = filepath.Join(root, unlogged.RandomText(homeLen))
		if unlock, err = store.LockDir(home); unlock != nil || err != nil {
			return home, unlock, err
		}
	}
	return "", nil, errors.New("cannot lock " + home)
}

// homeLen is how long the name of a work directory's home is.
const homeLen = 12

// isWorkHome reports whether a name is of the form that WorkDir gives.
func isWorkHome(name string) bool {
	return len(name) == homeLen && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// KeepWorkDir moves a directory of WorkDir to a place where nobody removes it, and
// returns its new path.
func KeepWorkDir(dir string) (kept string, err error) {
	kept = filepath.Join(This().TempDir(), "cachetest-kept-"+unlogged.RandomText(8))
	return kept, os.Rename(dir, kept)
}
