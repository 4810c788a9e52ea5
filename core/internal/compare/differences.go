// Package compare tells how a record differs from the present. A hit, the line of a
// miss and the command are all made of this one comparison, so that they cannot
// disagree.
//
// It promises that what it calls unchanged has no input that is known to be, or may
// be, another than in the record, those of the fixtures that it used among them. It
// reads records and looks at files and variables; it changes nothing. What cannot
// be read counts as changed.
package compare

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A Present is the present state of inputs, each looked up once when it is first needed.
// A call for a fixture and the command both compare records with one.
type Present struct {
	World  *input.World
	Read   func(Variant) []*Record // reads what the store has of a variant
	MaxAge time.Duration           // a record older than this is not valid; 0: no limit
	Got    func(*input.Input) bool // whether the process has got a child in the state of the input; nil if there is no call
	NoRun  bool                    // there is no call: environment variables that a process sets itself are not known

	// Current returns the present state of inputs that no look at files or environment
	// variables finds.
	Current Current
	Static  []input.Input // the inputs that the call gives, in the order of Kind; a valid record has them all

	states map[stateKey]input.Input // looked up so far
	nodes  map[nodeKey]*node        // records of children that were met
	read   map[Variant][]*Record    // as they lie in the store
}

// A Record is a record with its place in the store.
type Record struct {
	*record.Record
	File store.RecordFile
}

// A Current returns the present state of an input that the caller of a fixture or this
// process gives. child says that rec is the record of a child, not of the call itself. A nil
// now means that the input is to be taken as unchanged, since it counts in another way. If
// known is false, only a run can tell. The state of an input that is not given any more is
// absent.
type Current func(rec *record.Record, in *input.Input, child bool) (now *input.Input, known bool)

// Forget lets each thing be looked at again.
func (p *Present) Forget() { p.states, p.nodes, p.read = nil, nil, nil }

// remember makes the maps of what is known of records.
func (p *Present) remember() {
	if p.nodes == nil {
		p.nodes, p.read = map[nodeKey]*node{}, map[Variant][]*Record{}
	}
}

// ForgetRecords lets records be read again, which another process may have stored.
func (p *Present) ForgetRecords() { p.nodes, p.read = nil, nil }

// Of returns the Present for a record whose call is not known: it has the paths of With and
// the algorithm that the record was built with.
func (p *Present) Of(rec *record.Record) *Present {
	if len(rec.Bases) == 0 && len(p.World.Bases) == 0 && rec.Algorithm == p.World.Algorithm {
		return p
	}
	p.remember() // in maps that both share
	sub := *p
	sub.World, sub.states = p.World.WithNames(rec.Bases), nil
	sub.World.Algorithm = rec.Algorithm
	return &sub
}

// A Difference is an input of a record that is not known to be what it was.
type Difference struct {
	Kind      input.Kind     // 0: the record's age
	Unknown   bool           // only a run can tell
	Elsewhere string         // of code: the package whose tests, or the version of this library that, built it, if that is another
	Reasons   []input.Reason // how it differs; none if those of another Difference say it
}

// A Comparison says how a record differs from the present.
type Comparison struct {
	Rec   *record.Record // with the stats of now, if Renewed
	Found []Difference   // in the order of its inputs

	// Renewed says that a file has other times but the same content: Rec is a copy
	// that has them.
	Renewed bool

	present *Present
	stop    bool       // at the first difference, whose reasons nobody reads
	child   bool       // it is the record of a child: what its caller gave is not known
	pinned  bool       // its working directory is taken as unchanged
	equal   int        // inputs that are the same
	tree    input.Tree // of its files
}

// Differences compares a record with the present. This is the only comparison
// there is: a look-up stops at the first difference, which makes a miss, an
// explanation and the command take all of them.
func (p *Present) Differences(f *Record, stopAtFirst bool) *Comparison {
	c := &Comparison{present: p, Rec: f.Record, stop: stopAtFirst}
	if now := p.World.Algorithm; f.Algorithm != now {
		c.Found = []Difference{{Kind: input.Options, Reasons: []input.Reason{{Code: "digest.changed", Old: f.Algorithm.String(), New: now.String(),
			Text: fmt.Sprintf("the digests of inputs changed: %s -> %s (sha256 where a shared tier is set)", f.Algorithm, now)}}}}
		return c
	}
	c.own()
	isChild := func(in input.Input) bool { return in.Kind == input.Child }
	if (len(c.Found) == 0 || !stopAtFirst) && slices.ContainsFunc(c.Rec.Inputs, isChild) {
		// Each must have a record that is valid now and has the same output, whoever
		// built it.
		p.remember()
		p.settle(&node{Comparison: c, alone: c.Found, equal: c.equal}, stopAtFirst, new([]*node))
	}
	return c
}

// Reasons returns the reasons of the differences. The first of the code says if the record
// was built for another package, whose tests may reach other code without any edit, and all
// others of the code follow from that one.
func (c *Comparison) Reasons() []input.Reason {
	reasons := c.reasons()
	for _, d := range c.Found {
		if d.Elsewhere != "" && reasons[0].Code == "code.changed" {
			reasons[0].Text = "since the build for " + d.Elsewhere + ": " + reasons[0].Text
			for i := range reasons[1:] {
				if r := &reasons[1+i]; r.Code == "code.changed" {
					r.Roots = reasons[:1:1]
				}
			}
		}
	}
	return reasons
}

// reasons returns the reasons of all differences, each once. Settings of the run, and children
// that changed for nothing but those, come last: most readers look for their own edit.
func (c *Comparison) reasons() (reasons []input.Reason) {
	var last []input.Reason
	told := map[string]bool{}
	edited := func(root input.Reason) bool { return root.Code != "setting.changed" && root.Code != "child.changed" }
	for _, d := range c.Found {
		for _, r := range d.Reasons {
			list := &reasons
			if !slices.ContainsFunc(input.RootsOf([]input.Reason{r}), edited) {
				list = &last
			}
			if key := keyOf(r); !told[key] {
				told[key] = true
				*list = append(*list, r)
			}
		}
	}
	return append(reasons, last...)
}

// verdict returns whether something differs, and whether that is known.
func (c *Comparison) verdict() since.Verdict {
	switch {
	case slices.ContainsFunc(c.Found, func(d Difference) bool { return !d.Unknown }):
		return since.Changed
	case len(c.Found) > 0:
		return since.Unsure
	}
	return since.Unchanged
}

// own compares all inputs but the children.
func (c *Comparison) own() {
	c.tree.World = c.present.World
	defer c.tree.Close()
	for i := 0; i < len(c.Rec.Inputs); i++ { // sameGlob may replace some
		if c.Rec.Inputs[i].Kind == input.Module && c.stop {
			continue // it explains a go.mod, which is an input itself
		}
		if c.input(i); c.stop && len(c.Found) > 0 {
			return
		}
	}
	if c.child {
		return
	}
	p := c.present
	if slices.ContainsFunc(p.Static, func(s input.Input) bool { return Find(c.Rec.Inputs, &s) == nil }) { // the call gives something that the record lacks
		c.Found = append(c.Found, Difference{Kind: input.Setting}) // mostly; the options tell it, or the code
	}
	if expired(c.Rec, p.MaxAge, p.World.Clock()) {
		c.Found = append(c.Found, Difference{Reasons: []input.Reason{tooOld(c.Rec, p.MaxAge)}})
	}
}

// tooOld returns the reason that a record has expired. The time is in UTC: to write the
// local one would fix the zone of the process, before a test sets TZ.
func tooOld(rec *record.Record, age time.Duration) input.Reason {
	text := fmt.Sprintf("not built in the last %s, but at %s", age, rec.Built.UTC().Format("2006-01-02 15:04 UTC"))
	if age == Refresh {
		text = "Refresh() asks for it"
	}
	return input.Reason{Code: "expired", Old: rec.Built.UTC().Format(time.RFC3339), Text: text}
}

// input compares one input.
func (c *Comparison) input(i int) {
	in := &c.Rec.Inputs[i]
	switch {
	case in.Kind == input.Child, in.Kind == input.Walk: // told with the others, by its Glob
		return
	case in.Kind <= input.Setting, in.Kind == input.WorkDir: // they do not lie in the world
		c.compareCurrent(in)
		return
	case in.Flags&input.Preset != 0 && c.present.NoRun:
		c.unknown(in.Kind)
		return
	case in.Kind == input.Glob && c.sameGlob(i):
		c.equal++
		return
	}
	now := *in
	if in.Flags&input.InTree == 0 || !c.tree.IsStill(in) {
		now = c.present.state(in)
	}
	if now.Digest != in.Digest {
		if c.present.NoRun && slices.ContainsFunc(strings.Split(in.Name, input.Between), c.present.World.IsGone) {
			c.unknown(in.Kind)
			return
		}
		c.Found = append(c.Found, c.difference(in, &now))
		return
	}
	c.equal++
	if in.Kind.HasStat() && (now.Stat != in.Stat || now.Flags != in.Flags) {
		c.ownRecord()
		in = &c.Rec.Inputs[i]
		in.Stat, in.Flags = now.Stat, now.Flags
	}
}

// unknown notes an input of which only a run can tell. For Nearer it counts as equal.
func (c *Comparison) unknown(k input.Kind) {
	c.Found = append(c.Found, Difference{Kind: k, Unknown: true})
	c.equal++
}

// compareCurrent compares an input that Current returns. One that is not given any more has
// no reason of its own: the options, which come first, or the code that asked for it say so.
func (c *Comparison) compareCurrent(in *input.Input) {
	if in.Kind == input.WorkDir && c.pinned && !strings.HasPrefix(in.Name, StartDir) {
		c.equal++
		return
	}
	now, known := c.present.Current(c.Rec, in, c.child)
	switch {
	case !known:
		c.unknown(in.Kind)
	case now == nil || now.Digest == in.Digest && now.Name == in.Name:
		c.equal++
	case now.Absent() && len(c.Found) > 0, in.Kind == input.Code && len(c.present.Static) > 0 && codeMode(c.Rec.Inputs) != codeMode(c.present.Static):
		c.equal--
		c.Found = append(c.Found, Difference{Kind: in.Kind})
	default:
		if now.Name != in.Name {
			c.equal-- // code known in another way: a record of the same way tells more
		}
		c.Found = append(c.Found, c.difference(in, now))
	}
}

// Find returns the input among static with the kind and name of in, nil if there is none. The
// code of a call is found whatever its name.
func Find(static []input.Input, in *input.Input) *input.Input {
	for i := range static {
		if static[i].Kind == in.Kind && (static[i].Name == in.Name || in.Kind == input.Code) {
			return &static[i]
		}
	}
	return nil
}

// sameGlob compares a Glob: if no directory that was walked has changed it
// matches what it matched, otherwise it is expanded again.
func (c *Comparison) sameGlob(i int) bool {
	end, same := i+1, true
	for ; end < len(c.Rec.Inputs) && c.Rec.Inputs[end].Kind == input.Walk; end++ {
		same = same && c.present.World.WalkAt(&c.Rec.Inputs[end])
	}
	if same {
		return true
	}
	now, walks := c.present.World.Reglob(&c.Rec.Inputs[i])
	if now.Digest != c.Rec.Inputs[i].Digest {
		return false
	}
	if slices.Equal(walks, c.Rec.Inputs[i+1:end]) {
		return true // their times do not tell it
	}
	c.ownRecord()
	c.Rec.Inputs = slices.Concat(c.Rec.Inputs[:i+1], walks, c.Rec.Inputs[end:])
	return true
}

// ownRecord replaces the record by a copy that may be changed: others may read the original.
func (c *Comparison) ownRecord() {
	if !c.Renewed {
		rec := *c.Rec
		rec.Inputs = slices.Clone(rec.Inputs)
		c.Rec, c.Renewed = &rec, true
	}
}

// A stateKey names an input whose present state was looked up.
type stateKey struct {
	kind input.Kind
	name string
	salt input.Salt // which records have one each
}

// state returns the present state of an input of a record, looked up once.
func (p *Present) state(in *input.Input) input.Input {
	key := stateKey{in.Kind, in.Name, in.Salt}
	now, known := p.states[key]
	if !known {
		if p.states == nil {
			p.states = map[stateKey]input.Input{}
		}
		now = p.World.Now(in)
		p.states[key] = now
	}
	return now
}

// keyOf tells reasons apart: a variable may be an input by its name and as one of the
// environment.
func keyOf(r input.Reason) string {
	if r.Code == "env.changed" {
		return r.Code + " " + r.Subject
	}
	return r.Text
}

// keysOf returns a set of reasons, by keyOf.
func keysOf(reasons []input.Reason) map[string]bool {
	keys := make(map[string]bool, len(reasons))
	for _, r := range reasons {
		keys[keyOf(r)] = true
	}
	return keys
}
