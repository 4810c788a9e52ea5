package tier

import (
	"fmt"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/remote"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Offer returns a function that gives a record of the store to others, and why it cannot
// be of use to them. The function does nothing then, and where this process only reads.
func (t *Tier) Offer(key compare.Variant, rec *record.Record) (give func() error, why string) {
	nothing := func() error { return nil }
	list, why := travelling(t.read, key, rec)
	if why != "" {
		return nothing, why
	}
	size := 0
	for i := range list {
		size += len(list[i].Payload)
	}
	switch {
	case size > remote.MaxEntry:
		return nothing, fmt.Sprintf("its record and those of the fixtures that it used take %s, more than %s", human.Size(int64(size)), human.Size(remote.MaxEntry))
	case !Writes():
		return nothing, ""
	}
	return func() error {
		defer t.tier.Within(t.patience(rec.BuildTime, 0))()
		refs, err := rec.Objects(t.store.ReadObject)
		if err == nil {
			e := &remote.Entry{Record: list[0], Children: list[1:]}
			err = t.tier.Publish(e, unlogged.Getenv("CACHETEST_REMOTE_KEY") != "", refs, t.store.OpenObject)
		}
		return fault(err)
	}, ""
}

// Tied says why a record cannot be of use on another machine: record.Tied, of the
// fixtures that its build used as well.
func Tied(read func(compare.Variant) []*compare.Record, rec *record.Record) string {
	_, why := travelling(read, compare.Variant{}, rec)
	return why
}

// travelling returns a record as it travels, and then those of the fixtures that its
// build used, and theirs. why says that it cannot.
func travelling(read func(compare.Variant) []*compare.Record, key compare.Variant, rec *record.Record) (list []remote.Record, why string) {
	seen := map[string]bool{}
	uses := []*input.Input{nil}
	for i := 0; i < len(uses); i++ {
		of := ""
		if in := uses[i]; in != nil {
			use := in.Name + string(in.Digest[:])
			if seen[use] {
				continue
			}
			seen[use] = true
			name := compare.Child(in)
			key = name.Variant
			there := read(key)
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

// withoutStats returns a record without the stats of its files, which hold on one machine
// alone: the files are read when it is looked at next.
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
