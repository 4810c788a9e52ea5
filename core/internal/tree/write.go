package tree

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// write makes the tree below dir, which must exist and be empty, from the
// objects of the store, without the modes of files that are not in mask.
// Directories are writable by the owner, whatever their mode, so that they can be
// used and removed.
//
// Directories and links are made through os.Root. Files are made by their path
// and without package os, which would log each (see package unlogged): no name on
// such a path can be a link, since the links come last, and the file itself is
// opened only if it is new.
func write(s *store.Store, m *Manifest, dir string, mask fs.FileMode) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for i := range m.Entries {
		if e := &m.Entries[i]; e.Kind == Dir {
			if err := root.Mkdir(filepath.FromSlash(e.Path), 0o700); err != nil {
				return err
			}
		}
	}
	err = eachFile(m.Entries, func(e *Entry) error {
		return createFile(filepath.Join(dir, filepath.FromSlash(e.Path)), e.Mode&mask, func(f *os.File) error { return s.CopyObject(e.Ref, f) })
	})
	if err != nil {
		return err
	}
	for i := range m.Entries {
		if e := &m.Entries[i]; e.Kind == Link {
			if err := root.Symlink(filepath.FromSlash(e.Target), filepath.FromSlash(e.Path)); err != nil {
				return err
			}
		}
	}
	return chmodDirs(root, m)
}

// chmodDirs gives the directories their modes, innermost first.
func chmodDirs(root *os.Root, m *Manifest) error {
	for i := len(m.Entries) - 1; i >= 0; i-- {
		e := &m.Entries[i]
		if mode := e.Mode | 0o700; e.Kind == Dir && mode != 0o700 {
			if err := root.Chmod(filepath.FromSlash(e.Path), mode); err != nil {
				return err
			}
		}
	}
	if m.Mode == 0 {
		return nil
	}
	return root.Chmod(".", m.Mode|0o700)
}

// createFile makes a file that is not there yet, which fill writes.
func createFile(path string, mode fs.FileMode, fill func(*os.File) error) error {
	if mode&0o111 != 0 {
		unlogged.Forks.RLock()
		defer unlogged.Forks.RUnlock()
	}
	f, err := unlogged.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil && mode != 0o600 {
		err = f.Chmod(mode)
	}
	return cmp.Or(err, f.Close())
}
