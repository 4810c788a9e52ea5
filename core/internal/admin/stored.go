package admin

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A Stored is a record in the cache, as people and reports see it.
type Stored struct {
	Package   string        `json:"pkg"`
	Key       string        `json:"key"`
	Slot      string        `json:"slot"` // the fixture's name in the store
	Variant   string        `json:"variant"`
	ID        string        `json:"record"`
	Built     time.Time     `json:"built"`
	Used      time.Time     `json:"used"` // to the hour
	BuildTime time.Duration `json:"build_ns"`
	Size      int64         `json:"bytes"` // of the output
	Output    string        `json:"output"`

	// Home is the package whose source asks for it, as far as the closure of the build
	// function tells: a Scope may stand in the place of Package.
	Home string `json:"-"`

	rec  *record.Record
	file store.RecordFile
}

// An Input is one input of a record.
type Input struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Detail   string `json:"detail,omitempty"` // a text that explains a difference
	Declared bool   `json:"declared,omitempty"`
}

// Records lists what is stored, the records of a fixture together. What cannot
// be read is left out, and what goes meanwhile may be listed.
func (c *Cache) Records() iter.Seq[*Stored] {
	return func(yield func(*Stored) bool) {
		if c.store == nil {
			return
		}
		for file := range c.store.All() {
			if rec, err := load(c.store, &file); err == nil && !yield(stored(file, rec)) {
				return
			}
		}
	}
}

func load(s *store.Store, file *store.RecordFile) (*record.Record, error) {
	payload, _, err := s.Read(file)
	if err != nil {
		return nil, err
	}
	return record.Decode(payload)
}

func stored(file store.RecordFile, rec *record.Record) *Stored {
	rec.Inline = nil // an output is not looked at
	home := strings.TrimSuffix(rec.Package, "_test")
	for i := range rec.Inputs {
		if in := &rec.Inputs[i]; in.Kind == input.Code && in.Name == "closure" {
			if closure, err := code.DecodeClosure(in.Detail); err == nil {
				home = cmp.Or(closure.Home, home)
			}
		}
	}
	return &Stored{
		Package: rec.Package, Key: rec.Key, Slot: file.Slot.String(), Variant: file.Variant.String(), ID: file.ID.String(),
		Built: rec.Built, Used: file.Used, BuildTime: rec.BuildTime,
		Size: rec.Bytes, Output: rec.Output.ID.String(), Home: home,
		rec: rec, file: file,
	}
}

// Inputs returns what the build depended on, in the order of kinds.
func (s *Stored) Inputs() []Input {
	var list []Input
	for i := range s.rec.Inputs {
		in := &s.rec.Inputs[i]
		if in.Kind == input.Walk || in.Name == engine.ListsInput && in.Detail == "" {
			continue // its Glob is listed; there are no lists
		}
		name := in.Shown()
		if in.Kind == input.Child {
			name = in.Detail
		}
		list = append(list, Input{Kind: in.Kind.String(), Name: name, Detail: detail(in), Declared: in.Flags&input.Declared != 0})
	}
	return list
}

// Tied says why a record can be of no use on another machine, "" if it can.
func (c *Cache) Tied(s *Stored) string { return c.engine.Tied(s.rec) }

// A ChildFixture is a fixture that the build of another used.
type ChildFixture struct{ Slot, Key string }

// Children returns the fixtures that the build used.
func (s *Stored) Children() (list []ChildFixture) {
	for i := range s.rec.Inputs {
		if in := &s.rec.Inputs[i]; in.Kind == input.Child {
			if child := (ChildFixture{compare.Child(in).Slot.String(), in.Detail}); !slices.Contains(list, child) {
				list = append(list, child)
			}
		}
	}
	return list
}

// detail returns an input's detail for people: of code, how much there is.
func detail(in *input.Input) string {
	switch in.Kind {
	case input.Env:
		return strings.TrimPrefix(in.Describe(), "=") // its value, or only that it is set
	case input.Code:
	default:
		return in.Describe()
	}
	if in.Name != "closure" {
		_, function, _ := strings.Cut(in.Detail, " ")
		return function
	}
	closure, err := code.DecodeClosure(in.Detail)
	if err != nil {
		return ""
	}
	text := human.Count(len(closure.Decls()), "declaration")
	for _, m := range closure.Modules {
		text += ", " + m.Path + " " + m.Version
	}
	return text
}

// A Fixture is all records under one key.
type Fixture struct {
	FixtureID
	Records []*Stored // the last used first
	Size    int64     // of the outputs, equal ones counted once
}

// Name returns a name that is unique among the fixtures of all packages.
func (f *Fixture) Name() string { return f.Package + ":" + f.Key }

// LastUsed returns when a record of it was last used.
func (f *Fixture) LastUsed() time.Time { return f.Records[0].Used }

// Newest returns the record that was built last.
func (f *Fixture) Newest() *Stored {
	return slices.MaxFunc(f.Records, func(a, b *Stored) int { return a.Built.Compare(b.Built) })
}

// Fixtures returns what the cache holds, by package and key.
func (c *Cache) Fixtures() []*Fixture {
	bySlot := map[string]*Fixture{}
	var list []*Fixture
	for s := range c.Records() {
		f := bySlot[s.Slot]
		if f == nil {
			f = &Fixture{FixtureID: FixtureID{Package: s.Package, Key: s.Key}}
			bySlot[s.Slot] = f
			list = append(list, f)
		}
		f.Records = append(f.Records, s)
	}
	for _, f := range list {
		slices.SortStableFunc(f.Records, func(a, b *Stored) int { return b.Used.Compare(a.Used) })
		outputs := map[string]int64{}
		for _, s := range f.Records {
			outputs[s.Output] = s.Size
		}
		for _, size := range outputs {
			f.Size += size
		}
	}
	slices.SortFunc(list, func(a, b *Fixture) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// WithLogged adds the fixtures of which only the logs know.
func WithLogged(list []*Fixture, events []engine.Event, hits []store.HitLine) []*Fixture {
	known := map[FixtureID]bool{}
	for _, f := range list {
		known[f.FixtureID] = true
	}
	add := func(id FixtureID) {
		if !known[id] {
			known[id] = true
			list = append(list, &Fixture{FixtureID: id})
		}
	}
	for _, e := range events {
		add(FixtureOf(e))
	}
	for _, line := range hits {
		add(line.Fixture)
	}
	return list
}

// FixtureOf names the fixture of an event.
func FixtureOf(e engine.Event) FixtureID {
	return FixtureID{Package: e.Package, Key: e.Key}
}
