package store

import (
	"crypto/sha256"
	"iter"
	"path/filepath"
	"strings"
)

// All lists the records of the whole store, in the order of slots and
// variants, without looking at them: Read tells Used and Size. What
// is removed meanwhile may be listed.
func (s *Store) All() iter.Seq[RecordFile] {
	return func(yield func(RecordFile) bool) {
		root := filepath.Join(s.dir, "slots")
		shards, _ := s.readDir(root)
		for _, shard := range shards {
			slots, _ := s.readDir(filepath.Join(root, shard.Name()))
			for _, e := range slots {
				var slot SlotID
				if !ParseHex(slot[:], e.Name()) {
					continue
				}
				for _, variant := range s.Variants(slot) {
					for _, f := range s.recordNames(slot, variant) {
						if !yield(f) {
							return
						}
					}
				}
			}
		}
	}
}

// SlotOf returns the slot of a fixture: of its key in its package.
func SlotOf(pkg, key string) SlotID { return sha256.Sum256([]byte(pkg + "\x00" + key)) }

// recordNames lists a variant's records without looking at them.
func (s *Store) recordNames(slot SlotID, variant VariantID) (files []RecordFile) {
	entries, _ := s.readDir(s.variantDir(slot, variant))
	for _, e := range entries {
		f := RecordFile{Slot: slot, Variant: variant}
		if hexID, ok := strings.CutPrefix(e.Name(), "r-"); ok && ParseHex(f.ID[:], hexID) {
			files = append(files, f)
		}
	}
	return files
}
