package store

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Batch puts many files as objects at little more than the cost of writing them: Commit
// syncs all at once, and then gives them their names. Its methods may be called by several
// goroutines at once, but for Keep, Commit and Discard.
type Batch struct {
	s *Store

	mu      sync.Mutex
	pending map[ObjectID]unnamed
	dir     string // locked directory of the pending files, "" before the first
	release func() // unlocks dir
}

// An unnamed is a file that is to become an object.
type unnamed struct {
	ref  ObjectRef
	path string
}

// NewBatch begins a batch, to be ended by Commit or Discard.
func (s *Store) NewBatch() *Batch { return &Batch{s: s, pending: map[ObjectID]unnamed{}} }

// ErrChanged says that a file changed while it was stored.
var ErrChanged = errors.New("it changed while it was stored")

// pieceSize is how much of a file is in memory at a time.
const pieceSize = 1 << 20

var pieces = sync.Pool{New: func() any { b := make([]byte, pieceSize); return &b }}

// PutFile puts the content of the file at path. tap, if there is one, sees all of it,
// piece by piece, and may stop it with an error. A file that is to be stored is read twice:
// most often it is not.
func (b *Batch) PutFile(path string, tap func(piece []byte) error) (ref ObjectRef, err error) {
	f, err := unlogged.Open(path)
	if err != nil {
		return ref, err
	}
	defer f.Close()
	if ref, err = digest(f, tap); err != nil || b.Has(ref) {
		return ref, err
	}
	tmp, err := b.create()
	if err != nil {
		return ref, err
	}
	return ref, b.keep(ref, tmp, copyFile(tmp, f, ref))
}

// Fill puts an object that fill writes, or has another process write, to the file at path,
// which only this user can read or write. The error is [ErrDamaged] if the size or a digest
// of the file is not that of ref.
func (b *Batch) Fill(ref ObjectRef, fill func(path string) error) error {
	tmp, err := b.create()
	if err != nil {
		return err
	}
	if err = os.Chmod(tmp.Name(), 0o600); err == nil {
		err = fill(tmp.Name())
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o444)
	}
	if err == nil {
		var found ObjectRef
		if found, err = RefFile(tmp.Name(), nil); err == nil && found != ref {
			err = damage(ref.ID.String(), found.Size, ref.Size)
		}
	}
	return b.keep(ref, tmp, err)
}

// Put puts the bytes of r, even if the store has them.
func (b *Batch) Put(r io.Reader) (ref ObjectRef, err error) {
	tmp, err := b.create()
	if err != nil {
		return ref, err
	}
	ref, err = digest(io.TeeReader(r, tmp), nil)
	return ref, b.keep(ref, tmp, err)
}

// Holds reports whether an object is in the batch.
func (b *Batch) Holds(id ObjectID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.pending[id]
	return ok
}

// Read returns the bytes of an object in the batch.
func (b *Batch) Read(ref ObjectRef) ([]byte, error) {
	b.mu.Lock()
	tmp := b.pending[ref.ID]
	b.mu.Unlock()
	if tmp.ref != ref {
		return nil, fmt.Errorf("object %.12s is missing: %w", ref.ID, fs.ErrNotExist)
	}
	return unlogged.ReadFile(tmp.path)
}

// Keep forgets all objects but those of ids.
func (b *Batch) Keep(ids map[ObjectID]bool) {
	for id, tmp := range b.pending {
		if !ids[id] {
			os.Remove(tmp.path)
			delete(b.pending, id)
		}
	}
}

// RefFile returns the reference of a file that is not to be stored.
func RefFile(path string, tap func(piece []byte) error) (ref ObjectRef, err error) {
	f, err := unlogged.Open(path)
	if err != nil {
		return ref, err
	}
	defer f.Close()
	return digest(f, tap)
}

func digest(r io.Reader, tap func([]byte) error) (ref ObjectRef, err error) {
	id, sum := sha256.New(), xxhash.New()
	err = eachPiece(r, func(piece []byte) error {
		id.Write(piece)
		sum.Write(piece)
		if ref.Size += int64(len(piece)); tap == nil {
			return nil
		}
		return tap(piece)
	})
	id.Sum(ref.ID[:0])
	ref.Sum = sum.Sum64()
	return ref, err
}

func eachPiece(r io.Reader, do func([]byte) error) error {
	buf := pieces.Get().(*[]byte)
	defer pieces.Put(buf)
	for {
		n, err := r.Read(*buf)
		if n > 0 {
			if err := do((*buf)[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// copyFile copies a file that was digested before, and checks that it has not changed.
func copyFile(tmp, f *os.File, ref ObjectRef) (err error) {
	found := ref
	if cloneFile(tmp, f) == nil {
		found, err = RefFile(tmp.Name(), nil)
	} else if _, err = f.Seek(0, io.SeekStart); err == nil {
		found.Size, found.Sum, err = writeInto(tmp, f)
	}
	if err == nil && found != ref {
		err = ErrChanged
	}
	return err
}

// holeSize is the least run of zeros that is left out: a multiple of the blocks
// of all file systems.
const holeSize = 64 << 10

var zeros [holeSize]byte

// writeInto writes the bytes of src to dst, which is empty. It leaves out zeros, so
// that the holes of a file stay holes, where the file system has any.
func writeInto(dst *os.File, src io.Reader) (size int64, sum uint64, err error) {
	h, hole := xxhash.New(), false
	err = eachPiece(src, func(piece []byte) (err error) {
		h.Write(piece)
		size += int64(len(piece))
		for part := range slices.Chunk(piece, holeSize) {
			if hole = bytes.Equal(part, zeros[:]); hole {
				_, err = dst.Seek(holeSize, io.SeekCurrent)
			} else {
				_, err = dst.Write(part)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && hole { // at its end
		err = dst.Truncate(size)
	}
	return size, h.Sum64(), err
}

// Has reports whether the batch or the store has an object.
func (b *Batch) Has(ref ObjectRef) bool {
	b.mu.Lock()
	tmp, ok := b.pending[ref.ID]
	b.mu.Unlock()
	return ok && tmp.ref == ref || !ok && b.s.has(ref)
}

// has reports whether the store has an object. A damaged one is moved aside, to be put
// again. A right one that was not used for long gets a new time, so that no trim takes
// it for unused before its record is published.
func (s *Store) has(ref ObjectRef) bool {
	f, st, err := s.openObject(ref)
	if err != nil {
		return false
	}
	defer f.Close()
	if s.checkSealed(ref, f, st) != nil {
		return false
	}
	if now := s.now(); now.Sub(unlogged.Time(st.ModTime)) > useInterval/2 {
		return os.Chtimes(s.objectPath(ref.ID), now, now) == nil
	}
	return true
}

func (b *Batch) create() (*os.File, error) {
	b.mu.Lock()
	if b.dir == "" {
		b.dir, b.release = b.s.lockedTempDir()
	}
	b.mu.Unlock()
	return b.s.createIn(b.dir, 0o444)
}

// keep closes a file that was written, and holds it for Commit.
func (b *Batch) keep(ref ObjectRef, tmp *os.File, err error) error {
	if err == nil && !hasFlock {
		err = tmp.Sync()
	}
	if err = cmp.Or(err, tmp.Close()); err != nil {
		os.Remove(tmp.Name())
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.pending[ref.ID]; ok {
		os.Remove(tmp.Name()) // two equal files at once
		return nil
	}
	b.pending[ref.ID] = unnamed{ref, tmp.Name()}
	return nil
}

// syncEach is the largest number of files that are synced one by one: at about a
// millisecond each that is quicker than waiting for all that the whole file system
// has to write.
const syncEach = 32

// Commit syncs the files that were put, and then renames them to objects: an object
// is whole, whatever crashes.
func (b *Batch) Commit() error {
	defer b.Discard()
	if err := b.sync(); err != nil {
		return err
	}
	for id, tmp := range b.pending {
		if err := b.s.rename(tmp.path, b.s.objectPath(id)); err != nil {
			return err
		}
		delete(b.pending, id)
	}
	return nil
}

func (b *Batch) sync() error {
	if !hasFlock || len(b.pending) > syncEach && syncFileSystem(b.s.dir) == nil {
		return nil
	}
	for _, tmp := range b.pending {
		f, err := unlogged.Open(tmp.path)
		if err != nil {
			return err
		}
		err = f.Sync()
		f.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// Discard removes the files that were not committed. The batch may be used again.
func (b *Batch) Discard() {
	b.Keep(nil)
	if b.dir != "" {
		b.release()
		b.dir = ""
	}
}

// Each calls do for the numbers below n, several at once, until there is an error,
// and returns the error of the least number.
func Each(n, workers int, do func(i int) error) (first error) {
	var (
		next atomic.Int64
		wg   sync.WaitGroup
		mu   sync.Mutex
		at   = n
	)
	for range min(n, workers) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				err := do(i)
				if err == nil {
					continue
				}
				next.Store(int64(n)) // no other begins
				mu.Lock()
				if i < at {
					first, at = err, i
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return first
}
