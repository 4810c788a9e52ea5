package memo

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// workName begins the name of the directory that directories and files are
// built in and copied to: one for a user, in the temporary directory.
const workName = "cachetest-work-"

func workRoot() string { return filepath.Join(tempDir(), workName+strconv.Itoa(os.Getuid())) }

// workAge is how long the directory of a process that died stays.
const workAge = 24 * time.Hour

var sweepWork sync.Once

// WorkDir makes an empty directory, private to the user, in the temporary
// directory, and returns the undo, which may be called more than once. It is
// not an input, and nothing that names it is stored. What a killed process
// leaves is removed a day later, by others.
func WorkDir() (dir string, remove func(), err error) {
	root := workRoot()
	if err := privateDir(root); err != nil {
		return "", nil, err
	}
	sweepWork.Do(func() { store.SweepOld(root, time.Now().Add(-workAge), inUse) })
	home := filepath.Join(root, rand.Text()[:12])
	unlock, err := store.LockDir(home)
	if err != nil || unlock == nil {
		return "", nil, errors.Join(err, errors.New("cannot lock "+home))
	}
	dir = filepath.Join(home, "d")
	if err := os.Mkdir(dir, 0o755); err != nil {
		unlock()
		return "", nil, err
	}
	return dir, sync.OnceFunc(func() {
		quiet.RemoveAll(home)
		unlock()
	}), nil
}

// KeepWorkDir moves what WorkDir returned to where nobody removes it, and
// returns its new path.
func KeepWorkDir(dir string) (kept string, err error) {
	kept = filepath.Join(tempDir(), "cachetest-kept-"+rand.Text()[:8])
	return kept, os.Rename(dir, kept)
}

// inUse reports whether a process uses the work directory still.
func inUse(home string) bool {
	unlock, err := store.LockDir(home)
	if unlock != nil {
		unlock()
	}
	return unlock == nil && err == nil
}

// privateDir makes a directory that only this user can use, and refuses one
// that another has made.
func privateDir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) { // not logged
		return err
	}
	f, err := quiet.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !trace.Private(info) {
		return errors.Join(err, errors.New(dir+" is not private to this user"))
	}
	return nil
}
