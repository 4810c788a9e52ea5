package admin

import (
	"maps"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
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
		if s == Changed || s == Unknown && worst == Same {
			worst = s
		}
	}
	return worst
}

// An Inspector compares records with the present state of a checkout, without
// running a test. It looks at each thing once.
type Inspector struct {
	// Toolchain is the version and platform of the go command in use, as
	// "go1.26.0 linux/amd64"; empty if not known.
	Toolchain string
	// Build are the settings that a plain go test would build with, by the
	// names that debug.BuildInfo has: "-race", "-tags", "CGO_ENABLED". What is
	// not among them is taken as it was.
	Build map[string]string

	c        *Cache
	root     logged.Root
	now      [2]*engine.Observer // by algorithm
	seen     map[recordKey]*judged
	variants map[variant][]*judged
	built    map[string]*code.Binary // by package
}

// A variant names a variant of a fixture.
type variant struct {
	slot store.SlotID
	id   store.VariantID
}

type recordKey struct {
	variant
	id store.RecordID
}

// Inspect returns an Inspector of the module that holds dir.
func (c *Cache) Inspect(dir string) *Inspector {
	v := &Inspector{c: c, root: logged.FindRoot(dir), seen: map[recordKey]*judged{}, variants: map[variant][]*judged{}, built: map[string]*code.Binary{}}
	for i := range v.now {
		v.now[i] = c.engine.Observe(v.root, dir, engine.Algorithm(i))
	}
	return v
}

// Root returns the directory of the module, "" if there is none.
func (v *Inspector) Root() string { return v.root.Physical }

// Fixture returns the verdict on a fixture: that on the record which is valid,
// or else on the nearest one.
func (v *Inspector) Fixture(records []*Stored) Verdict {
	best, bestRank := Verdict{}, -1
	for _, s := range slices.SortedFunc(slices.Values(records), func(a, b *Stored) int { return b.Built.Compare(a.Built) }) {
		verdict := v.Record(s)
		rank := map[State]int{Same: 1 << 30, Unknown: 1 << 29}[verdict.State()] - len(verdict.Reasons) + 1<<20
		if rank > bestRank {
			best, bestRank = verdict, rank
		}
	}
	return best
}

// Record returns the verdict on a record.
func (v *Inspector) Record(s *Stored) Verdict {
	n := v.judged(s.rec, s.file)
	v.judge(n)
	verdict := n.verdict.clone()
	if verdict.Columns["values"] != None {
		verdict.Columns["values"] = Unknown
	}
	return verdict
}

// alone is the verdict on a record without its children, as one that another
// fixture used: the values that a build gives the fixtures that it uses are in
// its code.
func (v *Inspector) alone(rec *record.Record) Verdict {
	verdict := Verdict{Columns: map[string]State{}}
	for _, column := range Columns {
		verdict.Columns[column] = None
	}
	now := v.now[rec.Algorithm].Of(rec)
	for i := range rec.Inputs {
		in := &rec.Inputs[i]
		if in.Kind == input.Code {
			v.code(in, rec.Algorithm, &verdict)
		} else if column := columnOf(in.Kind); column != "" {
			state, reasons := v.input(now, in, rec.Algorithm)
			verdict.add(column, state, reasons...)
		}
	}
	return verdict
}

// add adds what is known of one input.
func (v *Verdict) add(column string, state State, reasons ...engine.Reason) {
	v.Columns[column] = worse(v.Columns[column], state)
	for _, r := range reasons {
		if !engine.HasReason(v.Reasons, r) {
			v.Reasons = append(v.Reasons, r)
		}
	}
}

func worse(a, b State) State {
	rank := map[State]int{None: 0, Same: 1, Unknown: 2, Changed: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

func columnOf(k input.Kind) string {
	switch k {
	case input.File, input.Dir, input.Glob, input.Checkout, input.GoDir, input.Unbuilt, input.Identity:
		return "files"
	case input.Env, input.Environment:
		return "env"
	case input.Value:
		return "values"
	case input.Module:
		return "modules"
	case input.Toolchain, input.Setting, input.Tool:
		return "toolchain"
	}
	return ""
}

// input compares one input.
func (v *Inspector) input(present *engine.Observer, in *input.Input, alg engine.Algorithm) (State, []engine.Reason) {
	switch in.Kind {
	case input.Toolchain:
		return v.toolchain(in)
	case input.Setting:
		return v.setting(in, alg)
	case input.Value:
		return Same, nil
	case input.Env, input.Environment:
		if in.Flags&input.Preset != 0 {
			return Unknown, nil // the test binary sets some itself
		}
	}
	switch in.Kind {
	case input.File, input.Dir, input.Glob, input.Env, input.Environment, input.Checkout, input.Tool, input.Module, input.GoDir, input.Unbuilt, input.Identity:
		now := present.State(in)
		if reasons := input.Compare(in, &now); len(reasons) > 0 {
			return Changed, reasons
		}
		return Same, nil
	}
	return Unknown, nil
}

// toolchain compares version, platform and the settings of the build.
func (v *Inspector) toolchain(in *input.Input) (State, []engine.Reason) {
	if v.Toolchain == "" {
		return Unknown, nil
	}
	version, platform, settings := input.Settings(in.Detail)
	old, now := version+" "+platform, v.Toolchain
	for _, name := range slices.Sorted(maps.Keys(v.Build)) {
		if was, is := settings[name], v.Build[name]; was != is {
			old, now = input.AppendSetting(old, name, was), input.AppendSetting(now, name, is)
		}
	}
	if old == now {
		return Same, nil
	}
	return Changed, input.Compare(
		&input.Input{Kind: in.Kind, Name: in.Name, Detail: old, Digest: input.Digest{1}},
		&input.Input{Kind: in.Kind, Name: in.Name, Detail: now, Digest: input.Digest{2}})
}

// setting compares with what a plain go test would have.
func (v *Inspector) setting(in *input.Input, alg engine.Algorithm) (State, []engine.Reason) {
	plain, known := engine.PlainSetting(in)
	if !known {
		return Unknown, nil
	}
	now := *in
	now.Detail, now.Digest = plain, alg.DigestOf(plain)
	if reasons := input.Compare(in, &now); len(reasons) > 0 {
		return Changed, reasons
	}
	return Same, nil
}

// code compares code that is known by its closure with the source on disk.
// Options, type and version are written in it. With -trimpath, and where two
// functions begin in one line, the binary counts too, which a run only can
// tell.
func (v *Inspector) code(in *input.Input, alg engine.Algorithm, verdict *Verdict) {
	then, now, err := v.closures(in)
	if err != nil {
		verdict.add("code", Unknown)
		return
	}
	verdict.Code = now
	verdict.add("code", Unknown)
	if in.Digest == alg.DigestOf(string(now.Digest[:]), "") {
		verdict.Columns["code"] = Same
	}
	if len(then.Modules) > 0 {
		verdict.add("modules", Same)
	}
	for _, r := range engine.ClosureReasons(then, now) {
		if r.Code == "module.changed" {
			verdict.add("modules", Changed, r)
		} else {
			verdict.add("code", Changed, r)
		}
	}
}

func (v *Inspector) closures(in *input.Input) (then, now *code.Closure, err error) {
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
	now, err = code.Again(build, then)
	return then, now, err
}
