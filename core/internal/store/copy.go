package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// OpenObject opens an object for reading. Its size is right, its bytes are not
// checked. The errors are those of ReadObject.
func (s *Store) OpenObject(ref ObjectRef) (*os.File, error) {
	f, _, err := s.openObject(ref)
	return f, err
}

func (s *Store) openObject(ref ObjectRef) (f *os.File, st unlogged.Stat, err error) {
	path := s.objectPath(ref.ID)
	if err := s.trusted(filepath.Dir(path)); err != nil {
		return nil, st, fmt.Errorf("object %.12s cannot be used: %w", ref.ID, err)
	}
	f, st, err = private.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, st, fmt.Errorf("object %.12s is missing: %w", ref.ID, fs.ErrNotExist)
	case err != nil:
		return nil, st, fmt.Errorf("object %.12s: %w: %w", ref.ID, ErrDamaged, err)
	case st.Size != ref.Size:
		f.Close()
		return nil, st, s.damaged(ref, st.Size)
	}
	return f, st, nil
}

// cloneFrom is the size from which on cloning is worth its own check.
const cloneFrom = 128 << 10

// CopyObject makes dst, which is empty, hold the object's bytes, checked: as a
// clone where the file system can, else by writing them.
func (s *Store) CopyObject(ref ObjectRef, dst *os.File) error {
	src, st, err := s.openObject(ref)
	if err != nil {
		return err
	}
	defer src.Close()
	if ref.Size >= cloneFrom && cloneFile(dst, src) == nil {
		return s.checkSealed(ref, src, st)
	}
	size, sum, err := writeInto(dst, src)
	if err == nil && (size != ref.Size || sum != ref.Sum) {
		return s.damaged(ref, size)
	}
	return err
}

// sealOf returns the seal of an object's file: how it looks when its bytes have been
// read and found right. Copies that do not read the bytes rely on it: each write to
// the object, even by root, changes the times.
func sealOf(st unlogged.Stat) []byte {
	return fmt.Appendf(nil, "%d %d %d %d\n", st.ModTime, st.ChangeTime, st.Inode, st.Device)
}

// sealAge is how long an object must have been left alone before a seal is
// worth anything: time stamps have ticks (the racy rule of git).
const sealAge = 2 * time.Second

// checkSealed checks an object by its seal, or by reading it, which it then
// seals if it is not small.
func (s *Store) checkSealed(ref ObjectRef, f *os.File, st unlogged.Stat) error {
	path := s.sealPath(ref.ID)
	if sealed(path, st) {
		return nil
	}
	sum := xxhash.New()
	if err := eachPiece(f, func(piece []byte) error { sum.Write(piece); return nil }); err != nil {
		return err
	}
	if sum.Sum64() != ref.Sum {
		return s.damaged(ref, st.Size)
	}
	if ref.Size >= cloneFrom && s.now().Sub(unlogged.Time(max(st.ModTime, st.ChangeTime))) > sealAge {
		s.writeFile(path, sealOf(st), 0o600, false) // a seal that does not read back is none
	}
	return nil
}

// sealed reports whether a file looks as its seal says.
func sealed(path string, st unlogged.Stat) bool {
	old, err := private.ReadFile(path)
	return err == nil && st.ChangeTime != 0 && bytes.Equal(old, sealOf(st))
}

func (s *Store) sealPath(id ObjectID) string { return s.sharded("seals", id.String()) }
