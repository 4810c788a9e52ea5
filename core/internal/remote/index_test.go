package remote

import (
	"bytes"
	"slices"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/store"
)

var (
	slotA = store.SlotOf("p", "a")
	slotB = store.SlotOf("p", "b")
)

func entry(slot store.SlotID, id byte, size int) *Entry {
	e := &Entry{
		Record:   Record{Slot: slot, ID: store.RecordID{id}, Payload: bytes.Repeat([]byte{id}, size)},
		Children: []Record{{Slot: slotB, Payload: []byte("child")}},
	}
	e.signed, e.signature = encodeEntry(e), []byte{id, id}
	return e
}

func sameEntry(a, b *Entry) bool {
	return a.ID == b.ID && bytes.Equal(a.signed, b.signed) && bytes.Equal(a.signature, b.signature) && bytes.Equal(a.Payload, b.Payload) && len(a.Children) == len(b.Children)
}

func TestIndex(t *testing.T) {
	there := []*Entry{entry(slotA, 1, 10), entry(slotA, 2, 0), entry(slotA, 3, 100)}
	got, err := decodeIndex(encodeIndex(there), slotA, store.VariantID{})
	if err != nil || !slices.EqualFunc(got, there, sameEntry) {
		t.Fatal(got, err)
	}
	if string(got[0].Children[0].Payload) != "child" {
		t.Errorf("%q", got[0].Children)
	}
	if none, err := decodeIndex(encodeIndex(nil), slotA, store.VariantID{}); err != nil || len(none) > 0 {
		t.Error(none, err)
	}
}

// The newest entry comes first, once, and what there is no room for goes.
func TestMergeIsBounded(t *testing.T) {
	var there []*Entry
	for i := range 300 {
		there = merge(entry(slotA, byte(i%150), 1000), there)
		var err error
		if there, err = decodeIndex(encodeIndex(there), slotA, store.VariantID{}); err != nil {
			t.Fatal(err)
		}
	}
	if len(there) != maxEntries || there[0].ID != (store.RecordID{149}) || there[1].ID != (store.RecordID{148}) {
		t.Errorf("%d entries, %v first", len(there), there[0].ID)
	}
	for id := range byte(10) {
		there = merge(entry(slotA, id, MaxEntry-200), there)
	}
	if data := encodeIndex(there); len(data) > maxIndex+1000 {
		t.Errorf("%d bytes", len(data))
	} else if got, err := decodeIndex(data, slotA, store.VariantID{}); err != nil || len(got) == 0 || !sameEntry(got[0], there[0]) {
		t.Error(len(got), err)
	}
}

// An index that was changed on its way is none, nor is one of another fixture.
func TestDamagedIndex(t *testing.T) {
	data := encodeIndex([]*Entry{entry(slotA, 1, 10)})
	for i := range data {
		damaged := slices.Clone(data)
		damaged[i] ^= 1
		if _, err := decodeIndex(damaged, slotA, store.VariantID{}); err == nil {
			t.Errorf("byte %d", i)
		}
		if _, err := decodeIndex(data[:i], slotA, store.VariantID{}); err == nil {
			t.Errorf("the first %d bytes", i)
		}
	}
	if _, err := decodeIndex(data, slotB, store.VariantID{}); err == nil {
		t.Error("that of another slot")
	}
	if _, err := decodeIndex(data, slotA, store.VariantID{1}); err == nil {
		t.Error("that of another variant")
	}
}

func FuzzDecodeEntry(f *testing.F) {
	f.Add(encodeEntry(entry(slotA, 1, 10)))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, signed []byte) {
		e, ok := decodeEntry(signed, nil)
		if ok && !bytes.Equal(encodeEntry(e), signed) {
			// A length may be written in more bytes than it takes: what is read is the same.
			again, ok := decodeEntry(encodeEntry(e), nil)
			if !ok || !bytes.Equal(again.Payload, e.Payload) || len(again.Children) != len(e.Children) {
				t.Errorf("%x", signed)
			}
		}
	})
}
