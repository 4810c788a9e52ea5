package admin

import (
	"maps"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
)

// Columns are the kinds of input that a Verdict tells apart.
var Columns = []string{"code", "files", "env", "values", "modules", "toolchain", "children"}

// A State is how some inputs of a record stand now.
type State string

const (
	None    State = "-" // there are none of this kind
	Same    State = "ok"
	Unknown State = "?" // only a run can tell
	Changed State = "changed"
)

// A Verdict is what can be said of a record, or of the best record of a
// fixture, without running a test.
type Verdict struct {
	Columns map[string]State `json:"columns"`
	Reasons []engine.Reason  `json:"reasons,omitempty"` // of what has changed

	// Code is the closure of the build function in the source on disk, nil where
	// that cannot be told without a run.
	Code *code.Closure `json:"-"`
}

// State is that of the worst column.
func (v Verdict) State() State {
	worst := Same
	for _, s := range v.Columns {
		worst = worse(worst, s)
	}
	return worst
}

func worse(a, b State) State {
	rank := map[State]int{None: 0, Same: 1, Unknown: 2, Changed: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// An Inspector compares records with the present state of a checkout, without
// running a test. It looks at each thing once.
type Inspector struct {
	// inUse is the version and platform of the go command in use, as
	// "go1.26.0 linux/amd64"; empty if not known.
	inUse string
	// plain are the settings that a plain go test would build with, by the
	// names that debug.BuildInfo has: "-race", "-tags", "CGO_ENABLED". What is
	// not among them is taken as it was.
	plain map[string]string

	facts    code.Cache // that tests have found in source files
	root     logged.Root
	present  *compare.Present
	built    map[string]*code.Binary   // by package
	closures map[input.Digest]closures // of the code of records
	gone     map[string]bool           // packages, whether they are
}

// closures are what a record has of code, and what the source on disk says.
type closures struct{ then, now *code.Closure }

// Inspect returns an Inspector of the module that holds dir.
func (c *Cache) Inspect(dir string) *Inspector {
	v := &Inspector{facts: c.engine.Facts(), root: logged.FindRoot(dir), built: map[string]*code.Binary{}, closures: map[input.Digest]closures{}, gone: map[string]bool{}}
	v.present = c.engine.Present(v.root, dir, v.given)
	return v
}

// setGoBin says which directory the go command puts in front of the PATH of the
// tests that it runs.
func (v *Inspector) setGoBin(dir string) { v.present.World.GoBin = dir }

// Root returns the directory of the module, "" if there is none.
func (v *Inspector) Root() string { return v.root.Physical }

// Fixture returns the verdict on a fixture: that on the record which is valid,
// or else on the one that a miss would be explained by.
func (v *Inspector) Fixture(records []*Stored) (best Verdict) {
	if len(records) > 0 && v.isGone(records[0].home()) {
		return v.goneVerdict(records[0].home())
	}
	var nearest *compare.Comparison
	for _, s := range records {
		c := v.compare(s)
		if nearest == nil || c.Nearer(nearest) > 0 {
			nearest = c
		}
	}
	if nearest == nil {
		return best
	}
	return v.verdict(nearest)
}

// isGone reports whether a package has no source any more: nothing asks for its
// fixtures, whatever they depend on.
func (v *Inspector) isGone(pkg string) bool {
	gone, known := v.gone[pkg]
	if !known {
		gone = code.Gone(v.root.Physical, pkg)
		v.gone[pkg] = gone
	}
	return gone
}

func (v *Inspector) goneVerdict(pkg string) Verdict {
	verdict := Verdict{Columns: map[string]State{}, Reasons: []engine.Reason{{Code: "code.changed", Subject: pkg, Text: "package " + pkg + " is gone"}}}
	for _, column := range Columns {
		verdict.Columns[column] = None
	}
	verdict.Columns[input.Code.Column()] = Changed
	return verdict
}

// Record returns the verdict on a record.
func (v *Inspector) Record(s *Stored) Verdict { return v.verdict(v.compare(s)) }

func (v *Inspector) compare(s *Stored) *compare.Comparison {
	return v.present.Of(s.rec).Differences(&compare.Record{Record: s.rec, File: s.file}, false)
}

// verdict puts a comparison into columns.
func (v *Inspector) verdict(c *compare.Comparison) Verdict {
	verdict := Verdict{Columns: map[string]State{}, Reasons: c.Reasons()}
	for _, column := range Columns {
		verdict.Columns[column] = None
	}
	raise := func(column string, state State) {
		if column != "" {
			verdict.Columns[column] = worse(verdict.Columns[column], state)
		}
	}
	for i := range c.Rec.Inputs {
		in := &c.Rec.Inputs[i]
		raise(in.Kind.Column(), Same)
		if known, ok := v.closures[in.Digest]; ok && in.Kind == input.Code {
			verdict.Code = known.now
			if len(known.then.Modules) > 0 {
				raise("modules", Same)
			}
		}
	}
	for _, d := range c.Found {
		state := Changed
		if d.Unknown || d.Kind == input.Code {
			state = Unknown // of code that is told by its modules
		}
		raise(d.Kind.Column(), state)
		for _, r := range d.Reasons {
			switch r.Code {
			case "module.changed":
				raise("modules", Changed)
			default:
				raise(d.Kind.Column(), Changed)
			}
		}
	}
	return verdict
}

// given is the present state of what the caller of a fixture gives: of what is
// written in its code, the code tells; of values only a run can, but for those
// that a build gives the fixtures that it uses, which are in its code too.
func (v *Inspector) given(rec *record.Record, in *input.Input, child bool) (now *input.Input, known bool) {
	switch in.Kind {
	case input.Toolchain:
		return v.toolchain(rec, in)
	case input.Setting:
		plain, known := process.PlainSetting(in)
		return changed(rec, in, plain), known
	case input.Code:
		return v.code(rec, in)
	case input.Value:
		return nil, child
	}
	return nil, true
}

// changed is an input with another detail.
func changed(rec *record.Record, in *input.Input, detail string) *input.Input {
	now := *in
	now.Detail, now.Digest = detail, rec.Algorithm.DigestOf(detail)
	return &now
}

// toolchain is version, platform and the settings of the build.
func (v *Inspector) toolchain(rec *record.Record, in *input.Input) (now *input.Input, known bool) {
	if v.inUse == "" {
		return nil, false
	}
	version, platform, settings := input.Settings(in.Detail)
	same := version+" "+platform == v.inUse
	for name, value := range v.plain {
		same = same && settings[name] == value
		settings[name] = value
	}
	if same {
		return nil, true
	}
	detail := v.inUse
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		detail = input.AppendSetting(detail, name, settings[name])
	}
	return changed(rec, in, detail), true
}

// code is code that is known by its closure, from the source on disk. Options,
// type and version are written in it. With -trimpath, and where two functions
// begin in one line, the binary counts too, which only a run can tell.
func (v *Inspector) code(rec *record.Record, in *input.Input) (now *input.Input, known bool) {
	then, closure, err := v.closure(in)
	if err != nil {
		return nil, false
	}
	v.closures[in.Digest] = closures{then, closure}
	if in.Digest == rec.Algorithm.DigestOf(string(closure.Digest[:]), "") {
		return nil, true
	}
	if len(code.Explain(then, closure)) == 0 {
		return nil, false
	}
	return changed(rec, in, string(closure.Encode())), true
}

func (v *Inspector) closure(in *input.Input) (then, now *code.Closure, err error) {
	if in.Name != "closure" {
		return nil, nil, code.ErrUnknown
	}
	then, err = code.DecodeClosure([]byte(in.Detail))
	if err != nil {
		return nil, nil, err
	}
	build := v.built[then.Home]
	if build == nil {
		dir, err := code.FindPackage(v.root.Physical, then.Home)
		if err != nil {
			return nil, nil, err
		}
		build = code.Static(dir)
		v.built[then.Home] = build
	}
	now, err = code.Again(build, then, v.facts)
	return then, now, err
}
