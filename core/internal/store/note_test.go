package store

import (
	"bytes"
	"os"
	"testing"
)

// Notes stay beside a record's payload, whatever becomes of the last of them.
func TestNotes(t *testing.T) {
	cs := newClockStore(t)
	slot, id := SlotOf("p", "k"), RecordID{1}
	payload := []byte("payload")
	if err := cs.PutRecord(slot, VariantID{}, id, payload, Note{0}); err != nil {
		t.Fatal(err)
	}
	read := func() (RecordFile, []Note) {
		t.Helper()
		files := cs.Records(slot, VariantID{})
		if len(files) != 1 {
			t.Fatal(files)
		}
		got, notes, err := cs.Read(&files[0])
		if err != nil || string(got) != string(payload) {
			t.Fatalf("%q, %v", got, err)
		}
		return files[0], notes
	}
	for i := range 3*maxNotes + 5 {
		f, notes := read()
		if len(notes) > maxNotes || notes[0] != (Note{byte(i)}) {
			t.Fatalf("%d notes: %v", i, notes)
		}
		cs.AddNote(f, len(notes), Note{byte(i + 1)}, func() []byte { return payload })
	}
	f, notes := read()
	if err := os.Truncate(cs.recordPath(f), f.Size-1); err != nil {
		t.Fatal(err)
	}
	if _, cut := read(); len(cut) != len(notes)-1 {
		t.Errorf("%d notes of %d are left", len(cut), len(notes))
	}
	if !cs.Unchanged(&f) {
		f, _ = read()
		if !cs.Unchanged(&f) {
			t.Error("changed since it was read")
		}
	} else {
		t.Error("a truncated record is unchanged")
	}
}

// A payload may end like a note, as long as it has none: derived bytes never have.
func TestLikeNote(t *testing.T) {
	for _, payload := range [][]byte{Note{1}.append([]byte("payload")), []byte(noteMark), {}} {
		data := sealRecord(payload)
		if got, notes, ok := openRecord(data); !ok || len(notes) > 0 || !bytes.Equal(got, payload) {
			t.Errorf("%q: %q, %d notes, %t", payload, got, len(notes), ok)
		}
		data[recordHeader-1]++
		if _, _, ok := openRecord(data); ok {
			t.Errorf("%q: another sum is right", payload)
		}
	}
}
