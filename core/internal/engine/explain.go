package engine

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
)

// maxVariants is how many other variants of a slot are looked at for the
// nearest record: those are read from disk for an explanation only.
const maxVariants = 64

// explain returns why there is no hit: what keeps records from being used, and
// what changed since the nearest record of the variant. A variant that has none
// is told from the nearest one of another. It returns that record as well, if
// there is any.
func (cl *call) explain(forced string) ([]Reason, *record.Record) {
	reasons := slices.Clone(cl.faults)
	if forced != "" {
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
	for _, variant := range cl.c.store.Variants(cl.key.Slot) {
		if key := (compare.Variant{Slot: cl.key.Slot, ID: variant}); key != cl.key && len(keys) < maxVariants {
			keys = append(keys, key)
		}
	}
	return cl.nearest(keys...)
}

// otherValues are the reasons of a variant without a record, told from another:
// the values that that one does not have, if any. What else has changed since is
// no reason for a first run with other values.
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
func (cl *call) nearest(keys ...compare.Variant) (best *compare.Comparison) {
	for _, key := range keys {
		for _, f := range cl.Records(key) {
			if c := cl.Differences(f, false); best == nil || c.Nearer(best) > 0 {
				best = c
			}
		}
	}
	return best
}
