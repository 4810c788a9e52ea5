package compare

import (
	"fmt"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/input"
)

func (c *Comparison) reasonsOf(old, now *input.Input) []input.Reason {
	if old.Kind == input.Code {
		return c.codeReasons(old, now)
	}
	reasons := input.Compare(old, now)
	if old.Kind == input.Setting && old.Name == input.Selected {
		for i := range reasons {
			reasons[i].Text += whySelected(c.Rec.Inputs)
		}
	}
	return reasons
}

// codeReasons returns how the code of a record differs from the present code.
func (c *Comparison) codeReasons(old, new *input.Input) []input.Reason {
	if old.Digest == new.Digest {
		return nil
	}
	binary := []input.Reason{{Code: "code.changed", Subject: "test binary", Text: "test binary changed"}}
	switch {
	case old.Name != new.Name:
		text := "only what the build function reaches counts now, not all of the test binary"
		if new.Name == "binary" {
			text = "all of the test binary counts now, not only what the build function reaches"
		}
		return []input.Reason{{Code: "code.changed", Subject: "code", Old: old.Name, New: new.Name, Text: text}}
	case new.Name == "binary": // its identity, and the function
		binaryThen, was, _ := strings.Cut(old.Detail, " ")
		if binaryNow, is, _ := strings.Cut(new.Detail, " "); binaryThen == binaryNow {
			return otherFunction(was, is)
		}
		return binary
	}
	then, err1 := code.DecodeClosure(old.Detail)
	now, err2 := code.DecodeClosure(new.Detail)
	if err1 != nil || err2 != nil {
		return binary
	}
	if then.Home != now.Home {
		c.elsewhere = 1
	}
	var reasons []input.Reason
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
		return binary // under -trimpath
	case was != "" && was != is:
		return otherFunction(was, is)
	default:
		binary[0].Text += fmt.Sprintf(", which counts as several functions begin in the line of %s: write each in a line of its own", is)
		return binary
	}
}

// whySelected returns the part of a message that says why the code of all selected tests
// counts for a record, "" if it does not.
func whySelected(ins []input.Input) string {
	for i := range ins {
		if ins[i].Kind == input.Code {
			if then, err := code.DecodeClosure(ins[i].Detail); err == nil && then.Cause.What != "" {
				return "; " + then.Since()
			}
		}
	}
	return ""
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
