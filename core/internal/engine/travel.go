package engine

import (
	"errors"
	"fmt"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/remote"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// received reads a record that came from elsewhere. Nothing in it is believed
// that can be checked; what it says of files by their times and inodes is of
// another machine's.
func received(r *remote.Record) (*record.Record, error) {
	rec, err := record.Decode(r.Payload)
	switch {
	case err != nil:
		return nil, err
	case store.SlotOf(rec.Package, rec.Key) != r.Slot || rec.ID() != r.ID,
		rec.HasInline && store.Ref(rec.Inline) != rec.Output, rec.Algorithm != input.SHA256, rec.Tied() != "":
		return nil, errors.New("its content is not what its name says")
	}
	return withoutStats(rec), nil
}

// withoutStats is a record without what one machine alone knows of its files: they
// are read when it is looked at next.
func withoutStats(of *record.Record) *record.Record {
	rec := *of
	rec.Inputs = slices.Clone(rec.Inputs)
	for i := range rec.Inputs {
		if in := &rec.Inputs[i]; in.Kind.HasStat() {
			in.Stat = unlogged.Stat{}
			in.Flags |= input.Racy
		}
	}
	return &rec
}

// entry is a record as it travels, with those of the fixtures that it used. why
// says that it cannot.
func (b *builder) entry(rec *record.Record) (e *remote.Entry, why string) {
	list, why := b.c.travelling(b.key, rec)
	if why != "" {
		return nil, why
	}
	size := 0
	for i := range list {
		size += len(list[i].Payload)
	}
	if size > remote.MaxEntry {
		return nil, fmt.Sprintf("its record and those of the fixtures that it used take %s, more than %s", human.Size(int64(size)), human.Size(remote.MaxEntry))
	}
	return &remote.Entry{Record: list[0], Children: list[1:]}, ""
}

// Tied says why a record cannot be of use on another machine: record.Tied, of the
// fixtures that its build used as well.
func (c *Cache) Tied(rec *record.Record) string {
	_, why := c.travelling(compare.Variant{}, rec)
	return why
}

// travelling returns a record as it travels, and then those of the fixtures that its
// build used, and theirs.
func (c *Cache) travelling(key compare.Variant, rec *record.Record) (list []remote.Record, why string) {
	seen := map[string]bool{}
	uses := []*input.Input{nil}
	for i := 0; i < len(uses); i++ {
		of := ""
		if in := uses[i]; in != nil {
			if use := in.Name + string(in.Digest[:]); seen[use] {
				continue
			} else {
				seen[use] = true
			}
			name := compare.Child(in)
			key.Slot, key.ID = name.Variant()
			there := c.read(key)
			at := slices.IndexFunc(there, func(f *compare.Record) bool { return name.Met(f.Record, in.Digest) })
			if at < 0 {
				return nil, "a fixture that it used is no longer stored"
			}
			rec = there[at].Record
			of = fmt.Sprintf("it used the fixture %q: ", rec.Key)
		}
		out := withoutStats(rec)
		if why := out.Tied(); why != "" {
			return nil, of + why
		}
		list = append(list, remote.Record{Slot: key.Slot, Variant: key.ID, ID: out.ID(), Payload: out.Encode()})
		for i := range rec.Inputs {
			if rec.Inputs[i].Kind == input.Child {
				uses = append(uses, &rec.Inputs[i])
			}
		}
	}
	return list, ""
}
