package remote

import (
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/store"
)

// indexMagic begins the index of a variant, which a look-up asks the shared tier for. It
// holds the newest records, whole, since only the look-up can compare their inputs with
// the present. It is one object:
//
//	magic
//	SHA-256 of the rest
//	entries, newest first, each with its length:
//	    record, and the records of the fixtures that it used
//	    signature, or nothing
//
// A writer merges its record into what is there. Of two that do so at once one
// may lose: a fixture more is built on another machine.
const indexMagic = "ctidx01\n"

const (
	// maxEntries is how many records of a variant are shared: as many as a store
	// keeps, for each of two platforms or Go versions.
	maxEntries = 2 * store.MaxRecords
	// MaxEntry and maxIndex bound what a look-up transfers. An index is written
	// in one piece that servers take, less than a MiB.
	MaxEntry = 256 << 10
	maxIndex = 512 << 10
)

// A Record is a record as it lies in a store.
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

	signed    []byte // the bytes that are signed
	signature []byte
}

var errIndex = errors.New("an index is damaged")

// code writes a record, or reads it.
func (r *Record) code(c *store.Coder) {
	c.Raw(r.Slot[:])
	c.Raw(r.Variant[:])
	c.Raw(r.ID[:])
	r.Payload = []byte(c.Text(string(r.Payload)))
}

// encodeEntry returns the bytes of an entry that are signed.
func encodeEntry(e *Entry) []byte {
	c := &store.Coder{}
	e.Record.code(c)
	for i := range e.Children {
		e.Children[i].code(c)
	}
	return c.Out
}

func decodeEntry(signed, signature []byte) (*Entry, bool) {
	e, c := &Entry{signed: signed, signature: signature}, &store.Coder{Reading: true, Rest: string(signed)}
	for e.Record.code(c); c.Rest != "" && !c.Bad; {
		var r Record
		r.code(c)
		e.Children = append(e.Children, r)
	}
	return e, !c.Bad
}

// encodeIndex writes the first entries, as many as there is room for.
func encodeIndex(entries []*Entry) []byte {
	c := &store.Coder{}
	for _, e := range entries[:min(len(entries), maxEntries)] {
		end := len(c.Out)
		c.Text(string(e.signed))
		if c.Text(string(e.signature)); len(c.Out) > maxIndex {
			c.Out = c.Out[:end]
			break
		}
	}
	sum := sha256.Sum256(c.Out)
	return append(append([]byte(indexMagic), sum[:]...), c.Out...)
}

// decodeIndex reads the index of a variant. One with an entry of another variant is
// damaged.
func decodeIndex(data []byte, slot store.SlotID, variant store.VariantID) (entries []*Entry, err error) {
	c := &store.Coder{Reading: true, Rest: string(data)}
	magic, sum := c.Take(len(indexMagic)), c.Take(sha256.Size)
	if found := sha256.Sum256([]byte(c.Rest)); magic != indexMagic || sum != string(found[:]) {
		return nil, errIndex
	}
	for c.Rest != "" {
		signed, signature := []byte(c.Text("")), []byte(c.Text(""))
		e, ok := decodeEntry(signed, signature)
		if c.Bad || !ok || e.Slot != slot || e.Variant != variant || len(entries) == maxEntries {
			return nil, errIndex
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// merge puts an entry in front of those that are there.
func merge(e *Entry, there []*Entry) []*Entry {
	same := func(old *Entry) bool { return old.ID == e.ID }
	return append([]*Entry{e}, slices.DeleteFunc(there, same)...)
}
