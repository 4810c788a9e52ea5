package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/tier"
	"github.com/fixturecache/fixturecache/core/internal/tree"
)

// A hit is a valid record with its output.
type hit struct {
	rec    *record.Record
	data   []byte
	tree   *tree.Stored  // of a directory or file, whose manifest is data; else nil
	in     *store.Store  // holds the record and its output
	from   string        // host of the shared tier that the record came from, "" if it was in the store
	copied time.Duration // how long it took to copy a directory or file
}

// A found record is one that was read from the store.
type found struct {
	compare.Record
	in    *store.Store
	notes []store.Note
	code  codeKey // names the code that it holds for; zero if that is not known
}

// findAgain is find with a new look at the inputs and the records.
func (cl *call) findAgain() *hit {
	cl.Forget()
	return cl.find()
}

// find returns a record of the variant that is valid, the last used one first: nil if there
// is none, or if the fixture is to be built all the same. It takes no lock.
func (cl *call) find() *hit {
	if cl.forced() != "" || cl.proveLater(0) != nil {
		return nil
	}
	key := cl.codeKey()
	for i, f := range cl.records {
		f.code = key
		if h := cl.try(f, i > 0); h != nil {
			return h
		}
	}
	return nil
}

// codeKey names the code that is known of fn.
func (cl *call) codeKey() codeKey {
	if cl.code == nil {
		return cl.codeKeys().plain
	}
	return cl.code.key
}

// findNoted is find without a look at fn's code: it tries only the records whose notes say
// that they hold for the code in this very binary. The record that this process used last
// is not read again while its file is unchanged.
func (cl *call) findNoted() *hit {
	if _, err := process.Identity(); err != nil || cl.forced() != "" {
		return nil
	}
	keys := cl.codeKeys().list()
	if last, ok := cl.c.recent.Load(cl.key); ok {
		if f := last.(*found); slices.Contains(keys, f.code) && f.in.Unchanged(&f.File) {
			if h := cl.try(f, false); h != nil {
				return h
			}
		}
	}
	for i, f := range cl.records {
		at := slices.IndexFunc(keys, func(key codeKey) bool { return slices.Contains(f.notes, key.note()) })
		if at < 0 {
			continue
		}
		f.code = keys[at]
		if h := cl.try(f, i > 0); h != nil {
			return h
		}
	}
	return nil
}

// records yields the records of the variant that can be read, the last used one of each
// store first, with their positions, and adds a fault for each other.
func (cl *call) records(yield func(int, *found) bool) {
	for s := range cl.c.stores {
		for i, file := range s.Records(cl.key.Slot, cl.key.ID) {
			f, err := open(s, file)
			if err != nil {
				cl.addFault(file.ID, "record.damaged", err)
			} else if !yield(i, f) {
				return
			}
		}
	}
}

// try returns a record as a hit if it is valid and its output can be used, else nil. toFront
// says that it is to go to the front of its variant.
func (cl *call) try(f *found, toFront bool) *hit {
	c := cl.Differences(&f.Record, true)
	if len(c.Found) > 0 {
		return nil
	}
	h := &hit{rec: c.Rec, in: f.in}
	if cl.spec.decoded == nil || cl.mode == Verify || !cl.spec.decoded(c.Rec.Output.ID) {
		code, err := "object.damaged", cl.output(h)
		if err == nil {
			code, err = "value.unreadable", cl.accept(h)
		}
		if err != nil {
			cl.addFault(f.File.ID, faultCode(err, code), err)
			return nil
		}
	}
	cl.used(f, c, toFront)
	return h
}

// addFault remembers why a record could not be used although nothing that it
// depends on has changed.
func (cl *call) addFault(id store.RecordID, code string, err error) {
	if !slices.Contains(cl.faulty, id) { // else it was added at an earlier look
		cl.faulty = append(cl.faulty, id)
		cl.faults = append(cl.faults, Reason{Code: code, Subject: cl.spec.Key, Text: err.Error()})
	}
}

// accept asks the caller whether it can use a stored output.
func (cl *call) accept(h *hit) error {
	if h.rec.Form == record.Tree {
		m, err := tree.Decode(h.data)
		if err != nil {
			return err
		}
		h.tree = &tree.Stored{Store: h.in, Manifest: m, ID: h.rec.Output.ID}
	}
	if cl.spec.take == nil {
		return nil
	}
	return cl.spec.take(h)
}

// faultCode tells an object that is gone or damaged from what else is wrong.
func faultCode(err error, otherwise string) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "object.missing"
	case errors.Is(err, store.ErrDamaged):
		return "object.damaged"
	}
	return otherwise
}

// used notes that a record was used, and that it holds for this binary. If files have other
// times but the same content, it stores the record with the present times.
func (cl *call) used(f *found, c *compare.Comparison, toFront bool) {
	file := f.File
	cl.c.noteTurn(cl.key, f.code)
	switch {
	case cl.mode == ReadOnly:
		cl.c.recent.Store(cl.key, f)
	case c.Renewed:
		// Without it the next look-up would read the files again.
		f.in.PutRecord(file.Slot, file.Variant, file.ID, c.Rec.Encode(), f.code.note())
	case cl.digested: // no note has told yet that it holds for this binary
		f.in.AddNote(file, len(f.notes), f.code.note(), c.Rec.Encode)
	default:
		cl.c.recent.Store(cl.key, f)
		var object *store.ObjectRef
		if !f.Record.HasInline {
			object = &f.Record.Output
		}
		f.in.MarkUsed(file, toFront, object)
	}
}

// open reads a record. The error says that it is damaged, also where it is gone
// meanwhile, which needs no message of its own.
func open(s *store.Store, file store.RecordFile) (*found, error) {
	payload, notes, err := s.Read(&file)
	if err != nil {
		return nil, err
	}
	rec, err := record.Decode(payload)
	if err != nil {
		s.DamageRecord(file)
		if errors.Is(err, record.ErrVersion) {
			return nil, fmt.Errorf("record %.12s is %w", file.ID, err)
		}
		return nil, fmt.Errorf("record %.12s is %w: %v", file.ID, store.ErrDamaged, err)
	}
	return &found{compare.Record{Record: rec, File: file}, s, notes, codeKey{}}, nil
}

// output fetches the output of h's record, mapped into memory if the caller can use a
// mapping.
func (cl *call) output(h *hit) (err error) {
	if h.rec.HasInline {
		h.data = bytes.Clone(h.rec.Inline) // a value may be decoded in place
		return nil
	}
	if cl.spec.maps && h.rec.Form == record.Value {
		var mapped bool
		if h.data, mapped, err = h.in.MapObject(h.rec.Output); mapped || err != nil {
			return err
		}
	}
	h.data, err = h.in.ReadObject(h.rec.Output)
	return err
}

// read reads the records of a variant.
func (c *Cache) read(v compare.Variant) (list []*compare.Record) {
	for s := range c.stores {
		for _, file := range s.Records(v.Slot, v.ID) {
			if f, err := open(s, file); err == nil {
				list = append(list, &f.Record)
			}
		}
	}
	return list
}

// maxVariants is how many other variants of a slot are looked at for the
// nearest record: those are read from disk for an explanation only.
const maxVariants = 64

// explain returns why there is no hit: what keeps records from being used, and what has
// changed since the nearest record of the variant, or of another variant if this one has
// none. It returns that record too, nil if there is none.
func (cl *call) explain() ([]Reason, *record.Record) {
	reasons := slices.Clone(cl.faults)
	if forced := cl.forced(); forced != "" {
		reasons = append([]Reason{{Code: "refresh", Text: forced}}, reasons...)
	}
	cl.ForgetRecords()
	best := cl.nearest(cl.key)
	var changed []Reason
	if best != nil {
		changed = best.Reasons()
	} else if best = cl.otherVariant(); best != nil {
		if changed = otherValues(best.Reasons()); len(changed) == 0 {
			changed = []Reason{{Code: "first", Text: "first run for values of With that share memory in another way"}}
		}
	}
	reasons = append(reasons, changed...)
	switch {
	case best == nil && len(reasons) == 0:
		return []Reason{{Code: "first", Text: "first run"}}, nil
	case best == nil:
		return reasons, nil
	case len(reasons) == 0:
		// It became valid while we looked: another process has just built it.
		reasons = append(reasons, Reason{Code: "first", Text: "first run with these inputs"})
	}
	return reasons, best.Rec
}

// otherVariant returns the nearest record of another variant.
func (cl *call) otherVariant() *compare.Comparison {
	var keys []compare.Variant
	variants, _ := cl.c.store.Variants(cl.key.Slot)
	for _, variant := range variants {
		if key := (compare.Variant{Slot: cl.key.Slot, ID: variant}); key != cl.key && len(keys) < maxVariants {
			keys = append(keys, key)
		}
	}
	return cl.nearest(keys...)
}

// otherValues returns the reasons of a variant without a record, given how another variant's
// record differs from the present: the values that differ, if any do. What else has changed
// since is no reason for a first run with other values.
func otherValues(reasons []Reason) []Reason {
	var values []string
	for _, r := range reasons {
		if r.Code == "value.changed" {
			values = append(values, input.ShowValue(r))
		}
	}
	if len(values) == 0 {
		return reasons
	}
	return []Reason{{Code: "first", Text: "first run for " + strings.Join(values, ", ")}}
}

// nearest returns the record of some variants that is nearest to the present, nil
// if there is none.
func (cl *call) nearest(keys ...compare.Variant) *compare.Comparison {
	var list []*compare.Record
	for _, key := range keys {
		list = append(list, cl.Records(key)...)
	}
	return cl.Nearest(list)
}

// The shared tier is asked after the store, under the lock of the variant: a
// record that came from there and holds here is put into the store, and then
// found in it like any other. What this process built is shared with others only
// if CACHETEST_REMOTE_WRITE=1 says so, and if nothing ties it to this machine.

// tier returns the shared tier, nil if there is none.
func (cl *call) tier() *tier.Tier {
	if place, ok := tier.PlaceOf(cl.c.config.Remote); ok {
		return tier.For(cl.c.store, place, cl.c.world, cl.c.read, cl.spec.Deadline)
	}
	return nil
}

// Tied says why a record cannot be of use on another machine.
func (c *Cache) Tied(rec *record.Record) string { return tier.Tied(c.read, rec) }

// tierFault emits the event that the tier is not used any more, if err says why.
func (cl *call) tierFault(t *tier.Tier, err error) {
	if err != nil {
		cl.emit(Event{Type: EventRemote, Remote: t.Host, Cause: err.Error()})
	}
}

// fetch looks in the shared tier for a record that is valid now. Where there is none,
// it returns the reasons for the build, and with them why records of the tier do not
// hold here.
func (cl *call) fetch(reasons []Reason) (*hit, []Reason) {
	t := cl.tier()
	if t == nil || cl.spec.Local || cl.spec.NoStore {
		return nil, reasons
	}
	taken, reasons, err := t.Take(&cl.Present, cl.key, cl.spec.Key, reasons)
	if cl.tierFault(t, err); !taken {
		return nil, reasons
	}
	h := cl.findAgain()
	if h != nil {
		h.from = t.Host
	}
	return h, reasons
}
