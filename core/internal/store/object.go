package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/private"
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

// PutObject stores data. An object that is there already, and right, is kept,
// as new: until its record is published it must not look like one that no
// record wants.
func (s *Store) PutObject(data []byte) (ObjectRef, error) {
	ref := Ref(data)
	if _, err := s.ReadObject(ref); err == nil {
		now := s.now()
		if os.Chtimes(s.objectPath(ref.ID), now, now) == nil {
			return ref, nil
		}
	}
	return ref, s.writeFile(s.objectPath(ref.ID), data, 0o444)
}

// ReadObject returns an object's bytes, checked. The error says fs.ErrNotExist
// for one that is not there and ErrDamaged for one that fails its check, which
// is moved aside.
func (s *Store) ReadObject(ref ObjectRef) ([]byte, error) {
	if data, ok := s.readSealed(ref); ok {
		return data, nil
	}
	path := s.objectPath(ref.ID)
	if err := s.trusted(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("object %s cannot be used: %w", short(path), err)
	}
	data, err := private.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("object %s is missing: %w", short(path), fs.ErrNotExist)
		}
		return nil, fmt.Errorf("object %s: %w: %w", short(path), ErrDamaged, err)
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

// short is enough of an object's or record's name to find it by.
func short(path string) string {
	name := strings.TrimPrefix(filepath.Base(path), "r-")
	return name[:min(12, len(name))]
}
