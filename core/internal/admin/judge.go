package admin

import (
	"maps"
	"slices"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A judged record is one that a verdict was asked for, or one that such a
// record depends on. There is one for each record, however many use it.
type judged struct {
	rec     *record.Record
	alone   Verdict // without the children
	verdict Verdict // valid once judged
	state   State   // of verdict; Same until something else is known
	uses    []use
	met     bool // uses are found
	done    bool // the verdict is final
}

// A use is a child of a record, with all records that there are of it.
type use struct {
	in      *input.Input
	name    engine.ChildName
	records []*judged
}

func (v Verdict) clone() Verdict {
	return Verdict{maps.Clone(v.Columns), slices.Clip(v.Reasons), v.Code}
}

func (v *Inspector) judged(rec *record.Record, file store.RecordFile) *judged {
	key := recordKey{variant{file.Slot, file.Variant}, file.ID}
	n := v.seen[key]
	if n == nil {
		n = &judged{rec: rec, alone: v.alone(rec), state: Same}
		v.seen[key] = n
	}
	return n
}

// recordsOf returns the records of the variant that is a child.
func (v *Inspector) recordsOf(child engine.ChildName) []*judged {
	slot, id := child.Variant()
	key := variant{slot, id}
	list, known := v.variants[key]
	if known {
		return list
	}
	for _, file := range v.c.store.Records(slot, id) {
		if rec, err := v.c.engine.Read(file); err == nil {
			list = append(list, v.judged(rec, file))
		}
	}
	v.variants[key] = list
	return list
}

// judge finds the verdict on a record and on all that it depends on.
//
// Records may depend on each other in a circle: as a look-up does, it assumes
// that nothing has changed in a child, and weighs all records again until no
// assumption turns out wrong. A record that has changed keeps its reasons, so
// that none is a reason for itself. Where there is no circle the second round
// finds nothing new.
func (v *Inspector) judge(n *judged) {
	group := v.below(n, nil)
	for again := true; again; {
		again = false
		for _, n := range group {
			if n.state == Changed {
				continue
			}
			n.verdict = v.weigh(n)
			was := n.state
			n.state = n.verdict.State()
			again = again || n.state != was
		}
	}
	for _, n := range group {
		n.done = true
	}
}

// below appends the records that n depends on, and then n, without those that
// are judged.
func (v *Inspector) below(n *judged, group []*judged) []*judged {
	if n.done || n.met {
		return group
	}
	n.met = true
	for i := range n.rec.Inputs {
		if in := &n.rec.Inputs[i]; in.Kind == input.Child {
			name := engine.Child(in)
			n.uses = append(n.uses, use{in, name, v.recordsOf(name)})
		}
	}
	for _, u := range n.uses {
		for _, child := range u.records {
			group = v.below(child, group)
		}
	}
	return append(group, n)
}

// weigh is the verdict on a record by what is known of its children.
func (v *Inspector) weigh(n *judged) Verdict {
	verdict := n.alone.clone()
	for _, u := range n.uses {
		state, reasons := v.child(u, n.rec.Algorithm)
		verdict.add("children", state, reasons...)
	}
	return verdict
}

// child looks for a record of a child that has the same output and in which
// nothing has changed.
func (v *Inspector) child(u use, alg engine.Algorithm) (State, []engine.Reason) {
	name := u.in.Detail
	r := engine.ChildGone(name)
	state, nearest := Changed, 1<<30
	for _, n := range u.records {
		equal := alg.Cut(n.rec.Output.ID) == u.in.Digest && u.name.Is(n.rec)
		reasons := n.verdict.Reasons
		switch {
		case equal && n.state != Changed && u.name.Expired(n.rec, time.Now()):
			if nearest > 0 {
				nearest = 0
				r = u.name.Outlived(name, n.rec)
			}
		case equal && n.state == Same:
			return Same, nil
		case equal && n.state == Unknown:
			state = Unknown
		case len(reasons) < nearest && (equal || len(reasons) > 0):
			nearest = len(reasons)
			r = engine.ChildChanged(name, reasons)
		case nearest == 1<<30:
			r = engine.ChildDiffers(name)
		}
	}
	if state == Changed {
		return Changed, []engine.Reason{r}
	}
	return state, nil
}
