// Package archive carries records and objects from one store to another, in
// one file: a compressed tar of
//
//	objects/<sha256>                    the bytes of an object
//	records/<slot>/<variant>/<record>   the payload of a record
//
// objects first. Nothing in an archive is believed: an object must have the
// digest that its name says, a record must parse, belong to the slot and have
// the inputs that its name says, and all its objects must be there and right.
// A name is never used as a path.
//
// A record holds digests of variables under the secret key of its store, which
// stays there: where it depends on a variable that is set it is a miss
// elsewhere. The archive is as trustworthy as who wrote it: who can write one
// can write a record with a value of his own.
package archive

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A Count is what was carried.
type Count struct {
	Records int
	Objects int
	Bytes   int64
	Refused []string // what was not taken, and why
}

// A Progress is told how far it is.
type Progress func(Count)

// Write writes the records that want asks for, and their objects. A record that
// is damaged, that goes meanwhile, or that must not leave this machine (Local)
// is left out.
func Write(w io.Writer, s *store.Store, want func(pkg, key string) bool, tell Progress) (Count, error) {
	zip, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return Count{}, err
	}
	a := &writer{s: s, tar: tar.NewWriter(zip), tell: tell, done: map[store.ObjectID]bool{}}
	for file := range s.All() {
		if err := a.record(file, want); err != nil {
			return a.n, err
		}
	}
	if err := a.tar.Close(); err != nil {
		return a.n, err
	}
	return a.n, zip.Close()
}

type writer struct {
	s    *store.Store
	tar  *tar.Writer
	tell Progress
	done map[store.ObjectID]bool
	n    Count
}

func (a *writer) record(file store.RecordFile, want func(pkg, key string) bool) error {
	payload, err := a.s.ReadRecord(file)
	if err != nil {
		return nil // gone, or damaged
	}
	rec, err := record.Decode(payload)
	if err != nil || rec.Local || !want(rec.Package, rec.Key) {
		return nil
	}
	refs, err := rec.Objects(a.s.ReadObject)
	if err != nil {
		return nil
	}
	for _, ref := range refs {
		if a.done[ref.ID] {
			continue
		}
		data, err := a.s.ReadObject(ref)
		if err != nil {
			return nil // the record is worth nothing without it
		}
		if err := a.add("objects/"+ref.ID.String(), data); err != nil {
			return err
		}
		a.done[ref.ID] = true
		a.n.Objects++
	}
	a.n.Records++
	name := "records/" + file.Slot.String() + "/" + file.Variant.String() + "/" + file.ID.String()
	return a.add(name, payload)
}

func (a *writer) add(name string, data []byte) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: int64(len(data)), Format: tar.FormatPAX}
	if err := a.tar.WriteHeader(header); err != nil {
		return err
	}
	a.n.Bytes += int64(len(data))
	if a.tell != nil {
		a.tell(a.n)
	}
	_, err := a.tar.Write(data)
	return err
}

// maxEntry bounds what one entry may make us read into memory.
const maxEntry = 4 << 30

// maxRefused is how many refusals are remembered.
const maxRefused = 20

// Read takes an archive into a store. What does not hold is refused, and told;
// the rest is taken. The error is one of the archive as a whole, or of the
// store.
func Read(r io.Reader, s *store.Store, tell Progress) (Count, error) {
	var n Count
	zip, err := gzip.NewReader(r)
	if err != nil {
		return n, fmt.Errorf("not an archive of cachetest export: %w", err)
	}
	archive := tar.NewReader(zip)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("the archive is damaged: %w", err)
		}
		if header.Typeflag != tar.TypeReg || header.Size > maxEntry {
			n.refuse(header.Name, errors.New("neither an object nor a record"))
			continue
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			return n, fmt.Errorf("the archive is damaged: %w", err)
		}
		refused, err := n.take(s, header.Name, data)
		if err != nil {
			return n, err
		}
		if refused != nil {
			n.refuse(header.Name, refused)
			continue
		}
		n.Bytes += int64(len(data))
		if tell != nil {
			tell(n)
		}
	}
}

func (n *Count) refuse(name string, why error) {
	if len(n.Refused) < maxRefused {
		n.Refused = append(n.Refused, fmt.Sprintf("%.80q: %v", name, why))
	}
}

// take stores one entry. refused says that it does not hold, err that the
// store cannot be written to.
func (n *Count) take(s *store.Store, name string, data []byte) (refused, err error) {
	parts := strings.Split(name, "/")
	switch {
	case parts[0] == "objects" && len(parts) == 2:
		var id store.ObjectID
		if !parse(id[:], parts[1]) || sha256.Sum256(data) != id {
			return errors.New("its content has another digest"), nil
		}
		if _, err := s.PutObject(data); err != nil {
			return nil, err
		}
		n.Objects++
		return nil, nil
	case parts[0] == "records" && len(parts) == 4:
		var f store.RecordFile
		if !parse(f.Slot[:], parts[1]) || !parse(f.Variant[:], parts[2]) || !parse(f.ID[:], parts[3]) {
			return errors.New("its name is none of a record"), nil
		}
		if err := check(s, f, data); err != nil {
			return err, nil
		}
		if err := s.PutRecord(f.Slot, f.Variant, f.ID, data); err != nil {
			return nil, err
		}
		n.Records++
		return nil, nil
	}
	return errors.New("neither an object nor a record"), nil
}

func parse(id []byte, text string) bool {
	if len(text) != hex.EncodedLen(len(id)) {
		return false
	}
	_, err := hex.Decode(id, []byte(text))
	return err == nil
}

// check reports what is wrong with a record.
func check(s *store.Store, f store.RecordFile, payload []byte) error {
	rec, err := record.Decode(payload)
	switch {
	case err != nil:
		return err
	case store.SlotOf(rec.Package, rec.Key) != f.Slot:
		return errors.New("it belongs to another fixture")
	case rec.ID() != f.ID:
		return errors.New("its inputs are others than its name says")
	case rec.HasInline && store.Ref(rec.Inline) != rec.Output:
		return errors.New("its output has another digest")
	case rec.Local:
		return errors.New("it never leaves its machine")
	}
	refs, err := rec.Objects(s.ReadObject)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		data, err := s.ReadObject(ref)
		if err != nil {
			return err
		}
		if store.Ref(data) != ref {
			return errors.New("its output has another digest")
		}
	}
	return nil
}
