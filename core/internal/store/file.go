package store

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

func randomName() string { return unlogged.RandomText(16) }

// trimTries is how often a directory is made again that a trim, which found it
// empty, removed before anything was put into it.
const trimTries = 20

// inDir calls do, which puts something into a directory, and makes that if it is not there.
func inDir(dir string, do func() error) error {
	err := do()
	for try := 0; try < trimTries && errors.Is(err, fs.ErrNotExist); try++ {
		if err = unlogged.MkdirAll(dir, 0o700); err == nil {
			err = do()
		}
	}
	return err
}

// writeFile makes path hold data, atomically: written under another name, synced (without
// that, a power loss leaves renamed but empty files on ext4 and XFS) and renamed. A file that
// may be lost with the power, and is checked when it is read, need not be synced.
func (s *Store) writeFile(path string, data []byte, perm fs.FileMode, sync bool) error {
	dir, release := s.lockedTempDir()
	defer release()
	f, err := s.createIn(dir, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && sync {
		err = f.Sync()
	}
	err = cmp.Or(err, f.Close())
	if err == nil {
		err = s.rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// rename moves a finished file to its place.
func (s *Store) rename(from, to string) error {
	if err := s.trusted(filepath.Dir(to)); err != nil {
		return err
	}
	err := inDir(filepath.Dir(to), func() error { return unlogged.Rename(from, to) })
	if errors.Is(err, fs.ErrExist) { // a directory: no file replaces it, and each run would build again
		s.quarantine(to)
		err = unlogged.Rename(from, to)
	}
	return err
}

// Unfinished files lie in a directory whose lock their writer holds until they are
// renamed. A directory that nobody has locked is of a process that is gone.

func (s *Store) tempDir() string { return filepath.Join(s.dir, "tmp") }

func (s *Store) createIn(dir string, perm fs.FileMode) (f *os.File, err error) {
	if err := s.trusted(dir); err != nil {
		return nil, err
	}
	err = inDir(dir, func() (err error) {
		f, err = unlogged.OpenFile(filepath.Join(dir, randomName()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		return err
	})
	return f, err
}

// lockedTempDir makes a directory for unfinished files. release removes it. Where
// there are no locks, nothing is taken for abandoned either, and the files lie beside
// such directories.
func (s *Store) lockedTempDir() (dir string, release func()) {
	s.SweepTemp()
	for try := 0; try < trimTries && s.trusted(s.tempDir()) == nil; try++ {
		dir := filepath.Join(s.tempDir(), randomName())
		l, err := lockFile(dir, true)
		if err != nil {
			break
		}
		if l != nil {
			return dir, func() { l.removed(func() { unlogged.RemoveAll(dir) }) }
		}
	}
	return s.tempDir(), func() {}
}

// SweepTemp removes, once in a process, the unfinished files of killed processes.
func (s *Store) SweepTemp() {
	s.sweep.Do(func() {
		s.abandoned(func(path string) { unlogged.RemoveAll(path) })
	})
}

// abandoned calls remove for each directory of unfinished files that nobody has locked,
// and keeps it locked meanwhile.
func (s *Store) abandoned(remove func(path string)) {
	// Not by private.Sweep, of which the go command would learn where the store
	// lies inside the module: nobody else can change what is in the store.
	names, _ := s.readDir(s.tempDir())
	for _, name := range names[:min(len(names), private.MaxSweep)] {
		path := filepath.Join(s.tempDir(), name)
		if l, _ := lockFile(path, true); l != nil {
			l.removed(func() { remove(path) })
		}
	}
}

// removed removes the directory of a lock, by remove, and unlocks it. Nobody takes such
// a lock but to remove the directory.
func (l *fileLock) removed(remove func()) {
	if !hasFlock {
		l.unlock()
	}
	remove()
	l.unlock()
}
