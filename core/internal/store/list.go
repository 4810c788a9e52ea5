package store

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// All lists the records of the whole store, in the order of slots and
// variants, without looking at them: Load tells Used and Size. What
// is removed meanwhile may be listed.
func (s *Store) All() iter.Seq[RecordFile] {
	return func(yield func(RecordFile) bool) {
		root := filepath.Join(s.dir, "slots")
		shards, _ := s.readDir(root)
		for _, shard := range shards {
			slots, _ := s.readDir(filepath.Join(root, shard.Name()))
			for _, e := range slots {
				var slot SlotID
				if decodeHex(slot[:], e.Name()) && !s.slotRecords(slot, s.recordNames, yield) {
					return
				}
			}
		}
	}
}

// SlotOf returns the slot of a fixture: of its key in its package.
func SlotOf(pkg, key string) SlotID { return sha256.Sum256([]byte(pkg + "\x00" + key)) }

// SlotRecords lists the records of a slot, by variant.
func (s *Store) SlotRecords(slot SlotID) iter.Seq[RecordFile] {
	return func(yield func(RecordFile) bool) { s.slotRecords(slot, s.Records, yield) }
}

func (s *Store) slotRecords(slot SlotID, list func(SlotID, VariantID) []RecordFile, yield func(RecordFile) bool) bool {
	for _, variant := range s.Variants(slot) {
		for _, f := range list(slot, variant) {
			if !yield(f) {
				return false
			}
		}
	}
	return true
}

// recordNames lists a variant's records without looking at them.
func (s *Store) recordNames(slot SlotID, variant VariantID) (files []RecordFile) {
	entries, _ := s.readDir(s.variantDir(slot, variant))
	for _, e := range entries {
		f := RecordFile{Slot: slot, Variant: variant}
		if hexID, ok := strings.CutPrefix(e.Name(), "r-"); ok && decodeHex(f.ID[:], hexID) {
			files = append(files, f)
		}
	}
	return files
}

// Load is ReadRecord of what All lists: it fills in Used and Size as well.
func (s *Store) Load(f *RecordFile) ([]byte, error) {
	payload, _, err := s.Read(f)
	return payload, err
}

// ObjectSize returns the size of an object, without checking it.
func (s *Store) ObjectSize(id ObjectID) (size int64, ok bool) {
	st, err := quiet.LstatPath(s.objectPath(id))
	return st.Size, err == nil
}

// Remove forgets all records of some slots, the objects that only they refer to
// and the trees made of those, whatever their age. A variant that is being built is left alone, and
// counted in busy.
//
// A build that has put an object, but not its record yet, may find the object
// gone: its record is a miss the next time.
func (s *Store) Remove(slots []SlotID, refs func([]byte) ([]ObjectRef, error)) (removed Trimmed, busy int, err error) {
	r := &remover{s: s, refs: refs, objects: map[ObjectID]bool{}}
	for _, slot := range slots {
		for _, variant := range s.Variants(slot) {
			if err := r.variant(slot, variant); err != nil {
				return r.out, r.busy, err
			}
		}
		os.Remove(s.slotDir(slot))
	}
	r.removeObjects()
	return r.out, r.busy, nil
}

type remover struct {
	s       *Store
	refs    func([]byte) ([]ObjectRef, error)
	objects map[ObjectID]bool // of the records removed
	out     Trimmed
	busy    int
}

func (r *remover) variant(slot SlotID, variant VariantID) error {
	dir := r.s.variantDir(slot, variant)
	l, err := lockFile(dir, true)
	if l == nil && err == nil {
		r.busy++
		return nil
	}
	if l != nil {
		defer l.unlock()
	}
	for _, f := range r.s.Records(slot, variant) {
		if payload, err := r.s.ReadRecord(f); err == nil {
			refs, _ := r.refs(payload)
			for _, ref := range refs {
				r.objects[ref.ID] = true
			}
		}
		if err := os.Remove(r.s.recordPath(f)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		r.out.Records++
		r.out.Freed += f.Size
	}
	os.Remove(filepath.Join(dir, "building"))
	os.Remove(filepath.Join(dir, "lock"))
	os.Remove(dir)
	return nil
}

// removeObjects removes the objects that no record refers to any more.
func (r *remover) removeObjects() {
	if len(r.objects) == 0 {
		return
	}
	for f := range r.s.All() {
		if payload, err := r.s.ReadRecord(f); err == nil {
			refs, _ := r.refs(payload)
			for _, ref := range refs {
				delete(r.objects, ref.ID)
			}
		}
	}
	for id := range r.objects {
		if size := r.s.treeSize(id); exists(r.s.TreeDir(id)) && r.s.RemoveTree(id) {
			r.out.Others++
			r.out.Freed += size
		}
		if size, ok := r.s.ObjectSize(id); ok && r.s.RemoveObject(id) == nil {
			r.out.Objects++
			r.out.Freed += size
		}
	}
}

func exists(path string) bool {
	_, err := quiet.LstatPath(path)
	return err == nil
}
