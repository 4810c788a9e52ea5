package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

func randomName() string { return unlogged.RandomText(16) }

// trimTries is how often a directory is made again that a trim, which found it
// empty, removed before anything was put into it.
const trimTries = 20

// makeDir makes a directory and those above it.
func makeDir(dir string) (err error) {
	for range trimTries {
		if err = unlogged.MkdirAll(dir, 0o700); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

// writeFile makes path hold data, atomically: written under another name,
// synced (without that, a power loss leaves renamed but empty files on ext4
// and XFS) and renamed.
func (s *Store) writeFile(path string, data []byte, perm fs.FileMode) error {
	return s.replace(path, data, perm, (*os.File).Sync)
}

// replace is writeFile with a choice of what makes the file last. What is
// worth nothing after a power loss, and is checked when read, needs nothing.
func (s *Store) replace(path string, data []byte, perm fs.FileMode, sync func(*os.File) error) error {
	f, err := s.createTemp(perm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = sync(f)
	}
	if err == nil && !renamesOpen {
		err = f.Close()
	}
	if err == nil {
		err = s.rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	f.Close() // only now could another take it for abandoned
	return err
}

// rename moves a finished file to its place, whose directory may not be there
// yet, or have been trimmed away between two tries.
func (s *Store) rename(from, to string) error {
	if err := s.trusted(filepath.Dir(to)); err != nil {
		return err
	}
	err := unlogged.Rename(from, to)
	for try := 0; try < trimTries && errors.Is(err, fs.ErrNotExist); try++ {
		if err := makeDir(filepath.Dir(to)); err != nil {
			return err
		}
		err = unlogged.Rename(from, to)
	}
	return err
}

func noSync(*os.File) error { return nil }
