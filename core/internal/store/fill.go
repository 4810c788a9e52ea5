package store

import (
	"os"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Has reports whether the store or the batch has an object. One in the store
// that is not right is put aside, to be put again.
func (b *Batch) Has(ref ObjectRef) bool { return b.has(ref) }

// Fill puts an object that another writes: fill has it written to the file at
// path, of which only this user can read or write. What it is not, by its size and
// its SHA-256, is [ErrDamaged].
func (b *Batch) Fill(ref ObjectRef, fill func(path string) error) error {
	tmp, err := b.create()
	if err != nil {
		return err
	}
	path := tmp.Name()
	tmp.Close()
	if err := filled(ref, path, fill); err != nil {
		os.Remove(path)
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.pending[ref.ID]; ok {
		os.Remove(path) // two equal objects at once
		return nil
	}
	b.pending[ref.ID] = unnamed{ref, path}
	return nil
}

func filled(ref ObjectRef, path string, fill func(path string) error) error {
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	if err := fill(path); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o444); err != nil {
		return err
	}
	f, err := unlogged.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	buf := pieces.Get().(*[]byte)
	defer pieces.Put(buf)
	found, err := digestFile(f, *buf, func([]byte) error { return nil })
	if err == nil && found != ref {
		err = damage(ref.ID.String(), found.Size, ref.Size)
	}
	return err
}
