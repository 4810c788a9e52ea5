package engine

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/process"
)

// unseen reports what fn depends on that nobody can see while it runs, and
// that no option stands for.
func (b *builder) unseen() *notStored {
	if b.spec.Callee == "" {
		return nil // a program that says itself what its build depends on
	}
	if why := b.untold(); why != nil {
		return why
	}
	c := b.behaviour()
	if c == nil {
		return nil
	}
	if c.Cause.What != "" && process.Shuffled() {
		return &notStored{"variable", fmt.Sprintf("%s, and -shuffle=on runs them in an order that is not known: give its seed, as in -shuffle=1", c.Since())}
	}
	if c.Turn != "" && b.spec.turnNow() != b.turn {
		return &notStored{"variable", fmt.Sprintf("%s called Parallel, or ended, before its build function did, and other tests may change what that uses", c.Turn)}
	}
	if text := c.Skipped(); text != "" {
		return &notStored{"variable", text}
	}
	if len(c.Init) > 0 && !b.spec.declares() {
		use := c.Init[0]
		return &notStored{"init", fmt.Sprintf("it uses what %s read by %s before the tests began (%s:%d), which is not recorded: declare it with cachetest.Files or Env",
			caller(use.By), use.What, use.File, use.Line)}
	}
	return nil
}

// maxCauses is how many commands and system calls one message names.
const maxCauses = 3

// unseeable reports what the build may have read that nobody can see: commands
// that the log tells of, and cgo and system calls that its code can come to.
func (b *builder) unseeable(ran programs) *notStored {
	if mode := b.spec.code(); ran.self && mode != CodeBinary && mode != CodeNone && b.spec.Version == "" {
		return &notStored{"command", "it runs the test binary, any code of which it can come to: add cachetest.Code(cachetest.CodeBinary), or Version"}
	}
	if b.spec.answeredFor() {
		return nil
	}
	code := "hidden"
	var causes []string
	if len(ran.commands) > 0 {
		code, causes = "command", slices.Clone(ran.commands)
	}
	if b.closure != nil && b.spec.Callee != "" {
		for _, use := range b.closure.Hidden {
			causes = append(causes, fmt.Sprintf("%s can come to %s (%s:%d)", caller(use.By), use.What, use.File, use.Line))
		}
	}
	switch n := len(causes); {
	case n == 0:
		return nil
	case n > maxCauses:
		causes = append(causes[:maxCauses], fmt.Sprintf("%d more", n-maxCauses))
	}
	return &notStored{code, fmt.Sprintf("what commands and system calls read cannot be seen (%s): declare it with cachetest.Files, Tool, GoPackages or Version%s", strings.Join(causes, ", "), ran.why)}
}

// untold reports all the values that fn captures, or that what it calls asks a
// testing handle for, and that nothing tells.
func (b *builder) untold() *notStored {
	c := b.captured()
	var parts []string
	if list := c.Untold(b.spec.Ignore.Captures...); len(list) > 0 {
		parts = append(parts, c.Message(b.place(), list))
	}
	if known := b.behaviour(); known != nil {
		for _, use := range known.HandleUses {
			if what := "t." + use.What; use.What != code.HandleName && !slices.Contains(b.spec.Ignore.Captures, what) {
				parts = append(parts, fmt.Sprintf("%s asks %s (%s:%d), which is not part of the key: give it an argument, or add cachetest.IgnoreCapture(%q) if it cannot matter",
					caller(use.By), what, use.File, use.Line, what))
			}
		}
	}
	if len(parts) > 0 {
		return &notStored{"capture", strings.Join(parts, "; ")}
	}
	if name := c.Ambiguous(b.spec.Key); name != "" {
		return &notStored{"capture", fmt.Sprintf("the build function at %s uses %s, and other values of it give the same key: add cachetest.With(%q, %s)", b.place(), name, name, name)}
	}
	if c.Undecided != "" && len(b.spec.Values) == 0 && len(b.spec.Ignore.Captures) == 0 {
		return &notStored{"capture", fmt.Sprintf("what the build function at %s captures cannot be known (%s): add cachetest.With or IgnoreCapture", b.place(), c.Undecided)}
	}
	return nil
}

// place names the build function by where it is handed over.
func (b *builder) place() string {
	return fmt.Sprintf("%s:%d", filepath.Base(b.spec.Call.File), b.spec.Call.Line)
}

// stateful reports whether fn may use what was put into variables while tests
// ran: where its code is known, that is known too.
func (b *builder) stateful() bool {
	return b.closure == nil || b.closure.State
}

// hints are what makes values differ from build to build, for the miss line.
func (cl *call) hints() string {
	if cl.closure == nil || len(cl.closure.Hints) == 0 {
		return ""
	}
	var parts []string
	for _, use := range cl.closure.Hints {
		part := fmt.Sprintf("%s (%s:%d)", use.What, use.File, use.Line)
		if !slices.Contains(parts, part) { // a literal, and the declaration around it
			parts = append(parts, part)
		}
		if len(parts) == 2 {
			break
		}
	}
	return strings.Join(parts, ", ")
}

// sets is a variable that fn sets for those who read it after the call, for the
// miss line.
func (cl *call) sets() string {
	if cl.spec.Callee == "" || len(cl.captured().Sets) == 0 {
		return ""
	}
	return cl.captured().Sets[0].String()
}

// calls is a method of a testing handle that fn calls for what it leaves behind,
// for the miss line: not one that another function in its line may call.
func (cl *call) calls() string {
	if cl.closure == nil || len(cl.closure.HandleCalls) == 0 || cl.captured().Several {
		return ""
	}
	use := cl.closure.HandleCalls[0]
	return fmt.Sprintf("t.%s (%s:%d)", use.What, use.File, use.Line)
}

// caller is what people call a function of the closure: a literal that is in none
// of its declarations is the build function.
func caller(name string) string {
	if strings.HasSuffix(name, ".func") {
		return "the build function"
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}
