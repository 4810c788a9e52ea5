package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Tree is a directory or file that was built: see Stored for its methods.
type Tree interface {
	CopyTo(path string) error
	InPlace() (string, error)
}

// Made returns what a build made at a path and no store has, nil if the path is "".
func Made(path string) Tree {
	if path == "" {
		return nil
	}
	return made(path)
}

type made string

func (from made) InPlace() (string, error) { return string(from), nil }

func (from made) CopyTo(path string) error { return removeFailed(path, copyPath(path, string(from))) }

// A Stored tree is a directory or file whose objects are in a store.
type Stored struct {
	Store    *store.Store
	Manifest *Manifest
	ID       store.ObjectID // of the manifest
}

// CopyTo makes a private, writable copy at path, where nothing may be yet: a
// directory, or a file if the tree is one. If it fails it removes the part that it
// has made.
func (t *Stored) CopyTo(path string) error {
	t.Store.SweepTemp()
	m, dir := t.Manifest, path
	if m.Single {
		file := m.Entries[0]
		dir, file.Path = filepath.Split(path)
		m = &Manifest{Single: true, Entries: []Entry{file}}
	} else if err := os.Mkdir(path, 0o755); err != nil {
		return err
	}
	return removeFailed(path, write(t.Store, m, dir, ModeMask))
}

// removeFailed removes what a copy that failed has made, but not what it has found there.
func removeFailed(path string, err error) error {
	if err != nil && !errors.Is(err, fs.ErrExist) {
		unlogged.RemoveAll(path)
	}
	return err
}

// inUse holds the unlock functions of the trees that this process uses in place.
var inUse sync.Map // usedTree -> func()

type usedTree struct {
	store *store.Store
	id    store.ObjectID
}

// InPlace returns the path of the stored tree itself, read-only. It stays for
// as long as the process lives.
func (t *Stored) InPlace() (string, error) {
	t.Store.SweepTemp()
	dir, release, err := inPlace(t.Store, t.Manifest, t.ID)
	if err != nil {
		return "", err
	}
	if old, had := inUse.Swap(usedTree{t.Store, t.ID}, release); had {
		old.(func())()
	}
	if t.Manifest.Single {
		return filepath.Join(dir, t.Manifest.Entries[0].Path), nil
	}
	return dir, nil
}

// Move moves a file or directory to a path at which nothing is, perhaps on another
// file system.
func Move(from, to string) error {
	if os.Rename(from, to) == nil {
		return nil
	}
	return copyPath(to, from)
}

// copyPath copies a file, a link or a directory to where nothing is, with the modes that
// are kept. os.CopyFS would add 26 kB to each test binary.
func copyPath(to, from string) error {
	st, err := unlogged.LstatPath(from)
	switch {
	case err != nil:
		return err
	case st.Mode.IsDir():
		entries, err := unlogged.ReadDir(from)
		if err == nil {
			err = os.Mkdir(to, 0o700)
		}
		for _, e := range entries {
			if err == nil {
				err = copyPath(filepath.Join(to, e.Name()), filepath.Join(from, e.Name()))
			}
		}
		if err == nil {
			err = os.Chmod(to, st.Mode.Perm()&ModeMask|0o700)
		}
		return err
	case st.Mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(from)
		if err == nil {
			err = os.Symlink(target, to)
		}
		return err
	case !st.Mode.IsRegular():
		return fmt.Errorf("%s is %s", from, special(st.Mode))
	}
	data, err := unlogged.ReadFile(from)
	if err != nil {
		return err
	}
	return createFile(to, st.Mode.Perm()&ModeMask, func(f *os.File) error {
		_, err := f.Write(data)
		return err
	})
}
