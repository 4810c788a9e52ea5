package remote

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/fixturecache/fixturecache/core/internal/store"
)

// The index of a variant is what a look-up asks the shared tier for: its newest
// records, whole, since only who looks up can compare their inputs with the
// present. It is one object:
//
//	magic
//	SHA-256 of what follows
//	entries, newest first, each with its length:
//	    record, and the records of the fixtures that it used
//	    signature, or nothing
//
// A writer merges its record into what is there. Of two that do so at once one
// may lose: a fixture more is built on another machine.
const indexMagic = "ctidx01\n"

const (
	// MaxEntries is how many records of a variant are shared: as many as a store
	// keeps, for each of two platforms or Go versions.
	MaxEntries = 2 * store.MaxRecords
	// MaxEntry and maxIndex bound what a look-up transfers. An index is written
	// in one piece that servers take, less than a MiB.
	MaxEntry = 256 << 10
	maxIndex = 512 << 10
)

// A Record is one as the store has it.
type Record struct {
	Slot    store.SlotID
	Variant store.VariantID
	ID      store.RecordID
	Payload []byte
}

// An Entry is a record that is shared.
type Entry struct {
	Record
	Children []Record // those of the fixtures that its build used, and theirs

	signed    []byte // what the signature is of
	signature []byte
}

var errIndex = errors.New("an index is damaged")

// encodeEntry is an entry without its signature: what that is of.
func encodeEntry(e *Entry) []byte {
	b := e.Record.append(nil)
	for i := range e.Children {
		b = e.Children[i].append(b)
	}
	return b
}

// append appends a record. It is not inlined, as what is below is not: this package
// is in each test binary.
//
//go:noinline
func (r *Record) append(b []byte) []byte {
	b = append(b, r.Slot[:]...)
	b = append(b, r.Variant[:]...)
	b = append(b, r.ID[:]...)
	return appendBytes(b, r.Payload)
}

//go:noinline
func appendBytes(b, data []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

// takeBytes takes off what appendBytes appended.
//
//go:noinline
func takeBytes(b []byte) (data, rest []byte, ok bool) {
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) {
		return nil, nil, false
	}
	return b[n : n+int(size)], b[n+int(size):], true
}

func decodeEntry(signed, signature []byte) (*Entry, bool) {
	e := &Entry{signed: signed, signature: signature}
	for first := true; first || len(signed) > 0; first = false {
		var r Record
		var ok bool
		if len(signed) < len(r.Slot)+len(r.Variant)+len(r.ID) {
			return nil, false
		}
		signed = signed[copy(r.Slot[:], signed):]
		signed = signed[copy(r.Variant[:], signed):]
		signed = signed[copy(r.ID[:], signed):]
		if r.Payload, signed, ok = takeBytes(signed); !ok {
			return nil, false
		}
		if first {
			e.Record = r
		} else {
			e.Children = append(e.Children, r)
		}
	}
	return e, true
}

// encodeIndex writes the first entries, as many as there is room for.
func encodeIndex(entries []*Entry) []byte {
	var body []byte
	for _, e := range entries[:min(len(entries), MaxEntries)] {
		next := appendBytes(appendBytes(nil, e.signed), e.signature)
		if len(body)+len(next) > maxIndex {
			break
		}
		body = append(body, next...)
	}
	sum := sha256.Sum256(body)
	return append(append([]byte(indexMagic), sum[:]...), body...)
}

// decodeIndex reads the index of a variant. An entry of another variant is of a
// writer who makes no sense.
func decodeIndex(data []byte, slot store.SlotID, variant store.VariantID) ([]*Entry, error) {
	rest, ok := bytes.CutPrefix(data, []byte(indexMagic))
	if !ok || len(rest) < sha256.Size {
		return nil, errIndex
	}
	sum, rest := rest[:sha256.Size], rest[sha256.Size:]
	if found := sha256.Sum256(rest); !bytes.Equal(sum, found[:]) {
		return nil, errIndex
	}
	var entries []*Entry
	for len(rest) > 0 {
		var signed, signature []byte
		if signed, rest, ok = takeBytes(rest); ok {
			signature, rest, ok = takeBytes(rest)
		}
		if !ok {
			return nil, errIndex
		}
		e, ok := decodeEntry(signed, signature)
		if !ok || e.Slot != slot || e.Variant != variant || len(entries) == MaxEntries {
			return nil, errIndex
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// merge puts an entry in front of those that are there.
func merge(e *Entry, there []*Entry) []*Entry {
	entries := []*Entry{e}
	for _, old := range there {
		if old.ID != e.ID {
			entries = append(entries, old)
		}
	}
	return entries
}
