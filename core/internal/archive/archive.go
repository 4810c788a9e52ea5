// Package archive carries records and objects from one store to another, in
// one file: a compressed tar of
//
//	records/<slot>/<variant>/<record>   the payload of a record
//	objects/<sha256>                    the bytes of an object
//
// each record before the objects that it needs, so that a reader knows of each
// object whether it is needed, and how long it has to be. Nothing in an archive is
// believed: an object must have the digest that its name says, a record must parse,
// belong to the slot and have the inputs that its name says, and all its objects must
// be there and right. A name is never used as a path, and no length makes a reader
// take more memory or disk than its bounds allow.
//
// The archive is as trustworthy as its writer, who can write a record with any
// value.
package archive

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A Count counts what was written or read.
type Count struct {
	Records int
	Objects int
	Bytes   int64
	Refused []string // the entries that were not taken, and why
}

// Write writes the records that want asks for, and their objects. A record is left out
// if it is damaged, is removed meanwhile, or must not leave this machine
// ([record.Record].Local).
func Write(w io.Writer, s *store.Store, want func(pkg, key string) bool) (Count, error) {
	zip, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // fails for unknown levels only
	a := &writer{s: s, tar: tar.NewWriter(zip), done: map[store.ObjectID]bool{}}
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
	done map[store.ObjectID]bool
	n    Count
}

func (a *writer) record(file store.RecordFile, want func(pkg, key string) bool) error {
	payload, _, err := a.s.Read(&file)
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
	refs = slices.DeleteFunc(refs, func(ref store.ObjectRef) bool { return a.done[ref.ID] })
	for _, ref := range refs {
		if _, err := a.s.ReadObject(ref); err != nil {
			return nil // a record is of no use without its objects
		}
	}
	a.n.Records++
	name := "records/" + file.Slot.String() + "/" + file.Variant.String() + "/" + file.ID.String()
	if err := a.add(name, payload); err != nil {
		return err
	}
	for _, ref := range refs {
		if a.done[ref.ID] {
			continue
		}
		data, err := a.s.ReadObject(ref)
		if err != nil {
			return err
		}
		if err := a.add("objects/"+ref.ID.String(), data); err != nil {
			return err
		}
		a.done[ref.ID] = true
		a.n.Objects++
	}
	return nil
}

func (a *writer) add(name string, data []byte) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: int64(len(data)), Format: tar.FormatPAX}
	if err := a.tar.WriteHeader(header); err != nil {
		return err
	}
	a.n.Bytes += int64(len(data))
	_, err := a.tar.Write(data)
	return err
}
