package memo

import (
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/look"
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
	Reasons []Reason         `json:"reasons,omitempty"` // of what has changed
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
	// Plain are the settings of a plain go test, by name.
	Plain map[string]string

	c     *Cache
	root  look.Root
	calls [2]*call // by algorithm: what was looked at
	seen  map[recordKey]Verdict
}

type recordKey struct {
	variantKey
	id store.RecordID
}

// Inspect returns an Inspector of the module that holds dir.
func (c *Cache) Inspect(dir string) *Inspector {
	v := &Inspector{c: c, root: look.FindRoot(dir), seen: map[recordKey]Verdict{}}
	v.Plain = map[string]string{"-short": "false", "arguments": "", "GOMAXPROCS": strconv.Itoa(runtime.GOMAXPROCS(0))}
	for i := range v.calls {
		w := *c.world
		w.Root, w.Dir, w.Algorithm = v.root, dir, input.Algorithm(i)
		v.calls[i] = &call{c: c, spec: &Spec{}, world: &w}
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
func (v *Inspector) Record(s *Stored) Verdict { return v.record(s.rec, s.file, nil) }

func (v *Inspector) record(rec *record.Record, file store.RecordFile, nested []variantKey) Verdict {
	self := recordKey{variantKey{file.Slot, file.Variant}, file.ID}
	if verdict, ok := v.seen[self]; ok {
		return verdict
	}
	verdict := Verdict{Columns: map[string]State{}}
	for _, column := range Columns {
		verdict.Columns[column] = None
	}
	nested = append(slices.Clip(nested), self.variantKey)
	for i := range rec.Inputs {
		in := &rec.Inputs[i]
		column := columnOf(in.Kind)
		if column == "" {
			continue
		}
		state, reasons := v.input(in, rec.Algorithm, nested)
		verdict.Columns[column] = worse(verdict.Columns[column], state)
		for _, r := range reasons {
			if !slices.ContainsFunc(verdict.Reasons, func(o Reason) bool { return o.Text == r.Text }) {
				verdict.Reasons = append(verdict.Reasons, r)
			}
		}
	}
	if len(nested) == 1 {
		v.seen[self] = verdict // within a circle it would be taken for granted
	}
	return verdict
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
	case input.Code, input.Type, input.Options, input.Version:
		return "code"
	case input.File, input.Dir, input.Glob, input.Checkout:
		return "files"
	case input.Env:
		return "env"
	case input.Value:
		return "values"
	case input.Toolchain, input.Setting:
		return "toolchain"
	case input.Child:
		return "children"
	}
	return ""
}

// input compares one input.
func (v *Inspector) input(in *input.Input, alg Algorithm, nested []variantKey) (State, []Reason) {
	switch in.Kind {
	case input.Toolchain:
		return v.toolchain(in)
	case input.Setting:
		return v.setting(in, alg)
	case input.Child:
		return v.childInput(in, alg, nested)
	case input.Options, input.Version, input.Type:
		return None, nil // written in the code
	case input.Value:
		if len(nested) > 1 {
			return Same, nil // what a build gives the fixtures that it uses is in its code
		}
	case input.File, input.Dir, input.Glob, input.Env, input.Checkout:
		if strings.HasPrefix(in.Name, "$") {
			return Unknown, nil // below a path that the test gives
		}
		now := v.calls[alg].state(in)
		if reasons := input.Compare(in, &now); len(reasons) > 0 {
			return Changed, reasons
		}
		return Same, nil
	}
	return Unknown, nil
}

// toolchain compares version and platform. The settings of the build are taken
// as they are: which flags the next go test will have nobody knows.
func (v *Inspector) toolchain(in *input.Input) (State, []Reason) {
	version, platform, _ := strings.Cut(in.Detail, " ")
	platform, _, _ = strings.Cut(platform, " ")
	old := version + " " + platform
	switch {
	case v.Toolchain == "":
		return Unknown, nil
	case old == v.Toolchain:
		return Same, nil
	}
	return Changed, input.Compare(
		&input.Input{Kind: in.Kind, Name: in.Name, Detail: old, Digest: input.Digest{1}},
		&input.Input{Kind: in.Kind, Name: in.Name, Detail: v.Toolchain, Digest: input.Digest{2}})
}

// setting compares with what a plain go test would have.
func (v *Inspector) setting(in *input.Input, alg Algorithm) (State, []Reason) {
	plain, known := v.Plain[in.Name]
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

// childInput looks for a record of the child that has the same output and
// whose inputs are the same.
func (v *Inspector) childInput(in *input.Input, alg Algorithm, nested []variantKey) (State, []Reason) {
	key, ok := parseChild(in)
	r := Reason{Code: "child.changed", Subject: in.Detail, Text: "fixture " + quote(in.Detail) + " is no longer stored"}
	if !ok {
		return Changed, []Reason{r}
	}
	if slices.Contains(nested, key) {
		return Same, nil
	}
	state := Changed
	for _, file := range v.c.store.Records(key.slot, key.variant) {
		rec, err := v.c.read(file)
		if err != nil {
			continue
		}
		verdict := v.record(rec, file, nested)
		equal := alg.Cut(rec.Output.ID) == in.Digest
		switch s := verdict.State(); {
		case equal && s == Same:
			return Same, nil
		case equal && s == Unknown:
			state = Unknown
		case state == Changed && s == Changed:
			r.Text = "fixture " + quote(in.Detail) + " changed: " + ReasonText(verdict.Reasons)
		case state == Changed && !equal:
			r.Text = "fixture " + quote(in.Detail) + " changed: built again to another value"
		}
	}
	if state == Changed {
		return Changed, []Reason{r}
	}
	return state, nil
}
