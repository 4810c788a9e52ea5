package compare

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A node is a record that is compared, or one that such a record depends on.
// There is one for each record, however many use it.
type node struct {
	*Comparison
	alone   []Difference // without the children
	equal   int          // without them
	uses    []use
	verdict since.Verdict // Unchanged until something else is known
	met     bool          // uses are found
	done    bool          // the comparison is final
}

// A nodeKey names a node. A child that was asked for in a directory of its own is
// compared without it.
type nodeKey struct {
	Variant
	id     store.RecordID
	pinned bool
}

func (f *Record) nodeKey(pinned bool) nodeKey {
	return nodeKey{Variant{f.File.Slot, f.File.Variant}, f.File.ID, pinned}
}

// A use is a child of a record, with the records that there are of it.
type use struct {
	in      *input.Input
	name    ChildName
	records []*node
}

// meets reports whether a record is what the use was: of its code, with its output.
func (u *use) meets(rec *record.Record) bool {
	return u.name.Met(rec, u.in.Digest)
}

// Met reports whether a record is that of a child whose use had an output.
func (n ChildName) Met(rec *record.Record, output input.Digest) bool {
	return rec.Algorithm.Cut(rec.Output.ID) == output && n.is(rec)
}

// children compares the fixtures that a record used, whose own inputs have been
// compared: each must have a record that is valid now and has the same output,
// whoever built it.
//
// Records may depend on each other in a circle (each was used by the other's
// build, at different times): then all are valid if nothing else has changed. So
// it is assumed that nothing has changed in any child, and all records are
// weighed again until no assumption turns out wrong. A record that has changed
// keeps its reasons, so that none is a reason for itself. Where there is no
// circle the second round finds nothing new.
func (c *Comparison) children(f *Record, stopAtFirst bool) {
	if !slices.ContainsFunc(c.Rec.Inputs, func(in input.Input) bool { return in.Kind == input.Child }) {
		return
	}
	p, key, top := c.present, f.nodeKey(false), newNode(c)
	p.remember()
	if n := p.nodes[key]; n != nil { // it is a child, too, and its children are compared
		c.equal += n.Comparison.equal - n.equal
		c.Found = append(c.Found, n.Found[len(n.alone):]...)
		return
	}
	p.nodes[key] = top // for now: it may be a child of its children
	group := p.below(top, stopAtFirst, nil)
	delete(p.nodes, key)
	for again := true; again; {
		again = false
		for _, n := range group {
			if n.verdict != since.Changed {
				was := n.verdict
				n.weigh(p)
				again = again || n.verdict != was
			}
		}
	}
	for _, n := range group {
		n.done = true
	}
}

func newNode(c *Comparison) *node { return &node{Comparison: c, alone: c.Found, equal: c.equal} }

// below appends the records that n depends on, and then n, without those that are
// done. A look-up that stops at the first difference needs only those that meet
// the use.
func (p *Present) below(n *node, stopAtFirst bool, group []*node) []*node {
	if n.done || n.met {
		return group
	}
	n.met = true
	for i := range n.Rec.Inputs {
		in := &n.Rec.Inputs[i]
		if in.Kind != input.Child {
			continue
		}
		u := use{in: in, name: Child(in)}
		for _, f := range p.Records(u.name.key) {
			may := u.name.cwd == "" || u.name.is(f.Record)
			if stopAtFirst {
				may = u.meets(f.Record) && !u.name.expired(f.Record, p.World.Clock())
			}
			if may {
				u.records = append(u.records, p.node(u.name, f, stopAtFirst))
			}
		}
		n.uses = append(n.uses, u)
	}
	for _, u := range n.uses {
		for _, child := range u.records {
			group = p.below(child, stopAtFirst, group)
		}
	}
	return append(group, n)
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
	key := f.nodeKey(name.cwd != "")
	if n := p.nodes[key]; n != nil {
		return n
	}
	c := &Comparison{present: p.Of(f.Record), Rec: f.Record, child: true, pinned: key.pinned}
	c.own(stopAtFirst)
	n := newNode(c)
	p.nodes[key] = n
	return n
}

// weigh compares a record by what is known of its children.
func (n *node) weigh(p *Present) {
	n.Found, n.Comparison.equal = slices.Clip(n.alone), n.equal
	for i := range n.uses {
		d, same := n.uses[i].difference(p, n.Reasons())
		if same || d.Unknown {
			n.Comparison.equal++
		}
		if !same {
			n.Found = append(n.Found, d)
		}
	}
	n.verdict = n.Comparison.verdict()
}

// difference looks for a record of a child that meets the use and in which nothing
// has changed. What has been told already is not told again for each child.
func (u *use) difference(p *Present, told []input.Reason) (d Difference, same bool) {
	var nearest *node
	d.Kind = input.Child
	for _, n := range u.records {
		if u.meets(n.Rec) && !u.name.expired(n.Rec, p.World.Clock()) {
			if n.verdict == since.Unchanged {
				return d, true
			}
			d.Unknown = d.Unknown || n.verdict == since.Unsure
		}
		if nearest == nil || n.Nearer(nearest.Comparison) > 0 {
			nearest = n
		}
	}
	if !d.Unknown {
		d.Reasons = u.reasons(p, nearest, told)
	}
	return d, false
}

// reasons says why a child is not what it was, and how one that the function does
// not ask for is one.
func (u *use) reasons(p *Present, nearest *node, told []input.Reason) []input.Reason {
	reasons := u.changes(p, nearest, told)
	if u.in.Flags&input.Before != 0 {
		for i := range reasons {
			reasons[i].Text += " (other code had got it before, and may have left it in a variable)"
		}
	}
	return reasons
}

// changes says why a child is not what it was: the root cause first.
func (u *use) changes(p *Present, nearest *node, told []input.Reason) []input.Reason {
	name := u.in.Detail
	if nearest == nil {
		return []input.Reason{childReason(name, "is no longer stored")}
	}
	reasons := nearest.Reasons()
	switch {
	case len(reasons) > 0:
	case u.name.expired(nearest.Rec, p.World.Clock()):
		return []input.Reason{u.name.outlived(name, nearest.Rec)}
	default:
		return []input.Reason{childReason(name, "changed: built again to another value")}
	}
	news := slices.DeleteFunc(reasons, func(r input.Reason) bool { return hasReason(told, r) })
	if len(news) == 0 {
		return nil
	}
	return []input.Reason{childChanged(name, news)}
}
