package store

import (
	"crypto/sha256"
	"iter"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
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

func exists(path string) bool {
	_, err := unlogged.LstatPath(path)
	return err == nil
}
