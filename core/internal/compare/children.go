package compare

import (
	"fmt"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A node is a record that is compared, or one that such a record depends on.
// There is one for each record that others depend on, however many do.
type node struct {
	*Comparison
	alone []Difference // its differences without those of children
	equal int          // its equal inputs without children
	uses  []use
	open  int  // its position, from 1, among the nodes that are not done; 0 before it is met
	done  bool // the comparison is final
}

// A nodeKey names a node. A child that was asked for in a directory of its own is
// compared without it.
type nodeKey struct {
	Variant
	id     store.RecordID
	pinned bool
}

// A use is a child of a record, with the records that there are of it.
type use struct {
	in      *input.Input
	name    ChildName
	got     bool    // this process has got it in that state, even if its inputs have changed since
	records []*node // none if it is got
}

// Met reports whether a record of the child has the code that n names and an output of that
// digest.
func (n ChildName) Met(rec *record.Record, output input.Digest) bool {
	return rec.Algorithm.Cut(rec.Output.ID) == output && n.is(rec)
}

// settle completes the comparison of a record by its children, which it settles
// first. open are those that are not done, each of which leads to the next.
//
// Records may depend on each other in a circle (each was used by the other's
// build, at different times): then all are valid if nothing else has changed. They
// are found as Tarjan finds strongly connected components, and settled together. So
// the verdict on a record depends on what it leads to, and not on where the comparison
// begins: a run and the command say the same.
func (p *Present) settle(n *node, stopAtFirst bool, open *[]*node) {
	*open = append(*open, n)
	n.open = len(*open)
	low := n.open // the first that n leads to of those that lead to n
	n.findUses(p, stopAtFirst)
	for _, u := range n.uses {
		for _, child := range u.records {
			if child.open == 0 {
				p.settle(child, stopAtFirst, open)
			}
			if !child.done {
				low = min(low, child.open)
			}
		}
	}
	if low < n.open {
		n.open = low
		return
	}
	settleCircle((*open)[low-1:])
	*open = (*open)[:low-1]
}

// settleCircle compares records that lead to each other, mostly one. Each round goes by
// what the one before has found of the others: at first, that no child has changed because
// of another. One that has changed keeps its reasons, so that none is a reason for itself.
func settleCircle(circle []*node) {
	for first, again := true, true; again; first = false {
		again = false
		next := make([]*Comparison, len(circle))
		for i, n := range circle {
			if first || n.verdict() != since.Changed {
				next[i] = n.weigh()
			}
		}
		for i, n := range circle {
			if next[i] != nil {
				again = again || len(circle) > 1 && next[i].verdict() != n.verdict()
				*n.Comparison = *next[i]
			}
		}
	}
	for _, n := range circle {
		n.done = true
	}
}

// findUses finds the records of the children of n. A look-up that stops at the first
// difference needs only those that meet the use. Where something else differs, what other
// code had got before is left out: each fixture of a run may be a child of those that follow,
// and these of the next.
func (n *node) findUses(p *Present, stopAtFirst bool) {
	changed := n.verdict() == since.Changed
	for i := range n.Rec.Inputs {
		in := &n.Rec.Inputs[i]
		if in.Kind != input.Child || in.Flags&input.Before != 0 && changed {
			continue
		}
		u := use{in: in, name: Child(in), got: in.Flags&input.Before != 0 && p.Got != nil && p.Got(in)}
		if u.got { // each fixture of a run may have those before it for children, and these theirs
			n.uses = append(n.uses, u)
			continue
		}
		for _, f := range p.Records(u.name.Variant) {
			may := u.name.cwd == "" || u.name.is(f.Record)
			if stopAtFirst {
				may = u.name.Met(f.Record, in.Digest) && !expired(f.Record, u.name.maxAge, p.World.Clock())
			}
			if may {
				u.records = append(u.records, p.node(u.name, f, stopAtFirst))
			}
		}
		n.uses = append(n.uses, u)
	}
}

// Records returns the records of a variant.
func (p *Present) Records(key Variant) []*Record {
	p.remember()
	list, known := p.read[key]
	if !known {
		list = p.Read(key)
		p.read[key] = list
	}
	return list
}

// node returns the node of a child's record, its own inputs compared.
func (p *Present) node(name ChildName, f *Record, stopAtFirst bool) *node {
	key := nodeKey{Variant{f.File.Slot, f.File.Variant}, f.File.ID, name.cwd != ""}
	if n := p.nodes[key]; n != nil {
		return n
	}
	c := &Comparison{present: p.Of(f.Record), Rec: f.Record, stop: stopAtFirst, child: true, pinned: key.pinned}
	c.own()
	n := &node{Comparison: c, alone: c.Found, equal: c.equal}
	p.nodes[key] = n
	return n
}

// weigh returns the comparison of a record with what is known of its children by now.
func (n *node) weigh() *Comparison {
	c := *n.Comparison
	c.Found, c.equal = slices.Clip(n.alone), n.equal
	own := keysOf(c.reasons())
	for i := range n.uses {
		d, same := n.uses[i].difference(c.present, own, keysOf(c.reasons()))
		if same || d.Unknown {
			c.equal++
		}
		if !same {
			c.Found = append(c.Found, d)
		}
	}
	return &c
}

// difference reports that some record of the child meets the use and is unchanged (same),
// or how the nearest one differs, of those that meet the use if there are any. own are the
// reasons of the parent without its children, told all that have been told so far: neither
// is told again for each child.
func (u *use) difference(p *Present, own, told map[string]bool) (d Difference, same bool) {
	var met []*node
	d.Kind = input.Child
	if u.got {
		return d, true
	}
	for _, n := range u.records {
		if u.name.Met(n.Rec, u.in.Digest) && !expired(n.Rec, u.name.maxAge, p.World.Clock()) {
			verdict := n.verdict()
			if verdict == since.Unchanged {
				return d, true
			}
			d.Unknown = d.Unknown || verdict == since.Unsure
			met = append(met, n)
		}
	}
	if !d.Unknown {
		d.Reasons = u.reasons(p, met, own, told)
	}
	return d, false
}

// reasons returns why a child is not what it was, the root cause first, or nothing if told
// or own have all of it.
func (u *use) reasons(p *Present, met []*node, own, told map[string]bool) []input.Reason {
	if len(u.records) == 0 {
		return []input.Reason{u.reason("is no longer stored")}
	}
	if len(met) == 0 {
		met = u.records
	}
	nearest := slices.MaxFunc(met, func(a, b *node) int { return a.Nearer(b.Comparison) })
	reasons := nearest.reasons()
	switch {
	case len(reasons) > 0:
	case expired(nearest.Rec, u.name.maxAge, p.World.Clock()):
		r := u.reason("expired: " + tooOld(nearest.Rec, u.name.maxAge).Text)
		r.Code = "expired"
		return []input.Reason{r}
	default:
		return []input.Reason{u.reason("changed: built again to another value")}
	}
	news := slices.DeleteFunc(reasons, func(r input.Reason) bool {
		return told[keyOf(r)] || len(r.Roots) > 0 && !slices.ContainsFunc(r.Roots, func(root input.Reason) bool { return !own[keyOf(root)] })
	})
	if len(news) == 0 {
		return nil
	}
	return []input.Reason{u.changed(news)}
}

// reason returns the reason that a child is not what it was. If the build function has not
// asked for the child itself, the reason says why it is one.
func (u *use) reason(how string) input.Reason {
	name := u.in.Detail
	who := "fixture " + quote(name)
	if u.in.Flags&input.Before != 0 {
		who += " (other code had got it before, and may have left it in a variable)"
	}
	return input.Reason{Code: "child.changed", Subject: name, Text: who + " " + how}
}

// maxChain is how many fixtures a reason names that each changed because the
// next one did. Beyond that it tells how many there are, and what the last one
// changed for: else the reasons of fixtures that use each other have no bound.
const maxChain = 3

// changed returns the reason that the child has changed for some reasons.
func (u *use) changed(reasons []input.Reason) input.Reason {
	r := u.reason("changed: " + input.ReasonText(reasons))
	r.Roots = input.RootsOf(reasons)
	if first := reasons[0]; len(first.Roots) > 0 {
		r.Depth = first.Depth + 1
	}
	if r.Depth >= maxChain {
		r.Text = fmt.Sprintf("fixture %s, by way of %d others, changed: %s", quote(u.in.Detail), r.Depth, r.Roots[0].Text)
		if len(reasons) > 1 {
			r.Text += fmt.Sprintf(" (+%d more)", len(reasons)-1)
		}
	}
	return r
}

func quote(s string) string { return `"` + s + `"` }
