package store

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// An ObjectRef names an object and says how to check it: by SHA-256 it is
// found (and checked when it comes from elsewhere), by size and xxhash64, ten
// times faster, it is checked each time it is read here.
type ObjectRef struct {
	ID   ObjectID
	Size int64
	Sum  uint64 // xxhash64
}

// Ref returns the reference of data.
func Ref(data []byte) ObjectRef {
	return ObjectRef{ID: sha256.Sum256(data), Size: int64(len(data)), Sum: xxhash.Sum64(data)}
}

// Check reports whether data is what ref refers to.
func (ref ObjectRef) Check(data []byte) bool {
	return int64(len(data)) == ref.Size && xxhash.Sum64(data) == ref.Sum
}

// PutObject stores data. An object that is there already, and right, is kept.
func (s *Store) PutObject(data []byte) (ObjectRef, error) {
	ref := Ref(data)
	if s.has(ref) {
		return ref, nil
	}
	return ref, s.writeFile(s.objectPath(ref.ID), data, 0o444, true)
}

// ReadObject returns an object's bytes, checked: a large one by its seal, since
// the check would take as long as the reading. The error says fs.ErrNotExist
// for one that is not there and ErrDamaged for one that fails its check, which
// is moved aside.
func (s *Store) ReadObject(ref ObjectRef) ([]byte, error) {
	f, st, err := s.openObject(ref)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := unlogged.ReadAll(f, st.Size)
	if err != nil {
		return nil, fmt.Errorf("object %.12s: %w: %w", ref.ID, ErrDamaged, err)
	}
	if ref.Size >= mapFrom && int64(len(data)) == ref.Size && sealed(s.sealPath(ref.ID), st) {
		return data, nil
	}
	if !ref.Check(data) {
		return nil, s.damaged(ref, int64(len(data)))
	}
	return data, nil
}

// damaged moves an object aside, and says what is wrong with it.
func (s *Store) damaged(ref ObjectRef, size int64) error {
	s.quarantine(s.objectPath(ref.ID))
	return damage(ref.ID.String(), size, ref.Size)
}

// damage says what is wrong with an object that is not what its name says.
func damage(name string, size, want int64) error {
	if size != want {
		return fmt.Errorf("object %.12s is %w: it has %d bytes, not %d", name, ErrDamaged, size, want)
	}
	return fmt.Errorf("object %.12s is %w: its bytes are not those that were stored", name, ErrDamaged)
}

// mapFrom is the size from which on an object is mapped: below it the page
// faults cost what the reading does.
const mapFrom = 1 << 20

// MapObject returns an object's bytes as a private mapping, which may be
// written to: what is never touched is never read. They are checked as copies
// are, by the seal, so that a disk that loses bits without a word is believed,
// as it is by all who do not read a file twice. The mapping stays for the life
// of the process. For this a process maps an object once only, and gets ok =
// false when it asks again, as for small objects and where files cannot be
// relied on to stay while they are mapped: ReadObject does for those.
//
// The errors are those of ReadObject.
func (s *Store) MapObject(ref ObjectRef) (data []byte, ok bool, err error) {
	if ref.Size < mapFrom || ref.Size != int64(int(ref.Size)) {
		return nil, false, nil
	}
	if _, before := s.mapped.LoadOrStore(ref.ID, true); before {
		return nil, false, nil
	}
	f, st, err := s.openObject(ref)
	if err != nil {
		s.mapped.Delete(ref.ID)
		return nil, false, err
	}
	defer f.Close()
	if !mapsSafely(f) {
		return nil, false, nil
	}
	if err := s.checkSealed(ref, f, st); err != nil {
		s.mapped.Delete(ref.ID)
		return nil, false, err
	}
	data, err = mapPrivate(f, int(ref.Size))
	return data, err == nil, nil
}

// A tree to be used in place lies beside the objects that it was made of, in a
// directory of its own that is named by its manifest's digest. A process that uses it
// holds its lock, shared, until it ends; one that makes or removes it holds the lock
// alone.

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
	// The lock goes last: where it cannot be removed while it is held, the next
	// process that takes it finds no tree.
	entries, _ := unlogged.ReadDir(dir)
	for _, e := range entries {
		if e.Name() != "lock" && unlogged.RemoveAll(filepath.Join(dir, e.Name())) != nil {
			return false
		}
	}
	l.removed(func() { gone = unlogged.RemoveAll(dir) == nil })
	return gone
}
