package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/tree"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A builder builds one fixture and stores it, unless something says that its
// record could not be relied upon.
type builder struct {
	*call
	frame   *frame // once the build has ended a copy, to which no other build adds
	reasons []Reason
	nearest *record.Record // the fixture's record that is nearest to the present, nil if it has none
	known   *code.Closure  // set by behaviour
	behaved bool           // behaviour has looked for it

	// Set by before.
	start time.Time
	observation
	constant bool          // reads are not recorded: the files that fn names by constants count as declared
	declared []input.Input // as they were before the build; inputs adds what was tracked
	golist   *input.GoList
	blind    *input.UnseenError // why a declared input cannot be looked at

	// Set when fn has ended.
	took      time.Duration
	stored    time.Duration // to encode and check what was built
	bytes     int64         // size of what was built
	namesTemp atomic.Bool   // what was built names the directory of temporary files
	untold    bool          // what fn captures is refused, the paths in it among that
	because   string        // the end of a message that says why more counts than fn itself, set by what is refused
}

// An observation is the state of the process before a build, and what was read by its end:
// reads, or in traceErr why these are not known.
type observation struct {
	began     since.Moment // at the latest when fn began
	around    since.Surroundings
	offspring unlogged.Children
	environ   map[string]string
	pos       trace.Pos
	reads     trace.Reads
	traceErr  error
}

// run calls build. It returns what was stored, or what was built where that
// cannot be stored.
func (b *builder) run(ctx context.Context, build func(context.Context) (Output, error)) (res Result, err error) {
	if b.frame.parent != nil && process.Alone() && b.c.host.Log.Enter() == nil {
		defer func() { b.c.host.Log.Leave(res.Stored && process.AloneNow()) }()
	}
	salt := input.Salt([]byte(unlogged.RandomText(len(input.Salt{}))))
	if b.nearest != nil { // so that equal inputs make an equal RecordID, which replaces the record instead of adding one
		salt = b.nearest.Salt
	}
	b.World = b.World.With(b.World.Bases, salt)
	if err := b.before(); err != nil {
		return res, err
	}
	out, err := b.callBuild(ctx, build)
	if err != nil {
		return res, err
	}
	if b.traceErr == nil {
		b.reads, b.traceErr = b.c.host.Log.Reads(b.pos)
	}
	if !b.constant {
		if err := b.proveLater(b.took); err != nil {
			out.NotStored = err.Error()
		}
	}
	m := b.scan(&out)
	b.c.mu.Lock()
	f := *b.frame // another build may still add to that
	b.c.mu.Unlock()
	b.frame = &f
	res = Result{Data: out.Data, Tree: tree.Made(out.Path), Reasons: b.reasons, BuildTime: b.took}
	rec, in, why := b.keep(&out, m)
	b.report(rec, why)
	if rec == nil {
		b.c.taint(b.frame.parent, b.key, b.spec.Key)
		if !slices.Contains([]string{"failed", "changed", "too-new", "store"}, why.code) { // the next build may fare better
			b.unstored = b.allOptions()
		}
		return res, nil
	}
	res.Stored, res.output, res.Data = true, rec.Output.ID, out.Data
	if m != nil {
		res.Tree = &tree.Stored{Store: in, Manifest: m, ID: rec.Output.ID}
	}
	b.c.serve(b.frame.parent, b.child(rec, false))
	if b.code != nil {
		b.c.noteTurn(b.key, b.code.key)
	}
	return res, nil
}

// scan measures what was built, and returns the manifest of a directory or file, nil for a
// value and for what cannot be kept.
func (b *builder) scan(out *Output) *tree.Manifest {
	b.bytes = int64(len(out.Data))
	if out.Path == "" || out.NotStored != "" {
		return nil
	}
	m, err := tree.Scan(out.Path)
	if err != nil {
		text := err.Error()
		if n := len(text); n > 400 { // a path of many directories
			text = text[:200] + "…" + text[n-200:]
		}
		out.NotStored = "what it made cannot be kept: " + text
		return nil
	}
	b.bytes = m.Size()
	return m
}

// report emits the event of the build, and offers what was stored to the shared tier.
func (b *builder) report(rec *record.Record, why *notStored) {
	e := Event{Type: EventMiss, Reasons: b.reasons, BuildMS: milliseconds(b.took), Bytes: b.bytes}
	t, give := b.tier(), func() error { return nil }
	if why != nil {
		e.Type, e.Code, e.Cause = EventNotStored, why.code, why.text
	} else {
		e.StoreMS, e.Hint = milliseconds(b.stored), b.hint(rec)
		if t != nil {
			give, e.Unshared = t.Offer(b.key, rec)
		}
	}
	if b.c.disabled != nil { // the cache is of this process alone
		e = Event{Type: EventOff, Cause: b.c.disabled.Error()}
	}
	b.emit(e)
	b.tierFault(t, give())
}

// before notes the declared inputs, and the state of the process. Its errors are misuse.
func (b *builder) before() error {
	ins, err := b.declaredInputs(nil)
	if !errors.As(err, &b.blind) && err != nil {
		return err
	}
	b.declared = ins
	b.workingDir() // before fn can leave it
	b.c.host.Began.Settle()
	written, _ := b.c.lastCopy.Load().(since.Moment)
	if !b.c.host.Children.StartedNone() { // a command may have written something until now
		written = since.Now()
	}
	written.Settle()
	b.began = since.Now()
	b.offspring, b.environ = unlogged.ChildrenNow(), trace.EnvMap(syscall.Environ())
	b.pos, b.traceErr = b.c.host.Log.Mark()
	if b.constant = b.traceErr != nil && b.spec.DeclaredOnly; b.constant {
		b.declared = append(b.declared, b.constants(ins, nil)...)
	}
	b.lookAround()
	b.start = time.Now()
	return nil
}

// callBuild calls build and says so if it does not come to its end: an error, a
// panic or the end of its goroutine (t.Fatal, t.Skip).
func (b *builder) callBuild(ctx context.Context, build func(context.Context) (Output, error)) (out Output, err error) {
	done := false
	defer b.watch()()
	defer func() {
		b.took = time.Since(b.start)
		if out.built > 0 {
			b.took, b.stored = out.built, b.took-out.built
		}
		if !done || err != nil {
			b.emit(Event{Type: EventMiss, Reasons: b.reasons, Failed: true, BuildMS: milliseconds(b.took)})
		}
	}()
	out, err = build(ctx)
	done = true
	return out, err
}

// declaredInputs digests what the options name.
func (b *builder) declaredInputs(old input.Lookup) (ins []input.Input, err error) {
	w := b.World
	var patterns []string
	for _, pattern := range b.spec.Declare.Files {
		patterns = append(patterns, w.PatternName(pattern))
	}
	for _, v := range b.spec.sortedValues() {
		if _, ok := v.Value.(Path); ok {
			patterns = append(patterns, "$"+input.Quote(v.Name))
		}
	}
	for _, pattern := range patterns {
		found, err := w.Expand(pattern, b.ignorePatterns(), old)
		if err != nil {
			return nil, err
		}
		ins = append(ins, found...)
	}
	for _, name := range b.spec.Declare.Env {
		ins = append(ins, w.EnvAt(name, input.Declared|b.preset(), nil))
	}
	for _, name := range b.spec.Declare.Tools {
		in := w.ToolAt(name, input.Declared, old.Find(input.Tool, name))
		if in.Absent() {
			return nil, fmt.Errorf("Tool(%q): neither an executable file nor the name of one on the PATH", name)
		}
		ins = append(ins, in)
	}
	if d := b.spec.Declare; len(d.GoPackages) == 0 {
		return ins, nil
	} else if b.golist == nil {
		if b.golist, err = w.GoPackages(d.GoPackages, d.GoFlags); err != nil {
			return nil, err
		}
	}
	return append(ins, b.golist.Inputs(w, old)...), nil
}

func (b *builder) ignorePatterns() []string {
	var names []string
	for _, pattern := range b.spec.Ignore.Files {
		names = append(names, b.World.PatternName(pattern))
	}
	return names
}

// keep stores what was built, and returns its record and the store that has both: the
// user's, or that of this process where the user's cannot or may not be written to. why
// says what keeps it from the user's store.
func (b *builder) keep(out *Output, m *tree.Manifest) (rec *record.Record, in *store.Store, why *notStored) {
	ins, why := b.recordable(out)
	if why != nil {
		return nil, nil, why
	}
	if b.mode == ReadOnly {
		why = &notStored{"mode", "CACHETEST=readonly"}
	}
	for in = range b.keepers {
		var no *notStored
		rec, no = b.put(in, ins, out, m)
		if why = why.and(no); no == nil || no.code != "store" {
			break
		}
	}
	return rec, in, why
}

// put stores an output, with m the manifest of a directory or file, and then its
// record with the inputs ins: a crash in between leaves a miss.
func (b *builder) put(s *store.Store, ins []input.Input, out *Output, m *tree.Manifest) (rec *record.Record, why *notStored) {
	ins = slices.Clone(ins) // the caller may need them again
	var tied bool
	form := record.Value
	if m == nil {
		var path string
		if path, tied = b.findPath(out.Data); path != "" {
			why = &notStored{"temporary", fmt.Sprintf("its value holds the temporary path %s, which will be gone: keep what is there with cachetest.Dir or File", path)}
		}
	} else {
		form = record.Tree
		tied, why = b.putTree(s, out, m)
	}
	if why == nil && b.namesTemp.Load() && !b.spec.DeclaredOnly {
		ins, why = b.addTempEnv(ins)
	}
	if why != nil {
		return nil, why
	}
	if tied {
		ins = b.addCheckout(ins)
	}
	sort.SliceStable(ins, func(i, j int) bool { return kindOrder(ins[i].Kind) < kindOrder(ins[j].Kind) }) // SortStableFunc weighs more for each type
	local := func(ch child) bool { return ch.local }
	rec = &record.Record{
		Key: b.spec.Key, Package: b.pkg, Local: b.spec.Local || slices.ContainsFunc(b.used(), local), Salt: b.World.Salt, Built: b.start, BuildTime: b.took,
		Algorithm: b.c.world.Algorithm, Form: form, Output: store.Ref(out.Data), Bytes: b.bytes,
		HasInline: len(out.Data) <= record.MaxInline, Inputs: slices.Concat(b.Static, ins), Bases: b.World.BaseNames(),
	}
	var err error
	if rec.HasInline {
		rec.Inline = out.Data
	} else {
		_, err = s.PutObject(out.Data)
	}
	if err == nil {
		err = s.PutRecord(b.key.Slot, b.key.ID, rec.ID(), rec.Encode(), b.codeKey().note())
	}
	if err != nil {
		return nil, storeError(s, err)
	}
	// A failed trim is no fault of this test's; `cachetest trim` says why it fails.
	s.TrimDaily(store.Trim{Limits: InForce(b.c.config.Limits), Refs: RecordRefs(s), Visits: dailyVisits})
	return rec, nil
}

// addCheckout adds the place of the module to some inputs, if it is not among them.
func (b *builder) addCheckout(ins []input.Input) []input.Input {
	if slices.ContainsFunc(ins, func(in input.Input) bool { return in.Kind == input.Checkout }) {
		return ins
	}
	return append(ins, b.World.CheckoutAt())
}

func storeError(s *store.Store, err error) *notStored {
	return &notStored{"store", fmt.Sprintf("the store %s cannot be written to: %v", s.Root(), err)}
}

const (
	slowBuild    = 10 * time.Second // after which a line says what takes so long
	lastMoment   = time.Second      // before the time of the test is up
	deadlineText = "cachetest: the time of %s is up (go test -timeout) while it builds %q, for %s by now\n"
)

// watch writes a line that names the fixture when its build takes long, and one when
// the time of the test is up meanwhile: go test then says which test was running, and
// not why. The second line goes to the standard error, since the log of a test that is
// cut off is not shown. After stop nothing is written.
func (b *builder) watch() (stop func()) {
	var mu sync.Mutex // held while a line is written, so that none comes after stop
	stopped := false
	after := func(d time.Duration, say func(took float64)) *time.Timer {
		return time.AfterFunc(d, func() {
			mu.Lock()
			defer mu.Unlock()
			if !stopped {
				say(milliseconds(time.Since(b.start)))
			}
		})
	}
	timers := []*time.Timer{after(slowBuild, func(took float64) {
		b.emit(Event{Type: EventBuilding, TookMS: took, Reasons: b.reasons})
	})}
	if left := time.Until(b.spec.Deadline); !b.spec.Deadline.IsZero() {
		timers = append(timers, after(max(left-lastMoment, left/2), func(took float64) {
			fmt.Fprintf(os.Stderr, deadlineText, b.spec.Test, b.spec.Key, human.Milliseconds(took))
		}))
	}
	return func() {
		mu.Lock()
		defer mu.Unlock()
		stopped = true
		for _, t := range timers {
			t.Stop()
		}
	}
}
