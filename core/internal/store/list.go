package store

import (
	"crypto/sha256"
	"io"
	"iter"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// All lists the records of the whole store, in the order of slots and
// variants, without looking at them: Used and Size are what Load returns. What
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
	file, info, err := private.Open(s.recordPath(*f))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f.Used, f.Size = info.ModTime(), info.Size()
	data := make([]byte, f.Size)
	if _, err := io.ReadFull(file, data); err == nil {
		if payload, ok := openRecord(data); ok {
			return payload, nil
		}
	}
	return s.ReadRecord(*f) // which says what is wrong, and moves it aside
}

func exists(path string) bool {
	_, err := quiet.LstatPath(path)
	return err == nil
}
