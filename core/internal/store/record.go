package store

import (
	"bytes"
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
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// MaxRecords is how many records a variant keeps: enough for the packages that share a
// helper on a few branches, few enough to look at each on a miss.
const MaxRecords = 64

// recordMagic starts each record file; the checksum and the payload follow, and
// then notes.
const recordMagic = "ctrec01\n"

const recordHeader = len(recordMagic) + 8

// A Note is a fact that a reader has found out about a record, in a form of its own.
// Notes are appended to the record's file, which spares writing it anew, and a file of
// their own, which each reader would have to open. A fact whose note was cut off, or
// lost with the record, has to be found out again.
type Note [16]byte

// noteMark ends each note, so that they are told from the payload before them.
const noteMark = "ctnote1\n"

const noteLen = len(Note{}) + len(noteMark)

func (n Note) append(data []byte) []byte { return append(append(data, n[:]...), noteMark...) }

// maxNotes bounds the notes of a record: past it they are begun anew.
const maxNotes = 64

// A RecordFile is a record as it lies in the store.
type RecordFile struct {
	Slot    SlotID
	Variant VariantID
	ID      RecordID
	Used    time.Time // last use: its modification time
	Size    int64     // size of the file

	stat unlogged.Stat
}

// PutRecord publishes a record and forgets the variant's oldest ones past
// MaxRecords. The objects that it refers to must have been put before.
func (s *Store) PutRecord(slot SlotID, variant VariantID, id RecordID, payload []byte, notes ...Note) error {
	file := RecordFile{Slot: slot, Variant: variant, ID: id}
	data := sealRecord(payload)
	for _, note := range notes {
		data = note.append(data)
	}
	if err := s.writeFile(s.recordPath(file), data, 0o600, true); err != nil {
		return err
	}
	files := s.Records(slot, variant)
	for _, old := range files[min(MaxRecords, len(files)):] {
		os.Remove(s.recordPath(old))
	}
	return nil
}

func (s *Store) recordPath(f RecordFile) string {
	return s.variantDir(f.Slot, f.Variant) + sep + "r-" + f.ID.String()
}

// Records lists a variant's records, the last used one first, but for those that cannot
// be looked at.
func (s *Store) Records(slot SlotID, variant VariantID) (files []RecordFile) {
	s.eachRecord(slot, variant, func(f RecordFile, path string) {
		if st, err := unlogged.LstatPath(path); err == nil {
			f.setStat(st)
			files = append(files, f)
		}
	})
	sort.SliceStable(files, func(i, j int) bool { return files[i].Used.After(files[j].Used) }) // SortFunc weighs 15 kB for each type
	return files
}

// setStat sets the fields that the stat of the record's file tells.
func (f *RecordFile) setStat(st unlogged.Stat) {
	f.Used, f.Size, f.stat = unlogged.Time(st.ModTime), st.Size, st
}

// Unchanged reports whether a record that was read is still in its place, as it
// was then.
func (s *Store) Unchanged(f *RecordFile) bool {
	st, err := unlogged.LstatPath(s.recordPath(*f))
	return err == nil && st == f.stat
}

// Variants lists the variants of a slot that have a directory.
func (s *Store) Variants(slot SlotID) (ids []VariantID, err error) {
	err = s.eachID(s.slotDir(slot), "", len(VariantID{}), func(id []byte) { ids = append(ids, VariantID(id)) })
	return ids, err
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
		return nil, nil, fmt.Errorf("record %.12s: %w: %v", f.ID, ErrDamaged, err)
	}
	f.setStat(st)
	if payload, notes, ok := openRecord(data); ok {
		return payload, notes, nil
	}
	s.quarantine(path)
	return nil, nil, fmt.Errorf("record %.12s is %w: its %d bytes are not those that were stored", f.ID, ErrDamaged, len(data))
}

func openRecord(data []byte) (payload []byte, notes []Note, ok bool) {
	if len(data) < recordHeader || string(data[:len(recordMagic)]) != recordMagic {
		return nil, nil, false
	}
	sum, rest := binary.LittleEndian.Uint64(data[len(recordMagic):]), data[recordHeader:]
	if !bytes.HasSuffix(rest, []byte(noteMark)) && xxhash.Sum64(rest) == sum {
		return rest, nil, true
	}
	if i := bytes.LastIndex(rest, []byte(noteMark)); i >= 0 {
		payload = rest[:i+len(noteMark)] // the note that follows was cut off
	}
	for len(payload) >= noteLen && bytes.HasSuffix(payload, []byte(noteMark)) {
		payload = payload[:len(payload)-noteLen]
		notes = append(notes, Note(payload[len(payload):noteLen+len(payload)]))
	}
	if xxhash.Sum64(payload) == sum {
		return payload[:len(payload):len(payload)], notes, true
	}
	return rest, nil, xxhash.Sum64(rest) == sum // a payload that ends like a note
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
	file.Write(note.append(nil))
	file.Close()
}

// useInterval is how exact the time of last use is: finer costs a write per
// hit, coarser makes trim evict what was used today.
const useInterval = time.Hour

// MarkUsed notes that a record, and the object it refers to, was used now.
// With toFront it goes to the front of its variant at once.
func (s *Store) MarkUsed(f RecordFile, toFront bool, object *ObjectRef) {
	now := s.now()
	if !toFront && now.Sub(f.Used) < useInterval {
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

// ParseHex parses the String of an id into dst, and reports whether it is one.
func ParseHex(dst []byte, s string) bool {
	if len(s) != hex.EncodedLen(len(dst)) {
		return false
	}
	_, err := hex.Decode(dst, []byte(s))
	return err == nil
}

// All lists the records of the whole store, in the order of slots and variants,
// without looking at them: Read sets Used and Size. A record that is removed
// meanwhile may be listed.
func (s *Store) All() iter.Seq[RecordFile] {
	return func(yield func(RecordFile) bool) {
		for shard := range shards {
			for _, v := range s.variants(shard, func(error) {}) {
				more := true
				s.eachRecord(v.Slot, v.Variant, func(f RecordFile, _ string) { more = more && yield(f) })
				if !more {
					return
				}
			}
		}
	}
}

// variants lists the variants of the slots in a shard, as records without an ID. It calls
// failed with the error of each directory.
func (s *Store) variants(shard int, failed func(error)) (list []RecordFile) {
	failed(s.eachID(s.shardDir("slots", shard), "", len(SlotID{}), func(slot []byte) {
		ids, err := s.Variants(SlotID(slot))
		failed(err)
		for _, id := range ids {
			list = append(list, RecordFile{Slot: SlotID(slot), Variant: id})
		}
	}))
	return list
}

// SlotOf returns the slot of a fixture: of its key in its package.
func SlotOf(pkg, key string) SlotID { return sha256.Sum256([]byte(pkg + "\x00" + key)) }

// eachRecord calls do for each of a variant's records, without looking at it.
func (s *Store) eachRecord(slot SlotID, variant VariantID, do func(f RecordFile, path string)) error {
	dir := s.variantDir(slot, variant)
	return s.eachID(dir, "r-", len(RecordID{}), func(id []byte) {
		do(RecordFile{Slot: slot, Variant: variant, ID: RecordID(id)}, dir+sep+"r-"+RecordID(id).String())
	})
}

// Derived bytes can be found again from other files, at a cost: facts of source files,
// closures. They are checked like records, and written without waiting for the disk, as
// a loss costs no more than a miss does.

func (s *Store) derivedPath(name string) string {
	sum := sha256.Sum256([]byte(name))
	return s.sharded("derived", hex.EncodeToString(sum[:16]))
}

// Derived returns the bytes kept under a name, if they are there and right.
func (s *Store) Derived(name string) ([]byte, bool) {
	path := s.derivedPath(name)
	if s.trusted(filepath.Dir(path)) != nil {
		return nil, false
	}
	data, st, err := private.ReadStat(path)
	if err != nil {
		return nil, false
	}
	payload, _, ok := openRecord(data)
	if !ok {
		s.quarantine(path)
		return nil, false
	}
	if now := s.now(); now.Sub(unlogged.Time(st.ModTime)) > useInterval {
		os.Chtimes(path, now, now) // still of use: trim goes by this
	}
	return payload, true
}

// PutDerived keeps bytes under a name, if that can be done.
func (s *Store) PutDerived(name string, payload []byte) {
	s.writeFile(s.derivedPath(name), sealRecord(payload), 0o600, false)
}

// sealRecord puts magic and checksum before a payload.
func sealRecord(payload []byte) []byte {
	data := make([]byte, 0, recordHeader+len(payload)+noteLen)
	data = append(data, recordMagic...)
	data = binary.LittleEndian.AppendUint64(data, xxhash.Sum64(payload))
	return append(data, payload...)
}
