package engine

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// childInput is the input that a fixture is of another that used it: its
// variant and code by name, its output by digest. When and from what it was
// built does not count: one built again to an equal output leaves its parent
// valid.
//
// The code counts since a record of other code may have the same output by
// chance, and say nothing of now. That it is still the code of now is told by
// the parent's own, which holds it.
//
// Where a child must not be older than a time, its parent, which holds it, must
// not hold an older one. And where the parent's build asked for it in another
// directory than the parent was asked for in, it is the child as it is there.
func (b *builder) childInput(ch child) input.Input {
	name := ch.key.String() + "/" + hex.EncodeToString(ch.code[:16])
	if ch.maxAge > 0 {
		name += "/age=" + ch.maxAge.String()
	}
	if ch.cwd != (cwdState{}) && ch.cwd.digest != b.cwdAt(ch.cwd.name).Digest {
		name += "/in=" + hex.EncodeToString(ch.cwd.digest[:16])
	}
	return input.Input{
		Kind:   input.Child,
		Name:   name,
		Digest: b.c.config.Algorithm.Cut(ch.output),
		Detail: ch.name,
	}
}

// A ChildName is what the name of an input says that is a child.
type ChildName struct {
	key    variantKey
	code   string
	cwd    string // the digest of the directory it was asked for in, if that is not its parent's
	maxAge time.Duration
}

// Child reads the name of an input that is a child. Of one that makes no sense,
// nothing will be found.
func Child(in *input.Input) (n ChildName) {
	parts := strings.Split(in.Name, "/")
	if len(parts) < 3 {
		return n
	}
	n.key, _ = parseKey(parts[0] + "/" + parts[1])
	n.code = parts[2]
	for _, part := range parts[3:] {
		what, value, _ := strings.Cut(part, "=")
		switch what {
		case "age":
			n.maxAge, _ = time.ParseDuration(value)
		case "in":
			n.cwd = value
		default:
			n.code = ""
		}
	}
	return n
}

// Variant names the variant that is the child.
func (n ChildName) Variant() (store.SlotID, store.VariantID) { return n.key.slot, n.key.variant }

// Is reports whether a record is one of the child: of its code, and of the
// directory that it was asked for in.
func (n ChildName) Is(rec *record.Record) bool {
	code := codeOf(rec.Inputs)
	if hex.EncodeToString(code[:16]) != n.code {
		return false
	}
	if n.cwd == "" {
		return true
	}
	cwd := cwdOf(rec.Inputs)
	return hex.EncodeToString(cwd.digest[:16]) == n.cwd
}

// Expired reports whether a record of the child is too old.
func (n ChildName) Expired(rec *record.Record, now time.Time) bool {
	return n.maxAge > 0 && now.Sub(rec.Built) > n.maxAge
}

// codeOf is the digest of the code that a record was built by.
func codeOf(ins []input.Input) (d input.Digest) {
	for i := range ins {
		if ins[i].Kind == input.Code {
			return ins[i].Digest
		}
	}
	return d
}

// A need is that a variant has a valid record with a certain output.
type need struct {
	ChildName
	output input.Digest
}

func needsOf(rec *record.Record) []need {
	var needs []need
	for i := range rec.Inputs {
		in := &rec.Inputs[i]
		if in.Kind != input.Child {
			continue
		}
		needs = append(needs, need{Child(in), in.Digest})
	}
	return needs
}

// sameChildren reports whether each child of a record, and theirs, has a
// record that is valid now and has the same output.
//
// Records may depend on each other in a circle (each was used by the other's
// build, at different times): then all are valid if nothing else has changed.
// So it is assumed of all children that they are valid, and what turns out not
// to be is taken away until nothing changes any more.
func (cl *call) sameChildren(rec *record.Record) bool {
	needs := needsOf(rec)
	if len(needs) == 0 {
		return true
	}
	met := cl.childrenOf(needs)
	for changed := true; changed; {
		changed = false
		for n, records := range met {
			met[n] = slices.DeleteFunc(records, func(needs []need) bool { return !cl.allMet(met, needs) })
			changed = changed || len(met[n]) < len(records)
		}
	}
	for n, records := range met {
		cl.known[n] = len(records) > 0
	}
	return cl.allMet(met, needs)
}

func (cl *call) allMet(met map[need][][]need, needs []need) bool {
	return !slices.ContainsFunc(needs, func(n need) bool { return !cl.known[n] && len(met[n]) == 0 })
}

// childrenOf finds, for each of the needs and for theirs in turn, the records
// that would meet it if their own needs are met: those needs. What the call has
// found of a need is known.
func (cl *call) childrenOf(needs []need) map[need][][]need {
	met := map[need][][]need{}
	if cl.known == nil {
		cl.known = map[need]bool{}
	}
	for len(needs) > 0 {
		n := needs[0]
		needs = needs[1:]
		if _, done := met[n]; done {
			continue
		}
		if _, done := cl.known[n]; done {
			continue
		}
		met[n] = nil
		for _, file := range cl.c.store.Records(n.key.slot, n.key.variant) {
			rec, err := cl.c.Read(file)
			if err != nil || rec.Algorithm.Cut(rec.Output.ID) != n.output {
				continue
			}
			if !n.Is(rec) || n.Expired(rec, cl.c.world.Now()) {
				continue
			}
			if v := (&validator{cl: cl.asChild(rec), rec: rec, child: true, pinned: n.cwd != ""}); !v.local() {
				continue
			}
			more := needsOf(rec)
			met[n] = append(met[n], more)
			needs = append(needs, more...)
		}
	}
	return met
}

// asChild is the call that a record is looked at with when its own is not
// known: the paths of With are those that it was built with.
func (cl *call) asChild(rec *record.Record) *call {
	if len(rec.Bases) == 0 && len(cl.world.Bases) == 0 {
		return cl
	}
	sub := *cl
	sub.world, sub.states = cl.c.world.WithNames(rec.Bases), nil
	return &sub
}

// sameProcess compares what every call of this process gives alike.
func (v *validator) sameProcess(in *input.Input) bool {
	switch in.Kind {
	case input.Toolchain:
		return in.Digest == v.cl.c.config.Algorithm.DigestOf(toolchain())
	case input.Setting:
		if in.Name == testName { // its caller gave it
			return true
		}
		return in.Digest == v.cl.c.config.Algorithm.DigestOf(settingValue(in.Name))
	}
	return true
}

// childReasons says why a child is not what it was: the root cause first. What
// has been told already is not told again for each child.
func (e *explainer) childReasons(in *input.Input, told []Reason) []Reason {
	n := Child(in)
	best, found := e.why[n]
	if !found {
		e.why[n] = nil
		best = e.nearest([]variantKey{n.key}, &n)
		e.why[n] = best
	} else if best == nil {
		return nil // being explained further up
	}
	switch {
	case best == nil:
		return []Reason{ChildGone(in.Detail)}
	case len(best.reasons) == 0 && n.Expired(best.rec, e.cl.c.world.Now()):
		return []Reason{n.Outlived(in.Detail, best.rec)}
	case len(best.reasons) == 0:
		return []Reason{ChildDiffers(in.Detail)}
	}
	news := slices.DeleteFunc(slices.Clone(best.reasons), func(r Reason) bool { return HasReason(told, r) })
	if len(news) == 0 {
		return nil
	}
	return []Reason{ChildChanged(in.Detail, news)}
}

// ChildGone is the reason that nothing is stored of a child, by name.
func ChildGone(name string) Reason {
	return Reason{Code: "child.changed", Subject: name, Text: "fixture " + quote(name) + " is no longer stored"}
}

// ChildDiffers is the reason that a child has another output than it had, though
// nothing of it has changed since.
func ChildDiffers(name string) Reason {
	return Reason{Code: "child.changed", Subject: name, Text: "fixture " + quote(name) + " changed: built again to another value"}
}

// Outlived is the reason that a record of the child is too old.
func (n ChildName) Outlived(name string, rec *record.Record) Reason {
	return Reason{Code: "expired", Subject: name, Text: "fixture " + quote(name) + " expired: " + tooOld(rec, n.maxAge).Text}
}

// maxChain is how many fixtures a reason names that each changed because the
// next one did. Beyond that it tells how many there are, and what the last one
// changed for: else the reasons of fixtures that use each other have no bound.
const maxChain = 3

// ChildChanged is the reason that a child, by name, has changed for reasons.
func ChildChanged(name string, reasons []Reason) Reason {
	r := Reason{Code: "child.changed", Subject: name, Text: "fixture " + quote(name) + " changed: " + ReasonText(reasons)}
	if len(reasons) == 0 {
		return r
	}
	r.Roots = input.RootsOf(reasons)
	first := reasons[0]
	if len(first.Roots) > 0 {
		r.Depth = first.Depth + 1
	}
	if r.Depth >= maxChain {
		r.Text = fmt.Sprintf("fixture %s, by way of %d others, changed: %s", quote(name), r.Depth, r.Roots[0].Text)
		if len(reasons) > 1 {
			r.Text += fmt.Sprintf(" (+%d more)", len(reasons)-1)
		}
	}
	return r
}

func quote(s string) string { return `"` + s + `"` }

// HasReason reports whether a reason is told already: a variable may be an input
// by its name and as one of the environment.
func HasReason(list []Reason, r Reason) bool {
	return slices.ContainsFunc(list, func(o Reason) bool {
		return o.Text == r.Text || r.Code == "env.changed" && o.Code == r.Code && o.Subject == r.Subject
	})
}
