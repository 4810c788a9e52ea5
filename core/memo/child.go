package memo

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
)

// childInput is the input that a fixture is of another that used it: its
// variant and code by name, its output by digest. When and from what it was
// built does not count: one built again to an equal output leaves its parent
// valid.
//
// The code counts since a record of other code may have the same output by
// chance, and say nothing of now. That it is still the code of now is told by
// the parent's own, which holds it.
func childInput(alg input.Algorithm, ch child) input.Input {
	return input.Input{
		Kind:   input.Child,
		Name:   ch.key.String() + "/" + hex.EncodeToString(ch.code[:16]),
		Digest: alg.Cut(ch.output),
		Detail: ch.name,
	}
}

// parseChild reads a child's name. Of one that makes no sense, nothing will be
// found.
func parseChild(in *input.Input) (key variantKey, code string) {
	i := strings.LastIndexByte(in.Name, '/')
	if i < 0 {
		return key, ""
	}
	key, _ = parseKey(in.Name[:i])
	return key, in.Name[i+1:]
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
	key    variantKey
	code   string
	output input.Digest
}

func needsOf(rec *record.Record) []need {
	var needs []need
	for i := range rec.Inputs {
		in := &rec.Inputs[i]
		if in.Kind != input.Child {
			continue
		}
		key, code := parseChild(in)
		needs = append(needs, need{key, code, in.Digest})
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
			met[n] = slices.DeleteFunc(records, func(needs []need) bool { return !allMet(met, needs) })
			changed = changed || len(met[n]) < len(records)
		}
	}
	return allMet(met, needs)
}

func allMet(met map[need][][]need, needs []need) bool {
	return !slices.ContainsFunc(needs, func(n need) bool { return len(met[n]) == 0 })
}

// childrenOf finds, for each of the needs and for theirs in turn, the records
// that would meet it if their own needs are met: those needs.
func (cl *call) childrenOf(needs []need) map[need][][]need {
	met := map[need][][]need{}
	for len(needs) > 0 {
		n := needs[0]
		needs = needs[1:]
		if _, done := met[n]; done {
			continue
		}
		met[n] = nil
		for _, file := range cl.c.store.Records(n.key.slot, n.key.variant) {
			rec, err := cl.c.read(file)
			if err != nil || rec.Algorithm.Cut(rec.Output.ID) != n.output {
				continue
			}
			if code := codeOf(rec.Inputs); hex.EncodeToString(code[:16]) != n.code {
				continue
			}
			if v := (&validator{cl: cl.asChild(rec), rec: rec, child: true}); !v.local() {
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
		return in.Digest == v.cl.c.config.Algorithm.DigestOf(settingValue(in.Name))
	}
	return true
}

// childReasons says why a child is not what it was: the root cause first. What
// has been told already is not told again for each child.
func (e *explainer) childReasons(in *input.Input, told []Reason) []Reason {
	key, _ := parseChild(in)
	r := Reason{Code: "child.changed", Subject: in.Detail, Text: "fixture " + quote(in.Detail) + " changed"}
	best, found := e.why[key]
	if !found {
		e.why[key] = nil
		best = e.nearest([]variantKey{key}, true)
		e.why[key] = best
	} else if best == nil {
		return nil // being explained further up
	}
	switch {
	case best == nil:
		r.Text = "fixture " + quote(in.Detail) + " is no longer stored"
	case len(best.reasons) == 0:
		r.Text += ": built again to another value"
	default:
		news := slices.DeleteFunc(slices.Clone(best.reasons), func(r Reason) bool { return hasReason(told, r) })
		if len(news) == 0 {
			return nil
		}
		r.Text += ": " + ReasonText(news)
	}
	return []Reason{r}
}

func quote(s string) string { return `"` + s + `"` }

func hasReason(list []Reason, r Reason) bool {
	return slices.ContainsFunc(list, func(o Reason) bool { return o.Text == r.Text })
}
