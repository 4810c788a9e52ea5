package compare

import (
	"fmt"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// difference returns how an input differs from the present one.
func (c *Comparison) difference(old, now *input.Input) Difference {
	switch {
	case c.stop:
		return Difference{Kind: old.Kind}
	case old.Kind == input.Code:
		return codeDifference(old, now)
	}
	d := Difference{Kind: old.Kind, Reasons: input.Compare(old, now)}
	for i := range d.Reasons {
		switch r := &d.Reasons[i]; {
		case old.Kind == input.Setting && old.Name == input.Selected:
			r.Text += whySelected(c.Rec.Inputs)
		case old.Kind == input.Setting && old.Name != settings.Included:
			r.Text += whoAsks(c.Rec.Inputs, old.Name)
		case old.Kind == input.Environment && i == 0: // told once
			r.Text += whyEnvironment(c.Rec.Inputs, r.Subject)
		}
	}
	return d
}

// codeDifference returns how the code of a record differs from the present code.
func codeDifference(old, new *input.Input) Difference {
	d := Difference{Kind: input.Code}
	then, err1 := code.DecodeClosure(old.Detail)
	now, err2 := code.DecodeClosure(new.Detail)
	switch {
	case old.Digest == new.Digest:
	case old.Name != new.Name:
		text := "only what the build function reaches counts now, not all of the test binary"
		if new.Name == "binary" {
			text = "all of the test binary counts now, not only what the build function reaches"
		}
		d.Reasons = []input.Reason{{Code: "code.changed", Subject: "code", Old: old.Name, New: new.Name, Text: text}}
	case new.Name == "binary": // its identity, and the function
		binaryThen, was, _ := strings.Cut(old.Detail, " ")
		if binaryNow, is, _ := strings.Cut(new.Detail, " "); binaryThen == binaryNow {
			d.Reasons = otherFunction(was, is)
		} else {
			d.Reasons = otherBinary("")
		}
	case err1 != nil || err2 != nil:
		d.Reasons, d.Elsewhere = otherBinary(""), "another version of fixturecache"
	default:
		d.Reasons = closureReasons(then, now)
		if then.Home != now.Home {
			d.Elsewhere = then.Home
		}
	}
	return d
}

// closureReasons returns how a closure differs from the present one.
func closureReasons(then, now *code.Closure) (reasons []input.Reason) {
	for _, change := range code.Explain(then, now) {
		r := input.Reason{Code: "code.changed", Subject: change.Subject, Old: change.Old, New: change.New, Text: change.Text}
		if change.Module {
			r.Code = "module.changed"
		}
		reasons = append(reasons, r)
	}
	if len(reasons) > 0 || then.OtherTests(now) { // else that is told of the selection
		return reasons
	}
	switch was, is := then.Function, now.Function; {
	case is == "":
		return otherBinary("") // under -trimpath
	case was != "" && was != is:
		return otherFunction(was, is)
	default:
		return otherBinary(fmt.Sprintf(", which counts as several functions begin in the line of %s: write each in a line of its own", is))
	}
}

// whySelected returns the part of a message that says why the code of all selected tests
// counts for a record, "" if it does not.
func whySelected(ins []input.Input) string {
	if then := closureOf(ins); then.Cause.What != "" {
		return "; " + then.Since()
	}
	return ""
}

// whoAsks returns the part of a message about a setting that says which code asks for it, ""
// if that is not known.
func whoAsks(ins []input.Input, name string) string {
	flag := map[string]string{"-short": settings.Short, "-v": settings.Verbose}[name]
	for _, use := range closureOf(ins).Settings {
		if use.What == name || flag != "" && (use.What == flag || use.What == settings.CommandLine) {
			return fmt.Sprintf(", which %s asks for (%s:%d)", use.Caller(), use.File, use.Line)
		}
	}
	return ""
}

// whyEnvironment returns the part of a message about a variable that says which code may
// read any of them, "" if that is not known.
func whyEnvironment(ins []input.Input, name string) string {
	for _, use := range closureOf(ins).Settings {
		if use.What == settings.Variables {
			return fmt.Sprintf("; all variables count since %s may read any (%s:%d): IgnoreEnv(%q) if it cannot matter", use.Caller(), use.File, use.Line, name)
		}
	}
	return ""
}

// closureOf returns the closure among the inputs of a record, an empty one if there is none.
func closureOf(ins []input.Input) *code.Closure {
	if in := Find(ins, &input.Input{Kind: input.Code}); in != nil {
		if then, err := code.DecodeClosure(in.Detail); err == nil {
			return then
		}
	}
	return new(code.Closure)
}

func otherBinary(why string) []input.Reason {
	return []input.Reason{{Code: "code.changed", Subject: "test binary", Text: "test binary changed" + why}}
}

func otherFunction(was, is string) []input.Reason {
	return []input.Reason{{Code: "fn.changed", Subject: is, Old: was, New: is, Text: "another build function: " + was + " -> " + is}}
}

// CodeLine begins the line of the options that holds the code mode.
const CodeLine = "code "

// codeMode returns the line of the options that has the code mode. If another mode is given,
// that is the reason, and how the code differs is not.
func codeMode(ins []input.Input) string {
	for i := range ins {
		if ins[i].Kind != input.Options {
			continue
		}
		for line := range strings.Lines(ins[i].Detail) {
			if strings.HasPrefix(line, CodeLine) {
				return strings.TrimSuffix(line, "\n")
			}
		}
	}
	return ""
}
