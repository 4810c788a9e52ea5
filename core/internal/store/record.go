package store

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// MaxRecords is how many records a variant keeps: enough to go back and forth
// between a few branches, few enough to look at each on a miss.
const MaxRecords = 16

// recordMagic starts each record file; the checksum and the payload follow.
const recordMagic = "ctrec01\n"

const recordHeader = len(recordMagic) + 8

// A RecordFile is a record as it lies in the store.
type RecordFile struct {
	Slot    SlotID
	Variant VariantID
	ID      RecordID
	Used    time.Time // last use: its modification time
	Size    int64     // of the file
}

// PutRecord publishes a record and forgets the variant's oldest ones past
// MaxRecords. The objects that it refers to must have been put before.
func (s *Store) PutRecord(slot SlotID, variant VariantID, id RecordID, payload []byte) error {
	file := RecordFile{Slot: slot, Variant: variant, ID: id}
	if err := s.writeFile(s.recordPath(file), sealRecord(payload), 0o600); err != nil {
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
	var files []RecordFile
	for _, f := range s.recordNames(slot, variant) {
		if st, err := quiet.LstatPath(s.recordPath(f)); err == nil {
			f.Used, f.Size = quiet.Time(st.ModTime), st.Size
			files = append(files, f)
		}
	}
	sort.SliceStable(files, func(i, j int) bool { return files[i].Used.After(files[j].Used) }) // SortFunc weighs 15 kB for each type
	return files
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
		if decodeHex(id[:], e.Name()) {
			ids = append(ids, id)
		}
	}
	return ids
}

// ReadRecord returns the payload of a record, checked. A damaged one is moved
// aside, and the error says ErrDamaged.
func (s *Store) ReadRecord(f RecordFile) ([]byte, error) { return s.Load(&f) }

// Load is ReadRecord that fills in Used and Size as well.
func (s *Store) Load(f *RecordFile) ([]byte, error) {
	path := s.recordPath(*f)
	file, info, err := private.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var data []byte
	if err == nil {
		defer file.Close()
		f.Used, f.Size = info.ModTime(), info.Size()
		data, err = quiet.ReadAll(nil, file, info)
	}
	if err != nil {
		return nil, fmt.Errorf("record %s: %w: %v", short(path), ErrDamaged, err)
	}
	if payload, ok := openRecord(data); ok {
		return payload, nil
	}
	file.Close() // else some systems do not rename it
	s.quarantine(path)
	return nil, fmt.Errorf("record %s is %w (%d bytes)", short(path), ErrDamaged, len(data))
}

func openRecord(data []byte) (payload []byte, ok bool) {
	if len(data) < recordHeader || string(data[:len(recordMagic)]) != recordMagic {
		return nil, false
	}
	payload = data[recordHeader:]
	return payload, binary.LittleEndian.Uint64(data[len(recordMagic):]) == xxhash.Sum64(payload)
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

// RemoveRecord forgets a record.
func (s *Store) RemoveRecord(f RecordFile) error { return os.Remove(s.recordPath(f)) }

// DamageRecord moves aside a record whose payload its reader cannot make
// sense of, although its checksum holds.
func (s *Store) DamageRecord(f RecordFile) { s.quarantine(s.recordPath(f)) }

func decodeHex(dst []byte, s string) bool {
	if len(s) != hex.EncodedLen(len(dst)) {
		return false
	}
	_, err := hex.Decode(dst, []byte(s))
	return err == nil
}
