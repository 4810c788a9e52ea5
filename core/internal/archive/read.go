package archive

import (
	"archive/tar"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/tree"
)

// maxRecord bounds the size of a record and of a tree's manifest, which are held in
// memory. Both take about a hundred bytes for each of their files.
const maxRecord = 32 << 20

// maxRefused is how many refusals are remembered.
const maxRefused = 20

// Read takes an archive into a store. A record or object that is not what its name says
// is refused, and so is an object that no record before it needs, since an archive of a
// few hundred bytes can expand to gigabytes. The rest is taken. limit bounds how many
// bytes the records and their objects may take in all; 0 is no bound. An error is one of
// the archive as a whole, of which nothing is kept then, or of the store.
func Read(r io.Reader, s *store.Store, limit int64) (Count, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return Count{}, fmt.Errorf("not an archive of cachetest export: %w", err)
	}
	a := &reader{s: s, limit: limit, batch: s.NewBatch(), payloads: s.NewBatch(), needs: map[store.ObjectID]int64{}, manifests: map[store.ObjectID]bool{}}
	defer a.batch.Discard()
	defer a.payloads.Discard()
	archive := tar.NewReader(zip)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			err := a.finish()
			return a.n, err
		}
		if err == nil {
			err = a.entry(header, archive)
		}
		if err != nil {
			return Count{Refused: a.n.Refused}, archiveError(err)
		}
	}
}

// archiveError says of an error that is one of the archive, and not of the store, that
// the archive is damaged.
func archiveError(err error) error {
	var corrupt flate.CorruptInputError
	if errors.Is(err, tar.ErrHeader) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt) {
		return fmt.Errorf("the archive is damaged: %w", err)
	}
	return err
}

// A reader reads an archive. Until it has read the archive to its end, all that it
// takes is in the batches only, where no build finds it.
type reader struct {
	s        *store.Store
	batch    *store.Batch // objects
	payloads *store.Batch // records
	limit    int64

	records   []stagedRecord
	needs     map[store.ObjectID]int64 // the sizes of the objects that records need, or arrived
	manifests map[store.ObjectID]bool  // those of needs that name further objects
	sum       int64                    // size of the records and of all that they need
	n         Count
}

// arrived stands in needs for the size of an object that was read.
const arrived = -1

// A stagedRecord is a record whose payload is in a batch.
type stagedRecord struct {
	name    string
	file    store.RecordFile
	payload store.ObjectRef
}

func (n *Count) refuse(name string, why error) {
	if len(n.Refused) < maxRefused {
		n.Refused = append(n.Refused, fmt.Sprintf("%.80q: %v", name, why))
	}
}

// entry reads one entry. An error is one of the whole archive.
func (a *reader) entry(header *tar.Header, data io.Reader) error {
	parts := strings.Split(header.Name, "/")
	switch {
	case header.Typeflag != tar.TypeReg || sparse(header):
	case parts[0] == "objects" && len(parts) == 2:
		return a.object(header, parts[1], data)
	case parts[0] == "records" && len(parts) == 4:
		return a.record(header, parts[1:], data)
	}
	a.n.refuse(header.Name, errors.New("neither an object nor a record"))
	return nil
}

// sparse reports whether an entry is a file with holes, which package tar fills
// with zeros that the archive does not hold.
func sparse(header *tar.Header) bool {
	for key := range header.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// need notes that a record needs an object of a size.
func (a *reader) need(id store.ObjectID, size int64) error {
	if _, known := a.needs[id]; known {
		return nil
	}
	a.needs[id] = size
	return a.grow(size)
}

// grow adds to the size that the archive takes in the store, and fails if that is more
// than limit. The comparison is written so that no size makes the sum overflow.
func (a *reader) grow(size int64) error {
	if size < 0 || a.limit > 0 && size > a.limit-a.sum {
		return fmt.Errorf("the archive is refused: what its records need takes more than the %d bytes that the store may hold (max_bytes)", a.limit)
	}
	a.sum += size
	return nil
}

// object reads an object. One that no record needs is skipped, as is a second copy.
func (a *reader) object(header *tar.Header, name string, data io.Reader) error {
	var id store.ObjectID
	if !store.ParseHex(id[:], name) {
		a.n.refuse(header.Name, errDigest)
		return nil
	}
	if size, needed := a.needs[id]; !needed || size != header.Size {
		a.n.refuse(header.Name, errors.New("no record before it needs it, or it stands there twice"))
		return nil
	}
	a.needs[id] = arrived
	ref, err := a.batch.Put(data)
	if err != nil {
		return err
	}
	if ref.ID != id {
		a.n.refuse(header.Name, errDigest)
		return nil
	}
	if a.manifests[id] {
		return a.manifest(ref)
	}
	return nil
}

var errDigest = errors.New("its content has another digest")

// manifest notes the objects that a tree needs. A manifest that cannot be read is
// reported when its record is checked.
func (a *reader) manifest(ref store.ObjectRef) error {
	data, err := a.read(ref)
	if err != nil {
		return nil
	}
	m, err := tree.Decode(data)
	if err != nil {
		return nil
	}
	for _, file := range m.Objects() {
		if err := a.need(file.ID, file.Size); err != nil {
			return err
		}
	}
	return nil
}

// read returns the bytes of an object of the archive, or else of the store.
func (a *reader) read(ref store.ObjectRef) ([]byte, error) {
	if ref.Size > maxRecord {
		return nil, fmt.Errorf("its manifest has %d bytes, more than %d MiB", ref.Size, maxRecord>>20)
	}
	if data, err := a.batch.Read(ref); err == nil {
		return data, nil
	}
	return a.s.ReadObject(ref)
}

// record stages a record, and notes the objects that it needs.
func (a *reader) record(header *tar.Header, name []string, data io.Reader) error {
	r := stagedRecord{name: header.Name}
	switch {
	case !store.ParseHex(r.file.Slot[:], name[0]) || !store.ParseHex(r.file.Variant[:], name[1]) || !store.ParseHex(r.file.ID[:], name[2]):
		a.n.refuse(header.Name, errors.New("its name is none of a record"))
		return nil
	case header.Size > maxRecord:
		a.n.refuse(header.Name, fmt.Errorf("it has more than %d MiB", maxRecord>>20))
		return nil
	}
	if err := a.grow(header.Size); err != nil {
		return err
	}
	payload, err := io.ReadAll(data)
	if err != nil {
		return err
	}
	rec, err := check(r.file, payload)
	if err != nil {
		a.n.refuse(header.Name, err)
		return nil
	}
	if r.payload, err = a.payloads.Put(bytes.NewReader(payload)); err != nil {
		return err
	}
	a.records = append(a.records, r)
	refs, err := rec.Objects(a.read)
	if err != nil && !rec.HasInline {
		a.manifests[rec.Output.ID] = true // which has not been read yet
	}
	for _, ref := range refs {
		if err := a.need(ref.ID, ref.Size); err != nil {
			return err
		}
	}
	return nil
}

// check decodes a record, and reports what is wrong with it but for its objects.
func check(f store.RecordFile, payload []byte) (*record.Record, error) {
	rec, err := record.Decode(payload)
	switch {
	case err != nil:
		return nil, err
	case store.SlotOf(rec.Package, rec.Key) != f.Slot:
		return nil, errors.New("it belongs to another fixture")
	case rec.ID() != f.ID:
		return nil, errors.New("its inputs are others than its name says")
	case rec.HasInline && store.Ref(rec.Inline) != rec.Output:
		return nil, errors.New("its output has another digest")
	case rec.Local:
		return nil, errors.New("Local() keeps it on the machine that built it")
	}
	return rec, nil
}

// finish stores the records whose objects are all there, and these objects. As in a
// build the objects come first: a crash in between leaves objects that no record needs.
func (a *reader) finish() error {
	needed := map[store.ObjectID]bool{}
	var taken []stagedRecord
	for _, r := range a.records {
		refs, err := a.complete(r)
		if err != nil {
			a.n.refuse(r.name, err)
			continue
		}
		taken = append(taken, r)
		for _, ref := range refs {
			if a.batch.Holds(ref.ID) && !needed[ref.ID] {
				needed[ref.ID] = true
				a.n.Objects++
				a.n.Bytes += ref.Size
			}
		}
	}
	a.batch.Keep(needed)
	if err := a.batch.Commit(); err != nil {
		return err
	}
	for _, r := range taken {
		payload, err := a.payloads.Read(r.payload)
		if err == nil {
			err = a.s.PutRecord(r.file.Slot, r.file.Variant, r.file.ID, payload)
		}
		if err != nil {
			return err
		}
		a.n.Records++
		a.n.Bytes += int64(len(payload))
	}
	return nil
}

// complete returns the objects of a record, or an error if one is missing or damaged.
func (a *reader) complete(r stagedRecord) ([]store.ObjectRef, error) {
	payload, err := a.payloads.Read(r.payload)
	if err != nil {
		return nil, err
	}
	rec, err := record.Decode(payload)
	if err != nil {
		return nil, err
	}
	refs, err := rec.Objects(a.read)
	if err != nil {
		return nil, err
	}
	for _, ref := range refs {
		if !a.batch.Has(ref) {
			return nil, fmt.Errorf("object %.12s is missing or damaged", ref.ID)
		}
	}
	return refs, nil
}
