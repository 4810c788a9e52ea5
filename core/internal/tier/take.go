package tier

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/remote"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A taker looks at the records that the tier has of a variant.
type taker struct {
	*Tier
	present *compare.Present
	key     string // the fixture's, for people
	refused []input.Reason
	others  []*compare.Record // those with other inputs
}

// Take puts a record of a variant into the store that is valid at present, if the tier
// has one. Else it returns the reasons for the build of the fixture, and with them why the
// records that the tier has do not hold here.
func (t *Tier) Take(p *compare.Present, v compare.Variant, key string, reasons []input.Reason) (taken bool, _ []input.Reason, err error) {
	entries, err := t.tier.Entries(v.Slot, v.ID)
	k := &taker{Tier: t, present: p, key: key}
	for _, e := range entries {
		if taken, err = k.take(e); taken {
			return true, reasons, nil
		} else if err != nil {
			break
		}
	}
	return false, k.explain(reasons), fault(err)
}

func (t *taker) refuse(e *remote.Entry, code, why string) {
	t.refused = append(t.refused, input.Reason{Code: code, Subject: t.key, Text: fmt.Sprintf("record %.12s on %s: %s", e.ID, t.Host, why)})
}

// take puts an entry into the store if it is valid. An error is one of the tier.
func (t *taker) take(e *remote.Entry) (taken bool, err error) {
	why, err := t.tier.Refuses(e, unlogged.Getenv("CACHETEST_REMOTE_TRUST"))
	if err != nil || why != "" {
		t.refuse(e, "remote.refused", "it is refused: "+why)
		return false, err
	}
	rec, err := received(&e.Record)
	if err != nil {
		t.refuse(e, "remote.refused", err.Error())
		return false, nil
	}
	rec.Bases = t.present.World.BaseNames()
	came := &compare.Record{Record: rec, File: store.RecordFile{Slot: e.Slot, Variant: e.Variant, ID: rec.ID()}}
	c := t.present.Differences(came, true)
	if len(c.Found) > 0 && c.Found[0].Kind == input.Child && t.children(e) { // only now, as they may take the places of others here
		c = t.present.Differences(came, true)
	}
	if len(c.Found) > 0 {
		t.others = append(t.others, came)
		return false, nil
	}
	defer t.tier.Within(t.patience(c.Rec.BuildTime, c.Rec.BuildTime))()
	if err := t.objects(c.Rec); errors.Is(err, fs.ErrNotExist) {
		t.refuse(e, "object.missing", err.Error())
		return false, nil
	} else if err != nil {
		return false, err
	}
	// A store that cannot be written to is told by what is built.
	return t.store.PutRecord(e.Slot, e.Variant, c.Rec.ID(), c.Rec.Encode()) == nil, nil
}

// received reads a record that came from elsewhere. All of it is checked that can be,
// and the times and inodes of its files, which are those of another machine, are left
// out.
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

// children puts the records of the fixtures that a build used into the store, and
// reports whether that could be done. Their outputs are fetched when a test asks for
// them.
func (t *taker) children(e *remote.Entry) bool {
	for _, child := range e.Children {
		got, err := received(&child)
		if err != nil {
			return false
		}
		there := t.store.Records(child.Slot, child.Variant)
		if slices.ContainsFunc(there, func(file store.RecordFile) bool { return file.ID == got.ID() }) {
			continue
		}
		if t.store.PutRecord(child.Slot, child.Variant, got.ID(), got.Encode()) != nil {
			return false
		}
	}
	t.present.ForgetRecords()
	return true
}

// objects fetches the output of a record. An error that is fs.ErrNotExist says that
// the tier has it no more.
func (t *taker) objects(rec *record.Record) error {
	refs, err := rec.Objects(func(output store.ObjectRef) ([]byte, error) {
		if err := t.fetch(output); err != nil {
			return nil, err
		}
		return t.store.ReadObject(output)
	})
	if err != nil {
		return err
	}
	return t.fetch(refs...)
}

// fetch puts objects into the store.
func (t *taker) fetch(refs ...store.ObjectRef) error {
	batch := t.store.NewBatch()
	defer batch.Discard()
	if err := t.tier.Fetch(refs, batch); err != nil {
		return err
	}
	return batch.Commit()
}

// explain adds to the reasons of a build what was refused, and, where nothing
// else is known, how the nearest record of the tier differs.
func (t *taker) explain(reasons []input.Reason) []input.Reason {
	if len(t.others) > 0 && len(reasons) == 1 && reasons[0].Code == "first" {
		t.present.ForgetRecords() // no more than one difference of each was looked for
		if changed := t.present.Nearest(t.others).Reasons(); len(changed) > 0 {
			first := changed[0]
			reasons = []input.Reason{{Code: first.Code, Subject: first.Subject, Text: "first run here; on " + t.Host + ": " + input.ReasonText(changed)}}
		}
	}
	return append(t.refused, reasons...)
}
