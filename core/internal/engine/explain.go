package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
)

// An explainer finds what changed since the nearest record.
type explainer struct {
	cl *call
	// why holds what was found of each child, nil while it is being found: a
	// child that several fixtures share is explained once.
	why    map[ChildName]*candidate
	pinned bool // of a child that was asked for in a directory of its own
}

// A candidate is a record, and how it differs from now.
type candidate struct {
	rec     *record.Record
	equal   int // inputs that are the same
	reasons []Reason
}

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
	cl.known = nil // another process may have stored a child since
	e := &explainer{cl: cl, why: map[ChildName]*candidate{}}
	best := e.nearest([]variantKey{cl.key}, nil)
	if best == nil {
		best = e.otherVariant()
	}
	if best == nil {
		if len(reasons) == 0 {
			reasons = append(reasons, Reason{Code: "first", Text: "first run"})
		}
		return reasons, nil
	}
	reasons = append(reasons, best.reasons...)
	if len(reasons) == 0 {
		// It became valid while we looked: another process has just built it.
		reasons = append(reasons, Reason{Code: "first", Text: "first run in this state"})
	}
	return reasons, best.rec
}

// otherVariant returns the nearest record of another variant, with the values
// that it does not have for its only reason: what else has changed since is no
// reason for a first run with other values.
func (e *explainer) otherVariant() *candidate {
	var keys []variantKey
	for _, variant := range e.cl.c.store.Variants(e.cl.key.slot) {
		if key := (variantKey{e.cl.key.slot, variant}); key != e.cl.key && len(keys) < maxVariants {
			keys = append(keys, key)
		}
	}
	best := e.nearest(keys, nil)
	if best == nil {
		return nil
	}
	var values []string
	for _, r := range best.reasons {
		if r.Code == "value.changed" {
			values = append(values, input.ShowValue(r))
		}
	}
	if len(values) > 0 {
		best.reasons = []Reason{{Code: "first", Text: "first run for " + strings.Join(values, ", ")}}
	}
	return best
}

// nearest returns the record of the variants with the most inputs equal; on a
// tie that with the least to tell, then the newest; nil if there is none. With
// child they are those of a child.
func (e *explainer) nearest(keys []variantKey, child *ChildName) *candidate {
	var best *candidate
	for _, key := range keys {
		for _, file := range e.cl.c.store.Records(key.slot, key.variant) {
			rec, err := e.cl.c.Read(file)
			if err != nil || child != nil && child.cwd != "" && !child.Is(rec) {
				continue
			}
			at := e
			if child != nil {
				at = &explainer{cl: e.cl.asChild(rec), why: e.why, pinned: child.cwd != ""}
			}
			c := at.compare(rec, child != nil)
			if best == nil || cmp.Or(cmp.Compare(c.equal, best.equal), cmp.Compare(len(best.reasons), len(c.reasons)), c.rec.Built.Compare(best.rec.Built)) > 0 {
				best = c
			}
		}
	}
	return best
}

// compare tells all differences between a record and now.
func (e *explainer) compare(rec *record.Record, child bool) *candidate {
	c := &candidate{rec: rec}
	if now := e.cl.c.config.Algorithm; rec.Algorithm != now {
		c.reasons = []Reason{{Code: "digest.changed", Old: rec.Algorithm.String(), New: now.String(),
			Text: fmt.Sprintf("its inputs were digested by %s, and are now by %s, as is where fixtures are shared", rec.Algorithm, now)}}
		return c
	}
	static := e.cl.static
	for i := range rec.Inputs {
		old := &rec.Inputs[i]
		var found []Reason
		switch {
		case old.Kind == input.Walk, old.Kind == input.Code && !child && !sameMode(rec, e.cl.spec):
			continue // told by the pattern, by the options
		case isStatic(old.Kind):
			now := findStatic(static, old)
			if now != nil && (!child || old.Kind != input.Value) {
				found = e.static(old, now, child)
			}
			if now == nil || old.Name != now.Name {
				c.equal-- // code known in another way: a record of the same way tells more
			}
		case old.Kind == input.Child:
			if !e.cl.sameChildren(&record.Record{Inputs: []input.Input{*old}}) {
				found = e.childReasons(old, c.reasons)
				c.equal-- // whether it is told or not
			}
		case old.Kind == input.WorkDir && e.pinned:
		default:
			now := e.cl.state(old)
			found = input.Compare(old, &now)
		}
		if len(found) == 0 {
			c.equal++
		}
		for _, r := range found {
			if !HasReason(c.reasons, r) {
				c.reasons = append(c.reasons, r)
			}
		}
	}
	if age := e.cl.spec.MaxAge; age > 0 && !child && e.cl.c.world.Now().Sub(rec.Built) > age {
		c.reasons = append(c.reasons, tooOld(rec, age))
	}
	return c
}

func tooOld(rec *record.Record, age time.Duration) Reason {
	return Reason{Code: "expired", Old: rec.Built.Format(time.RFC3339),
		Text: fmt.Sprintf("older than %s (built %s)", age, rec.Built.Format("2006-01-02 15:04"))}
}

// sameMode reports whether a record was made with the code mode of the call:
// else all that differs in code says no more than that.
func sameMode(rec *record.Record, s *Spec) bool {
	for i := range rec.Inputs {
		if rec.Inputs[i].Kind == input.Options {
			return slices.Contains(strings.Split(rec.Inputs[i].Detail, "\n"), codeLine+string(s.code()))
		}
	}
	return true
}

// findStatic returns the present state of what the call gives: of code,
// whatever function it is.
func findStatic(static []input.Input, old *input.Input) *input.Input {
	for i := range static {
		if static[i].Kind == old.Kind && (static[i].Name == old.Name || old.Kind == input.Code) {
			return &static[i]
		}
	}
	return nil
}

// static compares what the call gives. Of a child's record, whose call is not
// known, only what is the same for each call of the process is compared.
func (e *explainer) static(old, now *input.Input, child bool) []Reason {
	if !child {
		if old.Kind == input.Code {
			return codeReasons(old, now)
		}
		return input.Compare(old, now)
	}
	switch {
	case old.Kind == input.Setting && old.Name == testName:
	case old.Kind == input.Toolchain, old.Kind == input.Setting:
		return input.Compare(old, now)
	}
	return nil
}
