package compare

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/input"
)

// Nearer compares how near two records are to the present: by whether something
// differs, by whether they may be of another fixture or run, by how little there is to tell
// and by the inputs that are the same, which come first where the options are others, then
// by their age, and at last by their names, so that of two records the same is always the
// nearer one. More than 0 is nearer.
func (c *Comparison) Nearer(o *Comparison) int {
	another, less, same := c.ofAnother(), cmp.Compare(o.toTell(), c.toTell()), cmp.Compare(c.equal, o.equal)
	if another&2 != 0 {
		less, same = same, less
	}
	if n := cmp.Or(cmp.Compare(o.verdict(), c.verdict()), cmp.Compare(o.ofAnother(), another), less, same, c.Rec.Built.Compare(o.Rec.Built)); n != 0 {
		return n
	}
	a, b := c.Rec.ID(), o.Rec.ID()
	return bytes.Compare(a[:], b[:])
}

// ofAnother returns 8 where the code is that of another package, or cannot be read; else
// the sum of 4 where a setting of the run differs, as the tests selected may, of 2 where
// the options do, with which another test may ask for a fixture of its own, and of 1 where
// the code does, which may use other inputs.
func (c *Comparison) ofAnother() (n int) {
	for _, d := range c.Found {
		switch {
		case d.Elsewhere != "":
			return 8
		case d.Kind == input.Setting && !d.Unknown:
			n |= 4
		case d.Kind == input.Options && len(d.Reasons) > 0:
			n |= 2
		case d.Kind == input.Code && len(d.Reasons) > 0:
			n |= 1
		}
	}
	return n
}

// toTell counts the root causes, and each setting that a reason of the toolchain names.
func (c *Comparison) toTell() (n int) {
	for _, r := range input.RootsOf(c.reasons()) {
		if n++; r.Code == "toolchain.changed" {
			n += strings.Count(r.Text, ", ")
		}
	}
	return n
}

// Nearest compares records with the present and returns the nearest, nil if there is none.
func (p *Present) Nearest(list []*Record) (best *Comparison) {
	for _, f := range list {
		if c := p.Differences(f, false); best == nil || c.Nearer(best) > 0 {
			best = c
		}
	}
	return best
}
