package store

import (
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A tree to be used in place lies beside the objects that it was made of, in a
// directory of its own that is named by its manifest's digest. Who uses it
// holds its lock shared until the process ends; who makes or removes it holds
// the lock alone.

// TreeDir returns the directory of a tree.
func (s *Store) TreeDir(id ObjectID) string { return s.sharded("trees", id.String()) }

// LockTree takes the lock of a tree, without waiting. It returns a nil unlock,
// and no error, if another process has it.
func (s *Store) LockTree(id ObjectID, exclusive bool) (unlock func(), err error) {
	if err := s.trusted(s.TreeDir(id)); err != nil {
		return nil, err
	}
	return lockDir(s.TreeDir(id), exclusive)
}

// RemoveTree removes a tree unless a process uses it, and reports whether it
// is gone. It is made again from its objects when it is asked for.
func (s *Store) RemoveTree(id ObjectID) (gone bool) {
	dir := s.TreeDir(id)
	if s.trusted(dir) != nil {
		return false
	}
	l, err := lockFile(dir, true)
	if l == nil || err != nil {
		return false
	}
	defer l.unlock()
	// The lock goes last: where it cannot while it is held, who takes it then
	// finds no tree.
	entries, _ := unlogged.ReadDir(dir)
	for _, e := range entries {
		if e.Name() != "lock" && unlogged.RemoveAll(filepath.Join(dir, e.Name())) != nil {
			return false
		}
	}
	l.removed(func() { gone = unlogged.RemoveAll(dir) == nil })
	return gone
}
