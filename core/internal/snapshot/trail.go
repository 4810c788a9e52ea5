package snapshot

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// trail keeps the way to all that an encoder meets, if it is on: to say where
// something is refused.
type trail struct {
	on     bool
	places []place // where elements were met, by their number
	here   place   // the place that is being written
	op     *op     // the part of the element there
}

// place is a part of an element of the memory that was met under a number.
type place struct {
	in    uint32
	index int    // the index of the element
	path  string // in the element
	slice bool   // a slice was met there: its elements have an index
}

// met notes where the memory that gets this number was met.
func (t *trail) met(id uint32) {
	if !t.on {
		return
	}
	for len(t.places) <= int(id) {
		t.places = append(t.places, place{})
	}
	if t.op != nil {
		t.places[id] = place{t.here.in, t.here.index, t.here.path + t.op.path, t.op.kind == opSlice}
	}
}

// into extends the path by o, or by its element i, for the parts that follow. It returns
// the path to which the caller sets it back.
func (t *trail) into(o *op, i int) (outer string) {
	outer = t.here.path
	if t.on {
		t.here.path += o.path
		if i >= 0 {
			t.here.path += "[" + strconv.Itoa(i) + "]"
		}
	}
	return outer
}

// where returns the path from the root to a part of the present element.
func (t *trail) where(path string) string {
	p := t.here
	p.path += path
	steps := []string{p.path}
	for p.in != 0 {
		up := t.places[p.in]
		if up.slice {
			steps = append(steps, fmt.Sprintf("[%d]", p.index))
		}
		steps = append(steps, up.path)
		p = up
	}
	slices.Reverse(steps)
	return strings.Join(steps, "")
}

// RefusedError says which part of a value is not data.
type RefusedError struct {
	Path   string // from the root, such as ".Users[3].Profile.done"; empty for the root itself
	Reason string // "a chan cannot be stored; return what it would deliver, …"
}

func (e *RefusedError) Error() string {
	return cmp.Or(strings.TrimPrefix(e.Path, "."), "value") + ": " + e.Reason
}

// variableReason says why a pointer to a package variable of type t cannot be stored, or
// part of a key: the copy that would come back is not the variable.
func variableReason(t reflect.Type, what string) string {
	advice := `name the variable, or the part of it that this is, in an init function, as in cachetest.RegisterGlobal("x", &x), or return a copy`
	if isCurve(t) {
		advice = `add import _ "github.com/fixturecache/fixturecache/cachetest/curves"`
	}
	return "a pointer to a package variable (of type " + t.String() + ") cannot be " + what + "; " + advice
}

func isCurve(t reflect.Type) bool {
	return (t.PkgPath() == "crypto/elliptic" || t.PkgPath() == "crypto/ecdh") && t.Name() != "CurveParams"
}
