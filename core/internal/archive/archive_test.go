package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"runtime"
	"strconv"
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
	n, err := Write(&b, from, func(pkg, key string) bool { return pkg == "p" && key == "k" })
	if err != nil || n.Records != 1 || n.Objects != 1 {
		t.Fatalf("%+v, %v", n, err)
	}
	for cut := range 20 { // an archive cut anywhere is an error, or a whole prefix
		part := b.Bytes()[:b.Len()*cut/20]
		if n, err := Read(bytes.NewReader(part), newStore(t), 0); err == nil {
			t.Errorf("cut to %d bytes: %+v", len(part), n)
		}
	}
	if n, err := Read(&b, to, 0); err != nil || n.Records != 1 || n.Objects != 1 || len(n.Refused) != 0 {
		t.Fatalf("%+v, %v", n, err)
	}
	if _, err := to.ReadObject(rec.Output); err != nil {
		t.Error(err)
	}
	if len(to.Records(slot, store.VariantID{1})) != 1 {
		t.Error("no record")
	}
}

type entry struct {
	header tar.Header
	data   []byte
}

// pack makes an archive of entries.
func pack(t *testing.T, entries ...entry) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	w := tar.NewWriter(zip)
	for _, e := range entries {
		e.header.Size, e.header.Mode = int64(len(e.data)), 0o777
		if err := w.WriteHeader(&e.header); err != nil {
			t.Fatal(err)
		}
		w.Write(e.data)
	}
	w.Close()
	zip.Close()
	return &b
}

// sparsePAX is an archive of one file that is one hole, as tar -S writes it in the
// PAX format: package tar does not write such.
func sparsePAX(t *testing.T, name string, size int64) *bytes.Buffer {
	t.Helper()
	pax := ""
	for _, kv := range []string{"GNU.sparse.major=0", "GNU.sparse.minor=1", "GNU.sparse.name=" + name, fmt.Sprint("GNU.sparse.size=", size), "GNU.sparse.numblocks=1", fmt.Sprintf("GNU.sparse.map=%d,0", size)} {
		n := len(kv) + 3
		pax += fmt.Sprintf("%d %s\n", n+len(strconv.Itoa(n))-1, kv)
	}
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	for _, e := range []struct {
		kind byte
		data string
	}{{tar.TypeXHeader, pax}, {tar.TypeReg, ""}} {
		block := make([]byte, 512)
		copy(block, "x")
		copy(block[100:], "0000600\x000000000\x000000000\x00")
		copy(block[124:], fmt.Sprintf("%011o\x0000000000000\x00        %c", len(e.data), e.kind))
		copy(block[257:], "ustar\x0000")
		sum := 0
		for _, c := range block {
			sum += int(c)
		}
		copy(block[148:], fmt.Sprintf("%06o\x00 ", sum))
		zip.Write(block)
		zip.Write([]byte(e.data))
		zip.Write(make([]byte, (512-len(e.data)%512)%512))
	}
	zip.Write(make([]byte, 1024))
	zip.Close()
	return &b
}

// TestBounds: what no record before it needs is not read, so that it takes neither memory
// nor disk, and an archive whose records need too much is refused as a whole.
func TestBounds(t *testing.T) {
	good := sample(false)
	slot := store.SlotOf("p", "k")
	recordOf := func(rec *record.Record) entry {
		return entry{tar.Header{Name: "records/" + slot.String() + "/" + store.VariantID{}.String() + "/" + rec.ID().String()}, rec.Encode()}
	}
	objectOf := func(data []byte) entry {
		return entry{tar.Header{Name: "objects/" + store.Ref(data).ID.String()}, data}
	}
	whole := func(more ...entry) *bytes.Buffer {
		return pack(t, append([]entry{recordOf(good), objectOf(object)}, more...)...)
	}
	large := sample(false)
	large.Output.ID[0]++
	large.Output.Size = 1 << 40
	if testing.Short() {
		t.Skip("it reads hundreds of megabytes of zeros, slowly under the race detector")
	}
	zeros := make([]byte, maxRecord+1)
	hollow := func(name string) *bytes.Buffer { return sparsePAX(t, name, 4_500_000_000) }
	first := sample(false)
	first.Output.Size = 4_500_000_000
	twice := objectOf(object)
	twice.data = bytes.ToUpper(object)
	const spare, other = "no record before it needs it, or it stands there twice", "neither an object nor a record"
	for _, test := range []struct {
		reason  string
		archive *bytes.Buffer
		records int
		want    string // the error, or else what is refused
	}{
		{"218 bytes that are a hole of 4.5 GB", hollow("objects/" + good.Output.ID.String()), 0, other},
		{"a hole under any other name", hollow("x"), 0, other},
		{"a hole that a record needs", join(t, pack(t, recordOf(first)), hollow("objects/"+good.Output.ID.String())), 0, other},
		{"zeros that no record needs", whole(entry{tar.Header{Name: "a"}, zeros}), 1, other},
		{"objects that no record needs", whole(objectOf(zeros)), 1, spare},
		{"an object before its record", pack(t, objectOf(object), recordOf(good)), 0, spare},
		{"an object again", whole(objectOf(object)), 1, spare},
		{"an object again with other bytes", whole(twice), 1, spare},
		{"other bytes again and again", pack(t, recordOf(good), twice, twice), 0, spare},
		{"a record that is too long", whole(entry{recordOf(good).header, zeros}), 1, "it has more than 32 MiB"},
		{"a record that needs more than the store may hold", whole(recordOf(large)), 0, "more than the 5000000000 bytes that the store may hold"},
		{"a cut", bytes.NewBuffer(whole(objectOf(zeros)).Bytes()[:500]), 0, "the archive is damaged: unexpected EOF"},
	} {
		s := newStore(t)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n, err := Read(test.archive, s, 5_000_000_000)
		runtime.ReadMemStats(&after)
		if told := fmt.Sprint(n.Refused, err); n.Records != test.records || n.Objects != test.records || !strings.Contains(told, test.want) {
			t.Errorf("%s: %+v, %v; want %q", test.reason, n, err, test.want)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 100<<20 {
			t.Errorf("%s: took %d MiB of memory", test.reason, took>>20)
		}
		files := 0
		filepath.WalkDir(s.Root(), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				t.Errorf("%s: %v", test.reason, err)
			} else if d.Type().IsRegular() && d.Name() != "CACHEDIR.TAG" {
				files++
			}
			return nil
		})
		if files != 2*test.records { // each with its object
			t.Errorf("%s: %d files are kept", test.reason, files)
		}
	}
}

// join makes one archive of the entries of two.
func join(t *testing.T, a, b *bytes.Buffer) *bytes.Buffer {
	t.Helper()
	plain := func(b *bytes.Buffer) []byte {
		zip, err := gzip.NewReader(b)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(zip)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	first := plain(a)
	var all bytes.Buffer
	zip := gzip.NewWriter(&all)
	zip.Write(first[:len(first)-1024]) // without the end mark
	zip.Write(plain(b))
	zip.Close()
	return &all
}

func TestRefuse(t *testing.T) {
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
		{"an object under another name", []entry{recordEntry(slot, sample(false), nil), {goodObject.header, bytes.ToUpper(object)}}, "another digest"},
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
		s := newStore(t)
		n, err := Read(pack(t, test.entries...), s, 0)
		if err != nil || n.Records != 0 || !strings.Contains(fmt.Sprint(n.Refused), test.want) {
			t.Errorf("%s: %+v, %v; want %q", test.reason, n, err, test.want)
		}
		for f := range s.All() {
			t.Errorf("%s: stored %v", test.reason, f)
		}
	}
}

// FuzzRead reads what is no archive, or one that was changed: what is taken is
// whole, and what is refused leaves nothing.
func FuzzRead(f *testing.F) {
	from, err := store.Open(filepath.Join(f.TempDir(), "store"))
	if err != nil {
		f.Fatal(err)
	}
	rec := sample(false)
	if _, err := from.PutObject(object[:100]); err != nil {
		f.Fatal(err)
	}
	rec.Output = store.Ref(object[:100])
	if err := from.PutRecord(store.SlotOf("p", "k"), store.VariantID{1}, rec.ID(), rec.Encode()); err != nil {
		f.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := Write(&b, from, func(string, string) bool { return true }); err != nil {
		f.Fatal(err)
	}
	zip, err := gzip.NewReader(&b)
	if err != nil {
		f.Fatal(err)
	}
	plain, err := io.ReadAll(zip)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain)
	f.Add(plain[:1024])
	f.Add(plain[1024:])
	f.Fuzz(func(t *testing.T, plain []byte) {
		var b bytes.Buffer
		zip, _ := gzip.NewWriterLevel(&b, gzip.NoCompression)
		zip.Write(plain)
		zip.Close()
		s := newStore(t)
		n, err := Read(&b, s, 1<<20)
		if err != nil && (n.Records > 0 || n.Objects > 0) {
			t.Errorf("%+v with %v", n, err)
		}
		for file := range s.All() {
			payload, _, err := s.Read(&file)
			if err != nil {
				t.Error(err)
				continue
			}
			rec, err := record.Decode(payload)
			if err != nil || rec.ID() != file.ID || store.SlotOf(rec.Package, rec.Key) != file.Slot {
				t.Errorf("took %v, %v", rec, err)
				continue
			}
			refs, err := rec.Objects(s.ReadObject)
			if err != nil {
				t.Error(err)
			}
			for _, ref := range refs {
				if _, err := s.ReadObject(ref); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
