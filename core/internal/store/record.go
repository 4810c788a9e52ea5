package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// MaxRecords is how many records a variant keeps: enough to go back and forth
// between a few branches, few enough to look at each on a miss.
const MaxRecords = 16

// recordMagic starts each record file; the checksum of the payload and its length
// follow, the payload, and then notes.
const recordMagic = "ctrec02\n"

const recordHeader = len(recordMagic) + 8 + 8

// A Note is what a reader has found out about a record, in its own words. Notes
// are appended to the record's file, which spares writing it anew, and a file of
// their own, which each reader would have to open. A note that was lost with the
// record, or that stands behind one that was cut off, has to be found out again.
type Note [16]byte

// maxNotes bounds the notes of a record: past it they are begun anew.
const maxNotes = 64

// A RecordFile is a record as it lies in the store.
type RecordFile struct {
	Slot    SlotID
	Variant VariantID
	ID      RecordID
	Used    time.Time // last use: its modification time
	Size    int64     // of the file

	stat unlogged.Stat
}

// PutRecord publishes a record and forgets the variant's oldest ones past
// MaxRecords. The objects that it refers to must have been put before.
func (s *Store) PutRecord(slot SlotID, variant VariantID, id RecordID, payload []byte, notes ...Note) error {
	file := RecordFile{Slot: slot, Variant: variant, ID: id}
	data := sealRecord(payload)
	for _, note := range notes {
		data = append(data, note[:]...)
	}
	if err := s.writeFile(s.recordPath(file), data, 0o600); err != nil {
		return err
	}
	files := s.Records(slot, variant)
	for _, old := range files[min(MaxRecords, len(files)):] {
		os.Remove(s.recordPath(old))
	}
	return nil
}

func (s *Store) recordPath(f RecordFile) string {
	return filepath.Join(s.variantDir(f.Slot, f.Variant), "r-"+f.ID.String())
}

// Records lists a variant's records, the last used one first. What cannot be
// listed is not there.
func (s *Store) Records(slot SlotID, variant VariantID) []RecordFile {
	files := s.recordNames(slot, variant)
	there := files[:0]
	for _, f := range files {
		if st, err := unlogged.LstatPath(s.recordPath(f)); err == nil {
			f.is(st)
			there = append(there, f)
		}
	}
	sort.SliceStable(there, func(i, j int) bool { return there[i].Used.After(there[j].Used) }) // SortFunc weighs 15 kB for each type
	return there
}

// is notes what the system says of a record's file.
func (f *RecordFile) is(st unlogged.Stat) {
	f.Used, f.Size, f.stat = unlogged.Time(st.ModTime), st.Size, st
}

// Unchanged reports whether a record that was read is still in its place, as it
// was then.
func (s *Store) Unchanged(f *RecordFile) bool {
	st, err := unlogged.LstatPath(s.recordPath(*f))
	return err == nil && st == f.stat
}

// Variants lists the variants of a slot that have a directory.
func (s *Store) Variants(slot SlotID) []VariantID {
	entries, err := s.readDir(s.slotDir(slot))
	if err != nil {
		return nil
	}
	var ids []VariantID
	for _, e := range entries {
		var id VariantID
		if ParseHex(id[:], e.Name()) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Read returns the payload of a record, checked, and its notes, and fills in Used
// and Size. A damaged one is moved aside, and the error says ErrDamaged.
func (s *Store) Read(f *RecordFile) (payload []byte, notes []Note, err error) {
	path := s.recordPath(*f)
	data, st, err := private.ReadStat(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		return nil, nil, fmt.Errorf("record %s: %w: %v", short(path), ErrDamaged, err)
	}
	f.is(st)
	if payload, notes, ok := openRecord(data); ok {
		return payload, notes, nil
	}
	s.quarantine(path)
	return nil, nil, fmt.Errorf("record %s is %w: its %d bytes are not those that were stored", short(path), ErrDamaged, len(data))
}

// openRecord returns the notes with the newest first.
func openRecord(data []byte) (payload []byte, notes []Note, ok bool) {
	if len(data) < recordHeader || string(data[:len(recordMagic)]) != recordMagic {
		return nil, nil, false
	}
	sum, size := binary.LittleEndian.Uint64(data[len(recordMagic):]), binary.LittleEndian.Uint64(data[len(recordMagic)+8:])
	rest := data[recordHeader:]
	if size > uint64(len(rest)) || xxhash.Sum64(rest[:size]) != sum {
		return nil, nil, false
	}
	const each = len(Note{})
	for i := (len(rest) - int(size)) / each; i > 0; i-- {
		notes = append(notes, Note(rest[int(size)+(i-1)*each:][:each]))
	}
	return rest[:size:size], notes, true
}

// AddNote adds a note to a record that has some already, if that can be done. A
// record that has enough of them is written anew, from its payload.
func (s *Store) AddNote(f RecordFile, notes int, note Note, payload func() []byte) {
	if notes >= maxNotes {
		s.PutRecord(f.Slot, f.Variant, f.ID, payload(), note)
		return
	}
	file, err := unlogged.OpenFile(s.recordPath(f), os.O_WRONLY|os.O_APPEND|unlogged.Plain, 0)
	if err != nil {
		return
	}
	file.Write(note[:])
	file.Close()
}

// useInterval is how exact the time of last use is: finer costs a write per
// hit, coarser makes trim evict what was used today.
const useInterval = time.Hour

// MarkUsed notes that a record, and the object it refers to, was used now.
// With first it goes to the front of its variant at once.
func (s *Store) MarkUsed(f RecordFile, first bool, object *ObjectRef) {
	now := s.now()
	if !first && now.Sub(f.Used) < useInterval {
		return
	}
	os.Chtimes(s.recordPath(f), now, now)
	if object != nil {
		os.Chtimes(s.objectPath(object.ID), now, now)
	}
}

// DamageRecord moves aside a record whose payload its reader cannot make
// sense of, although its checksum holds.
func (s *Store) DamageRecord(f RecordFile) { s.quarantine(s.recordPath(f)) }

// ParseHex reads what the String of an id wrote.
func ParseHex(dst []byte, s string) bool {
	if len(s) != hex.EncodedLen(len(dst)) {
		return false
	}
	_, err := hex.Decode(dst, []byte(s))
	return err == nil
}

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
