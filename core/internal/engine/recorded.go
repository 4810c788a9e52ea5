package engine

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/tree"
)

// A notStored says why a result is not kept.
type notStored struct{ code, text string }

func (why *notStored) Error() string { return why.text }

// NotStoredCodes are the codes of EventNotStored.
var NotStoredCodes = []string{
	"mode", "store", "output", "capture", "command", "changed", "too-new", "recording",
	"temporary", "system-file", "child", "variable", "init", "hidden", "unreadable",
}

// record makes the record of a build: what the caller gave, what it declared,
// what was recorded. It says why there can be none where an input cannot be
// known. Of a directory or file, m, it stores what is in it.
func (b *builder) record(out *Output, m *tree.Manifest) (*record.Record, *notStored) {
	if out.NotStored != "" {
		return nil, &notStored{"output", out.NotStored}
	}
	if b.spec.Veto != nil {
		if text := b.spec.Veto(); text != "" {
			return nil, &notStored{"output", text}
		}
	}
	if why := b.unseen(); why != nil {
		return nil, why
	}
	ins, why := b.inputs()
	if why != nil {
		return nil, why
	}
	if why := b.mayStore(); why != nil {
		return nil, why
	}
	var tied bool
	form := record.Value
	if m == nil {
		var path string
		if path, tied = b.heldPath(out.Data); path != "" {
			why = &notStored{"temporary", fmt.Sprintf("its value holds the temporary path %s, which will be gone", path)}
		}
	} else {
		form = record.Tree
		tied, why = b.putTree(out, m)
	}
	if why != nil {
		return nil, why
	}
	if ins, why = b.placed(ins); why != nil {
		return nil, why
	}
	if tied && input.Find(ins).Find(input.Checkout, "checkout") == nil {
		ins = append(ins, b.world.CheckoutAt())
	}
	sort.SliceStable(ins, func(i, j int) bool { return kindOrder(ins[i].Kind) < kindOrder(ins[j].Kind) }) // SortStableFunc weighs more for each type
	rec := &record.Record{
		Key: b.spec.Key, Package: b.pkg, Local: b.spec.Local, Salt: b.world.Salt, Built: b.start, BuildTime: b.took,
		Algorithm: b.c.config.Algorithm, Form: form, Output: store.Ref(out.Data), Bytes: b.bytes, Inline: out.Data,
		HasInline: len(out.Data) <= record.MaxInline, Inputs: slices.Concat(b.Static, ins), Bases: b.world.BaseNames(),
	}
	return rec, nil
}

// kindOrder keeps each Walk behind its Glob.
func kindOrder(k input.Kind) input.Kind {
	if k == input.Walk {
		return input.Glob
	}
	return k
}

// inputs are the declared and recorded inputs, in their state after the build.
func (b *builder) inputs() ([]input.Input, *notStored) {
	if b.blind != nil {
		return nil, &notStored{"unreadable", fmt.Sprintf("what is declared cannot be looked at: %v", b.blind)}
	}
	after, err := b.declaredInputs(input.Find(b.declared))
	if err != nil {
		return nil, &notStored{"changed", err.Error()}
	}
	if b.constant {
		after = append(after, b.constants(after, input.Find(b.declared))...)
	}
	after = append(after, b.retrack()...)
	b.declared = append(b.declared, b.frame.tracked...)
	if why := b.changedDeclared(after); why != nil {
		return nil, why
	}
	for i := range after {
		if after[i].Unreadable() {
			return nil, errUnreadable(after[i].Name)
		}
	}
	ins := append(after, b.always()...)
	var use cwdUse
	if !b.spec.DeclaredOnly {
		if b.traceErr != nil && !b.readsNothing() {
			return nil, &notStored{"recording", fmt.Sprintf("what it reads is not recorded (%v): declare it all%s and add cachetest.DeclaredOnly()", b.traceErr, b.opened())}
		}
		c := &collector{builder: b, ins: ins, ran: b.programs()}
		if why := c.collect(); why != nil {
			return nil, why
		}
		if why := b.unseeable(c.ran); why != nil {
			return nil, why
		}
		if len(c.ran.commands) > 0 && b.spec.Version == "" && len(b.spec.Declare.Env) == 0 {
			if why := c.environment(); why != nil { // nobody sees which of it they read
				return nil, why
			}
		}
		ins, use = c.ins, c.cwd
	}
	b.declaredRelative(&use)
	b.c.mu.Lock()
	use.addWorking(b.frame.cwd.working)
	b.c.mu.Unlock()
	ins = append(ins, b.cwdInputs(use)...)
	ins = append(ins, b.aboutFiles(ins)...)
	children, why := b.children()
	return append(ins, children...), why
}

// readsNothing reports whether fn's code reads no file and no variable, so that
// no log can tell more of it: neither itself nor through what others have left in
// variables.
func (b *builder) readsNothing() bool {
	return b.closure != nil && !b.stateful() && !b.asks(settings.Reads) && !b.asks(settings.Variables) && len(b.closure.Hidden) == 0
}

// aboutFiles is which of the files are one, and what their modes are, if fn's code
// can ask for it.
func (b *builder) aboutFiles(ins []input.Input) (about []input.Input) {
	if b.code == nil {
		return nil
	}
	var names []string
	for i := range ins {
		if ins[i].Kind == input.File && !ins[i].Absent() {
			names = append(names, ins[i].Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	list := strings.Join(names, "\n")
	if b.asks(settings.Identity) {
		about = append(about, b.world.IdentityAt(list))
	}
	if b.asks(settings.Modes) {
		about = append(about, b.world.ModesAt(list))
	}
	return about
}

// always are the inputs of every fixture that are looked up. IgnoreEnv takes out
// those that a user can tell not to matter; what GODEBUG changes nobody can.
func (b *builder) always() []input.Input {
	var ins []input.Input
	if b.spec.Alone {
		return nil
	}
	for _, name := range []string{"GODEBUG", "LANG", "TZ"} {
		ignored := name != "GODEBUG" && input.Matches(b.spec.Ignore.Env, name)
		if !ignored && !slices.Contains(b.spec.Declare.Env, name) {
			ins = append(ins, b.world.EnvAt(name, b.preset(), nil))
		}
	}
	return ins
}

// children are the fixtures that this build used: those asked for within it,
// and, where its code reaches variables that change while tests run, those that
// the process had got before.
func (b *builder) children() ([]input.Input, *notStored) {
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	if b.frame.tainted != "" {
		return nil, &notStored{"child", fmt.Sprintf("it uses the fixture %q, which is not stored", b.frame.tainted)}
	}
	var ins []input.Input
	used := slices.Clone(b.frame.children)
	own := len(used)
	if b.stateful() && !b.spec.Alone {
		used = append(used, b.c.served...)
	}
	for i, ch := range used {
		in := b.childInput(ch)
		if i >= own {
			in.Flags |= input.Before
		}
		same := func(o input.Input) bool { return o.Name == in.Name && o.Digest == in.Digest }
		if ch.key != b.key && !slices.ContainsFunc(ins, same) {
			ins = append(ins, in)
		}
	}
	return ins, nil
}

// childInput is the input that a fixture is of this one: where it was asked for in
// another directory than this one was, as it is there.
func (b *builder) childInput(ch child) input.Input {
	var in input.Digest
	if ch.cwd != (compare.Cwd{}) && ch.cwd.Digest != b.cwdAt(ch.cwd.Name).Digest {
		in = ch.cwd.Digest
	}
	return compare.ChildInput(ch.key, ch.name, ch.code, b.c.config.Algorithm.Cut(ch.output), ch.maxAge, in)
}
