package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// What is unfinished lies in a directory of its own: files of which the writer
// holds the lock until they are renamed, and directories of files of which it
// holds that of the directory. What has no lock is of a process that is gone.

func (s *Store) tempDir() string { return filepath.Join(s.dir, "tmp") }

// createTemp opens a new file in the store's directory for unfinished ones, and
// locks it until it is closed.
func (s *Store) createTemp(perm fs.FileMode) (*os.File, error) {
	s.SweepTemp()
	for range trimTries {
		f, err := s.createIn(s.tempDir(), perm)
		if err != nil {
			return nil, err
		}
		if _, taken := lockOpen(f); !taken {
			return f, nil
		}
		f.Close() // for abandoned
	}
	return nil, ErrNoLock
}

func (s *Store) createIn(dir string, perm fs.FileMode) (*os.File, error) {
	path := filepath.Join(dir, randomName())
	const flag = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if err := s.trusted(dir); err != nil {
		return nil, err
	}
	f, err := unlogged.OpenFile(path, flag, perm)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeDir(dir); err != nil {
			return nil, err
		}
		return unlogged.OpenFile(path, flag, perm)
	}
	return f, err
}

// lockedTempDir makes a directory for unfinished files. release removes it.
// Where there are no locks nobody takes anything for abandoned either, and the
// files lie with the others.
func (s *Store) lockedTempDir() (dir string, release func()) {
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

// SweepTemp removes, once in a process, what killed processes left unfinished.
func (s *Store) SweepTemp() {
	s.sweep.Do(func() {
		s.abandoned(func(path string) { unlogged.RemoveAll(path) })
	})
}

// abandoned calls remove for what is unfinished and has no owner any more, and
// keeps others away from it meanwhile.
func (s *Store) abandoned(remove func(path string)) {
	// Not by private.Sweep, of which the go command would learn where the store
	// lies inside the module: nobody else can change what is in the store.
	entries, _ := s.readDir(s.tempDir())
	for _, e := range entries[:min(len(entries), maxSweep)] {
		path := filepath.Join(s.tempDir(), e.Name())
		if e.IsDir() {
			if l, _ := lockFile(path, true); l != nil {
				l.removed(func() { remove(path) })
			}
		} else if f, err := unlogged.OpenFile(path, os.O_RDONLY|unlogged.Plain, 0); err == nil {
			if mine, _ := lockOpen(f); mine {
				remove(path)
			}
			f.Close()
		}
	}
}

// removed removes the directory of a lock that nobody else wants but to remove
// it, and unlocks it.
func (l *fileLock) removed(remove func()) {
	if !removesLock {
		l.unlock()
	}
	remove()
	l.unlock()
}

// maxSweep bounds what one process does for the others: the files of a few
// large trees.
const maxSweep = 50_000
