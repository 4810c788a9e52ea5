package input

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A row says how inputs of a kind are looked up, compared and told. The rest of a kind is
// in a file of its own.
type row struct {
	name  string // in words
	stat  bool   // it is looked up in the file system, so that it has a Stat
	group string // several kinds are one to people; "" for none

	// now looks up the present state; nil if only the caller of a comparison knows it.
	now func(w *World, in *Input) Input
	// tell returns how two states differ.
	tell func(old, new *Input) []Reason
	// list returns the part of the Detail that is for people; nil for all of it.
	list func(in *Input) string
}

var kinds = [...]row{
	Options:     {name: "options", tell: linesReason("options.changed", "options", "declared inputs")},
	Version:     {name: "version", tell: plain("version.changed", "version")},
	Toolchain:   {name: "toolchain", group: "toolchain", tell: toolchainReason},
	Code:        {name: "code", group: "code"},
	Type:        {name: "type", tell: typeReason},
	Value:       {name: "value", group: "values", tell: valueReason, list: listValue},
	Setting:     {name: "setting", group: "toolchain", tell: settingReason, list: listSetting},
	Checkout:    {name: "checkout", group: "files", now: func(w *World, _ *Input) Input { return w.CheckoutAt() }, tell: plain("checkout.changed", "checkout")},
	WorkDir:     {name: "working directory", tell: plain("workdir.changed", "working directory")},
	Env:         {name: "env", group: "env", now: named((*World).EnvAt), tell: envReason, list: listEnv},
	Environment: {name: "environment", group: "env", now: named((*World).EnvironmentAt), tell: environmentReasons, list: listEnvironment},
	Tool:        {name: "tool", stat: true, group: "toolchain", now: named((*World).ToolAt), tell: toolReason},
	Module:      {name: "module", group: "modules", now: func(w *World, in *Input) Input { return w.ModuleAt(in.Name) }, tell: moduleReason},
	File:        {name: "file", stat: true, group: "files", now: named((*World).FileAt), tell: fileReason, list: listFile},
	Dir:         {name: "directory", stat: true, group: "files", now: named((*World).DirAt), tell: listReasons},
	Glob:        {name: "files", group: "files", now: func(w *World, in *Input) Input { now, _ := w.Reglob(in); return now }, tell: listReasons},
	Walk:        {name: "walk", stat: true},
	Child:       {name: "fixture", group: "children", list: func(*Input) string { return "" }},
	Identity:    {name: "identity", group: "files", now: func(w *World, in *Input) Input { return w.IdentityAt(in.Name) }, tell: linesReason("file.link", "files", "owners and hard links")},
	Modes:       {name: "modes", group: "files", now: func(w *World, in *Input) Input { return w.ModesAt(in.Name) }, tell: linesReason("file.mode", "files", "modes")},
}

// named adapts a method that digests the input of a name.
func named(at func(*World, string, Flags, *Input) Input) func(*World, *Input) Input {
	return func(w *World, in *Input) Input { return at(w, in.Name, in.Flags, in) }
}

// row returns the row of a kind: an empty one for a kind of another version.
func (k Kind) row() row {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return row{}
}

func (k Kind) String() string { return cmp.Or(k.row().name, "other") }

// HasStat reports whether an input of this kind is looked up in the file system,
// so that it has a Stat.
func (k Kind) HasStat() bool { return int(k) < len(kinds) && kinds[k].stat }

// Group returns the name under which people see the kind, which several kinds may share.
func (k Kind) Group() string { return k.row().group }

// Now returns the present state of an input. One that is not looked up is as it
// was.
func (w *World) Now(in *Input) Input {
	if now := in.Kind.row().now; now != nil {
		return now(w, in)
	}
	return *in
}

// Compare returns how an input differs from its former state: nothing if it does
// not.
func Compare(old, new *Input) []Reason {
	if old.Digest == new.Digest {
		return nil
	}
	if tell := new.Kind.row().tell; tell != nil {
		return tell(old, new)
	}
	subject := Show(new.Name)
	return []Reason{{Code: "options.changed", Subject: subject, Text: subject + " changed"}}
}

// Describe returns the part of an input's detail that says something to people.
func (in *Input) Describe() string {
	if list := in.Kind.row().list; list != nil {
		return list(in)
	}
	return in.Detail
}

// plain returns the tell of a kind whose Detail is short and is shown whole. what names the
// kind in the reason; "" for the name of the input.
func plain(code, what string) func(old, new *Input) []Reason {
	return func(old, new *Input) []Reason {
		r := Reason{Code: code, Subject: new.Name, Old: old.Detail, New: new.Detail, Text: cmp.Or(what, new.Name) + " changed"}
		if old.Detail != new.Detail {
			r.Text += fmt.Sprintf(": %s -> %s", orNone(old.Detail), orNone(new.Detail))
		}
		return []Reason{r}
	}
}

// SumMark stands in a line of a detail before the digest of the thing that the line names,
// which is not shown.
const SumMark = "\x00"

// withoutSum returns a line of a detail without the digest in it.
func withoutSum(line string) string {
	name, _, _ := strings.Cut(line, SumMark)
	return name
}

// listSetting returns the lines of a setting's detail without their digests.
func listSetting(in *Input) string {
	list := lines(in.Detail)
	for i, line := range list {
		list[i] = withoutSum(line)
	}
	return strings.Join(list, ", ")
}

// settingReason shows both values of a setting. Of a list, or if only digests differ, it
// shows the lines that differ.
func settingReason(old, new *Input) []Reason {
	was, is := *old, *new
	was.Detail, is.Detail = listSetting(old), listSetting(new)
	if len(was.Detail)+len(is.Detail) > maxText { // a command line
		was.Detail, is.Detail = differingWords(was.Detail, is.Detail)
	}
	reasons := plain("setting.changed", "")(&was, &is)
	if listSetting(old) == listSetting(new) || strings.Contains(old.Detail+new.Detail, "\n") {
		reasons[0].Text = new.Name + " changed: " + lineDiff(old.Detail, new.Detail)
	}
	return reasons
}

// maxWords is how many words of a command line are shown.
const maxWords = 16

// differingWords returns the words of two texts from the first on that differs.
func differingWords(old, new string) (was, is string) {
	a, b, i := strings.Split(old, " "), strings.Split(new, " "), 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	for _, words := range []*[]string{&a, &b} {
		if *words = (*words)[i:]; len(*words) > maxWords {
			*words = append((*words)[:maxWords], "…")
		}
	}
	return strings.Join(a, " "), strings.Join(b, " ")
}

// CheckoutAt returns the place of the module as the go command, and so os.Getwd, spells it.
func (w *World) CheckoutAt() Input {
	dir := cmp.Or(w.Root.Lexical, w.Dir)
	return Input{Kind: Checkout, Name: "checkout", Detail: dir, Digest: w.Algorithm.DigestOf(dir)}
}

func orNone(s string) string { return cmp.Or(s, "(none)") }

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// lineDiff tells how two lists of lines differ.
func lineDiff(old, new string) string {
	removed, added := setDiff(old, new)
	var parts []string
	for _, line := range added {
		name, how := withoutSum(line), " added"
		if i := slices.IndexFunc(removed, func(old string) bool { return strings.HasPrefix(old, name+SumMark) }); i >= 0 {
			how, removed = " modified", slices.Delete(removed, i, i+1)
		}
		parts = append(parts, name+how)
	}
	for _, line := range removed {
		parts = append(parts, withoutSum(line)+" removed")
	}
	return strings.Join(parts, ", ")
}

// setDiff returns the lines that only one of two sorted lists has.
func setDiff(old, new string) (removed, added []string) {
	a, b := lines(old), lines(new)
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			removed, a = append(removed, a[0]), a[1:]
		case len(a) == 0 || b[0] < a[0]:
			added, b = append(added, b[0]), b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return removed, added
}

// A Reason is one difference that makes a record invalid.
type Reason struct {
	Code    string `json:"code"` // part of the format of the logs
	Subject string `json:"subject,omitempty"`
	Old     string `json:"old,omitempty"`
	New     string `json:"new,omitempty"`
	Text    string `json:"text"` // for people

	// Roots are, for child.changed, the changes below all children in between, and
	// Depth is how many of those there are.
	Roots []Reason `json:"roots,omitempty"`
	Depth int      `json:"-"`
}

// maxRoots bounds the Roots of a reason.
const maxRoots = 8

// RootsOf returns what changed in the first place: reasons that are no
// child.changed, but for those of which nothing more is known, each once.
func RootsOf(reasons []Reason) (roots []Reason) {
	for _, r := range reasons {
		below := r.Roots
		if len(below) == 0 {
			below = []Reason{r}
		}
		for _, root := range below {
			root.Depth = 0
			if len(roots) < maxRoots && !slices.ContainsFunc(roots, func(o Reason) bool { return o.Text == root.Text }) {
				roots = append(roots, root)
			}
		}
	}
	return roots
}

// ReasonText returns the first reason, and how many more there are.
func ReasonText(reasons []Reason) string {
	switch len(reasons) {
	case 0:
		return "no reason known"
	case 1:
		return reasons[0].Text
	}
	return fmt.Sprintf("%s (+%d more)", reasons[0].Text, len(reasons)-1)
}
