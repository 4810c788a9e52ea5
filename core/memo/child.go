package memo

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/input"
)

// childInput is the input that a fixture is of another that used it: its
// variant by name, its output by digest. How it was built does not count: one
// built again to an equal output leaves its parent valid.
func childInput(alg input.Algorithm, ch child) input.Input {
	return input.Input{
		Kind:   input.Child,
		Name:   ch.key.slot.String() + "/" + ch.key.variant.String(),
		Digest: alg.Cut(ch.output),
		Detail: ch.name,
	}
}

func parseChild(in *input.Input) (key variantKey, ok bool) {
	slot, variant, _ := strings.Cut(in.Name, "/")
	if len(slot) != 2*len(key.slot) || len(variant) != 2*len(key.variant) {
		return key, false
	}
	_, err1 := hex.Decode(key.slot[:], []byte(slot))
	_, err2 := hex.Decode(key.variant[:], []byte(variant))
	return key, err1 == nil && err2 == nil
}

// sameChild reports whether a child has a record that is valid now and has the
// same output. Records that depend on each other in a circle (each used by the
// other's build at different times) are valid if all else is.
func (v *validator) sameChild(in *input.Input) bool {
	key, ok := parseChild(in)
	if !ok {
		return false
	}
	if slices.Contains(v.nested, key) {
		return true
	}
	for _, file := range v.cl.c.store.Records(key.slot, key.variant) {
		rec, err := v.cl.c.read(file)
		if err != nil {
			continue
		}
		if v.rec.Algorithm.Cut(rec.Output.ID) != in.Digest {
			continue
		}
		sub := &validator{cl: v.cl, rec: rec, child: true, nested: append(slices.Clip(v.nested), key)}
		if sub.valid() {
			return true
		}
	}
	return false
}

// sameProcess compares what every call of this process gives alike.
func (v *validator) sameProcess(in *input.Input) bool {
	switch in.Kind {
	case input.Toolchain:
		return in.Digest == v.cl.c.config.Algorithm.DigestOf(toolchain())
	case input.Code:
		id, _, _ := strings.Cut(in.Detail, " ")
		return id == binaryID()
	case input.Setting:
		for i := range v.cl.static {
			if s := &v.cl.static[i]; s.Kind == in.Kind && s.Name == in.Name {
				return s.Digest == in.Digest
			}
		}
	}
	return true
}

// childReasons says why a child is not what it was: the root cause first.
func (e *explainer) childReasons(in *input.Input) []Reason {
	key, ok := parseChild(in)
	r := Reason{Code: "child.changed", Subject: in.Detail, Text: "fixture " + quote(in.Detail) + " changed"}
	if !ok || slices.Contains(e.nested, key) {
		return []Reason{r}
	}
	sub := &explainer{cl: e.cl, nested: append(slices.Clip(e.nested), key)}
	best := sub.nearest([]variantKey{key}, true)
	switch {
	case best == nil:
		r.Text = "fixture " + quote(in.Detail) + " is no longer stored"
	case len(best.reasons) == 0:
		r.Text += ": built again to another value"
	default:
		r.Text += ": " + ReasonText(best.reasons)
	}
	return []Reason{r}
}

func quote(s string) string { return `"` + s + `"` }
