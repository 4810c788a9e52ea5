package engine

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// A notStored says why a result is not kept.
type notStored struct{ code, text string }

func (why *notStored) Error() string { return why.text }

// and joins two causes, of which either may be nil, in one message.
func (why *notStored) and(other *notStored) *notStored {
	if why == nil || other == nil {
		return cmp.Or(why, other)
	}
	return &notStored{why.code, why.text + "; " + other.text}
}

// recordable returns the declared and recorded inputs of a build, or why there can be no
// record of it.
func (b *builder) recordable(out *Output) ([]input.Input, *notStored) {
	var why *notStored
	if out.NotStored != "" {
		why = &notStored{"output", out.NotStored}
	} else if b.spec.Veto != nil {
		if text := b.spec.Veto(); text != "" {
			why = &notStored{"failed", text}
		}
	}
	why = why.and(b.undeclared())
	ins, unseen := b.inputs()
	if why = why.and(unseen); why != nil {
		why.text += b.because
	} else if b.spec.NoStore {
		why = &notStored{"mode", "NoStore() asks for it"}
	}
	return ins, why
}

// kindOrder keeps each Walk behind its Glob.
func kindOrder(k input.Kind) input.Kind {
	if k == input.Walk {
		return input.Glob
	}
	return k
}

// inputs returns the declared and recorded inputs, in their state after the build.
func (b *builder) inputs() ([]input.Input, *notStored) {
	if b.blind != nil {
		return nil, &notStored{"unreadable", fmt.Sprintf("what is declared cannot be looked at: %v", b.blind)}
	}
	after, err := b.declaredInputs(input.NewLookup(b.declared))
	if err != nil {
		return nil, &notStored{"changed", err.Error()}
	}
	if b.constant {
		after = append(after, b.constants(after, input.NewLookup(b.declared))...)
	}
	after = append(after, b.retrack()...)
	b.declared = append(b.declared, b.frame.tracked...)
	why := b.changedDeclared(after)
	if i := slices.IndexFunc(after, func(in input.Input) bool { return in.Unreadable() }); i >= 0 {
		why = why.and(unreadableError(after[i].Name))
	}
	c := &collector{builder: b, ins: append(after, b.impliedEnv()...)}
	if !b.spec.DeclaredOnly {
		if b.traceErr != nil && !b.readsNothing() {
			return nil, why.and(&notStored{"recording", fmt.Sprintf("what it reads is not recorded (%v): declare %s and add cachetest.DeclaredOnly()", b.traceErr, b.declareAdvice(after))})
		}
		c.ran = b.programsSeen()
		why = why.and(c.collect()).and(b.hiddenReads(&c.ran, c.ins))
		if len(c.ran.commands) > 0 && b.spec.Version == "" && len(b.spec.Declare.Env) == 0 {
			why = why.and(c.environment("")) // which variables they read is not seen
		}
		if len(c.ran.commands) > 0 || b.closure != nil && len(b.closure.Hidden) > 0 {
			c.cwd.addWorking(1)
		}
	}
	ins, use := c.ins, c.cwd
	b.declaredRelative(&use)
	use.addWorking(b.frame.cwd.working)
	use.leaves = use.leaves || b.frame.cwd.leaves
	if ins = append(ins, b.cwdInputs(use)...); use.leaves {
		ins = b.addCheckout(ins)
	}
	ins = append(ins, b.aboutFiles(ins)...)
	children, tainted := b.children()
	return append(ins, children...), why.and(tainted)
}

// readsUnseen reports whether fn may read files that the log does not show.
func (b *builder) readsUnseen() bool {
	return b.spec.DeclaredOnly || b.actsUnseen()
}

// readsNothing reports whether fn's code reads no file and no environment variable, neither
// itself nor through what other code has left in package variables: a log would be empty.
func (b *builder) readsNothing() bool {
	return b.closure != nil && !b.stateful() && !b.dependsOn(settings.Reads) && !b.dependsOn(settings.Variables) && len(b.closure.Hidden) == 0
}

// aboutFiles returns the inputs Identity and Modes of the files among ins, each if fn's code
// can ask for it.
func (b *builder) aboutFiles(ins []input.Input) (about []input.Input) {
	var names []string
	for i := range ins {
		if ins[i].Kind == input.File && !ins[i].Absent() {
			names = append(names, ins[i].Name)
		}
	}
	if b.code == nil || len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	list := strings.Join(names, input.Between)
	if b.dependsOn(settings.Identity) {
		about = append(about, b.World.IdentityAt(list))
	}
	if b.dependsOn(settings.Modes) {
		about = append(about, b.World.ModesAt(list))
	}
	return about
}

// impliedEnv returns the environment variables that count although no log shows them:
// GODEBUG for every fixture; TZ if the code may ask for the local time; TZ and LANG if it
// may start programs, which ask for both, or has parts that cannot be seen. IgnoreEnv takes
// out TZ and LANG, but not GODEBUG: nobody can tell what that changes.
func (b *builder) impliedEnv() []input.Input {
	var ins []input.Input
	if b.spec.Alone {
		return nil
	}
	names := []string{"GODEBUG"}
	if b.actsUnseen() {
		names = append(names, "LANG", "TZ")
	} else if b.dependsOn(settings.LocalTime) {
		names = append(names, "TZ")
	}
	for _, name := range names {
		ignored := name != "GODEBUG" && input.Matches(b.spec.Ignore.Env, name)
		if !ignored && !slices.Contains(b.spec.Declare.Env, name) {
			ins = append(ins, b.World.EnvAt(name, b.preset(), nil))
		}
	}
	return ins
}

// used returns the fixtures that this build used: those asked for within it, and, where its
// code reaches variables that change while tests run, or asks without their context, those
// that the process had got before; from another store hits alone, as else the reads count.
func (b *builder) used() []child {
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	used := slices.Clone(b.frame.children)
	if (b.stateful() || b.dependsOn(settings.Fixtures)) && !b.spec.Alone {
		used = append(used, b.c.served...)
	}
	return slices.DeleteFunc(used, func(ch child) bool { return ch.key == b.key || !ch.hit && ch.dir != b.c.config.Dir })
}

// children returns the fixtures that this build used, as inputs.
func (b *builder) children() ([]input.Input, *notStored) {
	if b.frame.tainted != "" {
		return nil, &notStored{"child", fmt.Sprintf("it uses the fixture %q, which is not stored", b.frame.tainted)}
	}
	var ins []input.Input
	for _, ch := range b.used() {
		in := b.childInput(ch)
		if !slices.Contains(b.frame.children, ch) {
			in.Flags |= input.Before
		}
		same := func(o input.Input) bool { return o.Name == in.Name && o.Digest == in.Digest }
		if !slices.ContainsFunc(ins, same) {
			ins = append(ins, in)
		}
	}
	return ins, nil
}

// childInput returns a child as an input of the call. It names the working directory that
// the child was asked for in if that is not the one of the call.
func (cl *call) childInput(ch child) input.Input {
	var in input.Digest
	if ch.cwd != (compare.Cwd{}) && ch.cwd.Digest != cl.cwdAt(ch.cwd.Name).Digest {
		in = ch.cwd.Digest
	}
	return compare.ChildInput(ch.key, ch.name, ch.code, cl.c.world.Algorithm.Cut(ch.output), ch.maxAge, in)
}

// got reports whether this process has got the child that an input names in the state of
// the input, and in no other, which a package variable might hold.
func (cl *call) got(in *input.Input) bool {
	key := compare.Child(in).Variant
	cl.c.mu.Lock()
	defer cl.c.mu.Unlock()
	for _, ch := range cl.c.got[key] {
		if now := cl.childInput(ch); now.Name != in.Name || now.Digest != in.Digest {
			return false
		}
	}
	return len(cl.c.got[key]) > 0 && !slices.Contains(cl.c.unstored, key)
}

// undeclared reports what fn depends on that cannot be seen while it runs and that no
// option declares.
func (b *builder) undeclared() *notStored {
	if b.spec.Callee == "" {
		return nil // a program that says itself what its build depends on
	}
	why, c := b.undeclaredCaptures(), b.behaviour()
	if c == nil {
		return why
	}
	if c.Cause.What != "" && process.FlagValue("test.shuffle") == "on" { // with a seed that no flag tells
		b.because = whyRun(c)
		why = why.and(&notStored{"variable", "-shuffle=on runs the tests in an order that is not known: give its seed, as in -shuffle=1"})
	}
	if c.Turn.Test != "" && b.spec.turnNow() != b.turn {
		why = why.and(&notStored{"variable", fmt.Sprintf("%s called Parallel, or ended, before its build function did, and other tests may change what that uses", c.Turn.Test)})
	}
	if text := c.Skipped(); text != "" {
		why = why.and(&notStored{"variable", text})
	}
	var names []string
	before := slices.DeleteFunc(slices.Clone(c.Init), func(use code.Use) bool {
		names = append(names, use.Caller())
		return slices.Contains(b.spec.Ignore.Captures, use.Caller())
	})
	if len(before) > 0 && !b.spec.declares() {
		use, files := before[0], ""
		at := func(p code.Path) bool { return p.File == use.File && p.Line == use.Line }
		if i := slices.IndexFunc(b.paths(), at); i >= 0 {
			files = ", as in " + option("Files", []string{b.paths()[i].Path})
		}
		b.because = whyRun(c)
		why = why.and(&notStored{"init", fmt.Sprintf("it may depend on what %s read by %s before the tests began (%s:%d), which is not recorded: declare it with cachetest.Files or Env%s, or add %s if it cannot matter",
			use.Caller(), use.What, use.File, use.Line, files, option("IgnoreCapture", names))})
	}
	return why
}

// whyRun returns the part of a message that says why more counts than the build function
// reaches, the code of the whole run or of a package that cannot be taken apart, or "".
func whyRun(c *code.Closure) string {
	why := append([]string{""}, c.Fallback[:min(1, len(c.Fallback))]...)
	if c.Cause.What != "" {
		why = slices.Insert(why, 1, c.Since())
	}
	return strings.Join(why, "; ")
}

// maxCauses is how many commands and system calls, or changed paths, one message names.
const maxCauses = 3

// hiddenReads reports what the build may have read unseen: by the commands that the log
// shows, and by the cgo and system calls that its code can reach, or that the code of the
// whole run can where this counts.
func (b *builder) hiddenReads(ran *programs, ins []input.Input) (why *notStored) {
	if mode := b.spec.code(); ran.self && mode != CodeBinary && mode != CodeNone && b.spec.Version == "" {
		why = &notStored{"command", "it runs or reads the test binary, all code of which may count: add cachetest.Code(cachetest.CodeBinary), or cachetest.Version(\"1\")"}
	}
	if b.spec.answeredFor() || b.frame.answered {
		return why
	}
	how, causes := "hidden", slices.Clone(ran.commands)
	if len(causes) > 0 {
		how = "command"
	}
	if known := b.behaviour(); known != nil && b.spec.Callee != "" {
		for _, use := range known.Hidden {
			ran.why = cmp.Or(ran.why, whyRun(known))
			causes = append(causes, fmt.Sprintf("%s can come to %s (%s:%d)", use.Caller(), use.What, use.File, use.Line))
		}
	}
	switch n := len(causes); {
	case n == 0:
		return why
	case n > maxCauses:
		causes = append(causes[:maxCauses], fmt.Sprintf("%d more", n-maxCauses))
	}
	b.because = cmp.Or(b.because, ran.why)
	return why.and(&notStored{how, fmt.Sprintf("what commands and system calls read cannot be seen (%s): declare it with cachetest.Files, Tool or GoPackages%s, or add cachetest.Version(\"1\")", strings.Join(causes, ", "), ran.declare(option("Files", pathNames(b.unread(ins)))))})
}

// declare returns the part of a message that says how to declare the programs, and files
// that they may have read.
func (ran *programs) declare(files string) string {
	parts := []string{ran.advice, option("Tool", ran.tools), files}
	if parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" }); len(parts) == 0 {
		return ""
	}
	if files == "" {
		parts = append(parts, "Files for what it reads")
	}
	if ran.advice == "" {
		parts[0] = ", as in " + parts[0]
	}
	return strings.Join(parts, " and ")
}

// undeclaredCaptures reports all captured values, and all that the code asks a testing.TB
// for, that neither the key nor an option tells.
func (b *builder) undeclaredCaptures() *notStored {
	c := b.captured()
	var parts []string
	if list := c.Untold(b.spec.Ignore.Captures...); len(list) > 0 {
		parts = append(parts, c.Message(b.callSite(), list))
		for _, untold := range list {
			if slices.ContainsFunc(b.spec.Values, func(v Value) bool { return v.Name == untold.Name }) {
				parts = append(parts, fmt.Sprintf("the With(%[1]q, …) that is given tells something else, was made elsewhere, or %[1]s is set after it: write it in the call itself, with a copy that nothing sets", untold.Name))
			}
		}
	}
	if known := b.behaviour(); known != nil {
		asked := slices.Clone(b.spec.Ignore.Captures)
		for _, use := range known.HandleUses {
			if what := "t." + use.What; use.What != code.HandleName && !slices.Contains(asked, what) {
				asked, b.because = append(asked, what), whyRun(known)
				parts = append(parts, fmt.Sprintf("%s asks %s (%s:%d), which is not part of the key: give it an argument, or add cachetest.IgnoreCapture(%q) if it cannot matter",
					use.Caller(), what, use.File, use.Line, what))
			}
		}
	}
	if name := c.Ambiguous(b.spec.Key); name != "" {
		parts = append(parts, fmt.Sprintf("the build function at %s uses %s, and other values of it give the same key: add cachetest.With(%q, %s)", b.callSite(), name, name, name))
	}
	if c.Undecided != nil && len(b.spec.Values) == 0 && len(b.spec.Ignore.Captures) == 0 {
		parts = append(parts, fmt.Sprintf("what the build function at %s captures cannot be known (%s): add cachetest.With or IgnoreCapture", b.callSite(), c.Undecided))
	}
	if b.untold = len(parts) > 0; !b.untold {
		return nil
	}
	return &notStored{"capture", strings.Join(parts, "; ")}
}

// callSite names the build function by where it is handed over.
func (b *builder) callSite() string {
	return fmt.Sprintf("%s:%d", filepath.Base(b.spec.Call.File), b.spec.Call.Line)
}

// stateful reports whether fn may use what was put into package variables while tests ran,
// which it may if its code is not known.
func (b *builder) stateful() bool {
	return b.closure == nil || b.closure.State
}
