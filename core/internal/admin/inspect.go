package admin

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
)

// Columns are the groups of inputs that a Verdict tells apart.
var Columns = []string{"code", "files", "env", "values", "modules", "toolchain", "children"}

// A State is how a fixture, or its inputs of a sort, stand now.
type State string

const (
	None    State = "-" // there are none, or nothing is known
	Same    State = "valid"
	Unknown State = "valid?" // only a run can tell
	Changed State = "outdated"
)

// A Verdict is what can be said of a record, or of the best record of a
// fixture, without running a test.
type Verdict struct {
	State   State            `json:"state"`
	Columns map[string]State `json:"columns"`
	Reasons []engine.Reason  `json:"reasons,omitempty"` // what has changed

	// Code is the closure of the build function in the source on disk, nil where
	// that cannot be told without a run.
	Code *code.Closure `json:"-"`
}

// raise notes a state of a group of inputs, if that is worse than what is known.
func (v *Verdict) raise(group string, state State) {
	order := []State{None, Same, Unknown, Changed}
	if was, known := v.Columns[group]; known && slices.Index(order, state) > slices.Index(order, was) {
		v.Columns[group] = state
	}
}

// In returns the groups of inputs that are in a state.
func (v *Verdict) In(state State) []string {
	return slices.DeleteFunc(slices.Clone(Columns), func(group string) bool { return v.Columns[group] != state })
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

	lists    string     // of the settings file: see engine.Cache.Lists
	facts    code.Cache // the facts that tests have found in source files
	root     logged.Root
	present  *compare.Present
	built    map[string]*code.Binary        // by package
	closures map[input.Digest]*code.Closure // in the source on disk, of the code of records
	gone     map[string]bool                // packages, whether they have no source any more
}

// Inspect returns an Inspector of the module that holds dir.
func (c *Cache) Inspect(dir string) *Inspector {
	v := &Inspector{lists: c.engine.Lists(), facts: c.engine.Facts(), root: logged.FindRoot(dir), built: map[string]*code.Binary{}, closures: map[input.Digest]*code.Closure{}, gone: map[string]bool{}}
	v.present = c.engine.Present(v.root, dir, v.current)
	return v
}

// Fixture returns the verdict on a fixture: that on the record which is valid,
// or else on the one that a miss would be explained by.
func (v *Inspector) Fixture(records []*Stored) Verdict {
	if len(records) == 0 {
		return Verdict{State: None}
	}
	pkg := records[0].Home
	gone, known := v.gone[pkg]
	if !known {
		gone = code.Gone(v.root.Physical, pkg)
		v.gone[pkg] = gone
	}
	if gone { // nothing asks for its fixtures, whatever they depend on
		verdict := newVerdict(Changed, engine.Reason{Code: "code.changed", Subject: pkg, Text: "package " + pkg + " is gone"})
		verdict.raise("code", Changed)
		return verdict
	}
	var nearest *compare.Comparison
	for _, s := range records {
		now := v.present.Of(s.rec)
		if in := compare.Find(s.rec.Inputs, &input.Input{Kind: input.Code}); in != nil && in.Name == "closure" {
			now.World.Algorithm = v.present.World.Algorithm // a program chooses its own
		}
		c := now.Differences(&compare.Record{Record: s.rec, File: s.file}, false)
		if nearest == nil || c.Nearer(nearest) > 0 {
			nearest = c
		}
	}
	return v.verdict(nearest)
}

func newVerdict(state State, reasons ...engine.Reason) Verdict {
	v := Verdict{State: state, Columns: map[string]State{}, Reasons: reasons}
	for _, group := range Columns {
		v.Columns[group] = None
	}
	return v
}

func (v *Inspector) verdict(c *compare.Comparison) Verdict {
	verdict := newVerdict(Same, c.Reasons()...)
	for i := range c.Rec.Inputs {
		in := &c.Rec.Inputs[i]
		if verdict.raise(in.Kind.Group(), Same); in.Kind == input.Code {
			if verdict.Code = v.closures[in.Digest]; verdict.Code != nil && len(verdict.Code.Modules) > 0 {
				verdict.raise("modules", Same)
			}
		}
	}
	for _, d := range c.Found {
		state := Changed
		if d.Unknown {
			state = Unknown
		}
		if verdict.raise(d.Kind.Group(), state); verdict.State != Changed {
			verdict.State = state
		}
		if slices.ContainsFunc(d.Reasons, func(r engine.Reason) bool { return r.Code == "module.changed" }) {
			verdict.raise("modules", Changed)
		}
	}
	return verdict
}

// current returns the present state of an input that the caller of a fixture gives. One
// that is written in the code is compared with the code; a value is known to a run only.
// What a build gives to a child, and the child's code, are part of the build's own code.
func (v *Inspector) current(rec *record.Record, in *input.Input, child bool) (now *input.Input, known bool) {
	switch in.Kind {
	case input.Options:
		if in.Name == engine.ListsInput && !child {
			ofTest := slices.ContainsFunc(rec.Inputs, func(in input.Input) bool { return in.Kind == input.Code && in.Name == "closure" })
			return changed(rec, in, v.lists), ofTest || in.Detail == v.lists // another program may have lists of its own
		}
	case input.Toolchain:
		return v.toolchain(rec, in)
	case input.Setting:
		plain, known := process.PlainSetting(in)
		return changed(rec, in, plain), known
	case input.Code:
		if child {
			return nil, true
		}
		return v.code(rec, in)
	case input.Value:
		return nil, child
	}
	return nil, true
}

// changed returns an input with another detail.
func changed(rec *record.Record, in *input.Input, detail string) *input.Input {
	now := *in
	now.Detail, now.Digest = detail, rec.Algorithm.DigestOf(detail)
	return &now
}

// toolchain returns the input of the version, the platform and the settings of the build.
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

// code returns the input of a closure as it is in the source on disk. Options, type and
// version are written in it. With -trimpath, and where two functions begin in one line,
// the binary counts too, which is known to a run only.
func (v *Inspector) code(rec *record.Record, in *input.Input) (now *input.Input, known bool) {
	then, closure, err := v.closure(in)
	if err != nil {
		return nil, false
	}
	v.closures[in.Digest] = closure
	if in.Digest == rec.Algorithm.DigestOf(string(closure.Digest[:]), "") {
		return nil, true
	}
	if len(code.Explain(then, closure)) == 0 {
		return nil, false
	}
	return changed(rec, in, closure.Encode()), true
}

func (v *Inspector) closure(in *input.Input) (then, now *code.Closure, err error) {
	if in.Name != "closure" {
		return nil, nil, code.ErrUnknown
	}
	if then, err = code.DecodeClosure(in.Detail); err != nil {
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

// buildFlags are the flags of go test that show in what it builds.
var buildFlags = []string{"-race", "-msan", "-asan", "-tags", "-trimpath", "-ldflags", "-gcflags", "-asmflags"}

// buildVariables are the environment variables that show there.
var buildVariables = []string{"CGO_ENABLED", "GO386", "GOAMD64", "GOARM", "GOARM64", "GOMIPS", "GOMIPS64", "GOPPC64", "GORISCV64", "GOWASM"}

// AskGo lets the inspector compare with the go command that tests would be run
// with here, and with what a plain go test would build with, as far as that tells.
func (v *Inspector) AskGo() {
	args := append([]string{"env", "-json", "GOVERSION", "GOOS", "GOARCH", "GOFLAGS", "GOROOT"}, buildVariables...)
	out, err := exec.Command("go", args...).Output()
	var env map[string]string
	if err != nil || json.Unmarshal(out, &env) != nil || env["GOVERSION"] == "" {
		return
	}
	build := flagsOf(env["GOFLAGS"])
	for _, name := range buildVariables {
		if env[name] != "" {
			build[name] = env[name]
		}
	}
	build["$"+process.LevelVariable] = os.Getenv(process.LevelVariable)
	v.present.World.GoBin = filepath.Join(env["GOROOT"], "bin") // which the go command puts in front of the PATH of tests
	v.inUse, v.plain = env["GOVERSION"]+" "+env["GOOS"]+"/"+env["GOARCH"], build
}

// flagsOf returns the build flags in GOFLAGS, and with an empty value those that are not
// set. Where a value is in quotes, as -ldflags has them, it returns none.
func flagsOf(goflags string) map[string]string {
	build := map[string]string{}
	if strings.ContainsAny(goflags, `'"`) {
		return build
	}
	for _, flag := range buildFlags {
		build[flag] = ""
	}
	for _, arg := range strings.Fields(goflags) {
		name, value, hasValue := strings.Cut("-"+strings.TrimLeft(arg, "-"), "=")
		if _, known := build[name]; !known {
			continue
		}
		switch {
		case !hasValue:
			value = "true"
		case value == "false":
			value = ""
		}
		build[name] = value
	}
	if build["-trimpath"] != "" {
		build["-ldflags"] = "" // left out of what the binary tells
	}
	return build
}
