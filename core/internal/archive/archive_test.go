package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

func newStore(t *testing.T) *store.Store {
	s, err := store.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var object = []byte(strings.Repeat("object", 10000))

// sample is a record, with its output in an object or in itself.
func sample(inline bool) *record.Record {
	rec := &record.Record{
		Key: "k", Package: "p", Built: time.Unix(1, 0), Output: store.Ref(object),
		Inputs: []input.Input{{Kind: input.File, Name: "a", Digest: input.XXHash64.DigestOf("a")}},
	}
	if inline {
		rec.Inline, rec.HasInline, rec.Output = []byte("value"), true, store.Ref([]byte("value"))
	}
	return rec
}

func TestRoundTrip(t *testing.T) {
	from, to := newStore(t), newStore(t)
	rec := sample(false)
	if _, err := from.PutObject(object); err != nil {
		t.Fatal(err)
	}
	slot := store.SlotOf("p", "k")
	if err := from.PutRecord(slot, store.VariantID{1}, rec.ID(), rec.Encode()); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	n, err := Write(&b, from, func(pkg, key string) bool { return pkg == "p" && key == "k" }, nil)
	if err != nil || n.Records != 1 || n.Objects != 1 {
		t.Fatalf("%+v, %v", n, err)
	}
	for cut := range 20 { // an archive cut anywhere is an error, or a whole prefix
		part := b.Bytes()[:b.Len()*cut/20]
		if n, err := Read(bytes.NewReader(part), newStore(t), nil); err == nil {
			t.Errorf("cut to %d bytes: %+v", len(part), n)
		}
	}
	if n, err := Read(&b, to, nil); err != nil || n.Records != 1 || n.Objects != 1 || len(n.Refused) != 0 {
		t.Fatalf("%+v, %v", n, err)
	}
	if _, err := to.ReadObject(rec.Output); err != nil {
		t.Error(err)
	}
	if len(to.Records(slot, store.VariantID{1})) != 1 {
		t.Error("no record")
	}
}

func TestRefuse(t *testing.T) {
	type entry struct {
		header tar.Header
		data   []byte
	}
	sum := sha256.Sum256(object)
	goodObject := entry{tar.Header{Name: "objects/" + hex.EncodeToString(sum[:])}, object}
	recordEntry := func(slot store.SlotID, rec *record.Record, change func(*record.Record)) entry {
		id := rec.ID()
		if change != nil {
			change(rec)
		}
		return entry{tar.Header{Name: "records/" + slot.String() + "/" + store.VariantID{}.String() + "/" + id.String()}, rec.Encode()}
	}
	slot := store.SlotOf("p", "k")
	for _, test := range []struct {
		reason  string
		entries []entry
		want    string // in the refusal
	}{
		{"a path that leaves the store", []entry{{tar.Header{Name: "../../etc/passwd"}, object}}, "neither an object nor a record"},
		{"an absolute path", []entry{{tar.Header{Name: "/objects/x"}, object}}, "neither an object nor a record"},
		{"a link", []entry{{tar.Header{Name: goodObject.header.Name, Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, nil}}, "neither an object nor a record"},
		{"an object under another name", []entry{{goodObject.header, []byte("other")}}, "another digest"},
		{"an object of no name", []entry{{tar.Header{Name: "objects/.."}, object}}, "another digest"},
		{"a record without its object", []entry{recordEntry(slot, sample(false), nil)}, "is missing"},
		{"a record of another fixture", []entry{recordEntry(store.SlotOf("p", "other"), sample(true), nil)}, "belongs to another fixture"},
		{"a record with other inputs", []entry{recordEntry(slot, sample(true), func(r *record.Record) { r.Inputs[0].Digest[3]++ })}, "its inputs are others"},
		{"a record with another value", []entry{recordEntry(slot, sample(true), func(r *record.Record) { r.Inline = []byte("poison") })}, "not a record"},
		{"a value whose quick sum was made to fit", []entry{recordEntry(slot, sample(true), func(r *record.Record) {
			id := r.Output.ID
			r.Inline = []byte("poison")
			r.Output = store.Ref(r.Inline)
			r.Output.ID = id
		})}, "another digest"},
		{"an object of another size", []entry{goodObject, recordEntry(slot, sample(false), func(r *record.Record) { r.Output.Size++ })}, "damaged"},
		{"a record that does not parse", []entry{{recordEntry(slot, sample(true), nil).header, []byte("nonsense")}}, "not a record"},
		{"a variant of no name", []entry{{tar.Header{Name: "records/" + slot.String() + "/../x"}, nil}}, "its name is none of a record"},
	} {
		var b bytes.Buffer
		zip := gzip.NewWriter(&b)
		w := tar.NewWriter(zip)
		for _, e := range test.entries {
			e.header.Size, e.header.Mode = int64(len(e.data)), 0o777
			if err := w.WriteHeader(&e.header); err != nil {
				t.Fatal(err)
			}
			w.Write(e.data)
		}
		w.Close()
		zip.Close()
		s := newStore(t)
		n, err := Read(&b, s, nil)
		if err != nil || n.Records != 0 || len(n.Refused) != 1 || !strings.Contains(n.Refused[0], test.want) {
			t.Errorf("%s: %+v, %v; want %q", test.reason, n, err, test.want)
		}
		for f := range s.All() {
			t.Errorf("%s: stored %v", test.reason, f)
		}
	}
}
