package engine

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"runtime"
	"slices"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A frame is a build that is under way. A fixture asked for by its build has
// it in its context, and becomes its child.
type frame struct {
	parent   *frame
	key      compare.Variant
	children []child       // guarded by Cache.mu
	tracked  []input.Input // by Track: guarded by Cache.mu
	answered bool          // by Track, which stands for what is read unseen as the option Files does: guarded by Cache.mu
	cwd      cwdUse        // by Track: guarded by Cache.mu
	tainted  string        // key of a child that was not stored: guarded by Cache.mu

	maybe []*frame // the builds that this may be part of; no other field but parent is read then: see Within
}

// A child is a fixture that was used, in the state in which it was used.
type child struct {
	key    compare.Variant
	name   string // its key, for people
	code   input.Digest
	output store.ObjectID
	cwd    compare.Cwd
	maxAge time.Duration
	local  bool   // it never leaves this machine, so neither does what was built from it
	dir    string // that of its store
	hit    bool   // it was not built, so that nobody saw what it depends on
}

// child returns the fixture that the call got, as a child of the build that asked for it.
func (cl *call) child(rec *record.Record, hit bool) child {
	age := cl.spec.MaxAge
	if cl.spec.Refresh {
		age = compare.Refresh
	}
	return child{key: cl.key, name: cl.spec.Key, code: compare.CodeOf(rec.Inputs), output: rec.Output.ID,
		cwd: compare.CwdOf(rec.Inputs), maxAge: age, local: rec.Local, dir: cl.c.config.Dir, hit: hit}
}

type frameKey struct{}

func frameOf(ctx context.Context) *frame {
	f, _ := ctx.Value(frameKey{}).(*frame)
	return f
}

// builds reports whether a variant is being built in the frame or one around it.
func (f *frame) builds(key compare.Variant) bool {
	for ; f != nil; f = f.parent {
		if f.key == key {
			return true
		}
	}
	return false
}

// builders returns the builds whose children are the fixtures that are asked for with f.
func (f *frame) builders() []*frame {
	switch {
	case f == nil:
		return nil
	case f.maybe != nil:
		return f.maybe
	}
	return []*frame{f}
}

// Within returns the context in which to ask for a fixture while the builds of ctxs are
// under way. If there is one and this goroutine runs a build's function, it is the context
// of that build; otherwise the fixture becomes a child of all of them.
func Within(ctxs ...context.Context) context.Context {
	if len(ctxs) == 1 && InBuild() {
		return ctxs[0]
	}
	f := &frame{}
	for _, ctx := range ctxs {
		f.maybe = append(f.maybe, frameOf(ctx).builders()...)
	}
	if len(f.maybe) == 0 {
		return context.Background()
	}
	f.parent = f.maybe[0]
	return context.WithValue(context.Background(), frameKey{}, f)
}

// InBuild reports whether this goroutine runs a build's function.
func InBuild() bool {
	calls := runtime.FuncForPC(reflect.ValueOf((*builder).callBuild).Pointer()).Name()
	pcs := make([]uintptr, 1<<10)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for more := true; more; {
		var at runtime.Frame
		if at, more = frames.Next(); at.Function == calls {
			return true
		}
	}
	return false
}

// serve notes that the process has got a fixture: it becomes a child of the build under
// way, and a later build may use it through a variable.
func (c *Cache) serve(parent *frame, ch child) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.got[ch.key], ch) {
		c.served, c.got[ch.key] = append(c.served, ch), append(c.got[ch.key], ch)
	}
	for _, f := range parent.builders() {
		if !slices.Contains(f.children, ch) {
			f.children = append(f.children, ch)
		}
	}
}

// taint notes that a build used a fixture that was not stored, so that its own
// record could not tell when that changes.
func (c *Cache) taint(parent *frame, key compare.Variant, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unstored = append(c.unstored, key)
	for _, f := range parent.builders() {
		f.tainted = cmp.Or(f.tainted, name)
	}
}

// Track makes what is at a path (a file, a directory with all that is in it, or nothing)
// an input of the fixture whose build has the context, whether or not its reading is
// recorded. With open only what opening the path tells is one: the content of a file, the
// names in a directory. It must be called before the path is read: a change between the
// call and the end of the build keeps the output from being stored. A relative path is
// relative to the working directory, as for os.Open.
func (c *Cache) Track(ctx context.Context, path string, open bool) error {
	f := frameOf(ctx)
	if f == nil {
		return errors.New("no fixture is being built here: call it within a build function")
	}
	if err := process.CheckBubble(); err != nil {
		return err
	}
	relative := trace.Relative(path)
	if dir, err := c.host.Getwd(); err == nil && relative > 0 {
		path = unlogged.Join(dir, path)
	}
	var ins []input.Input
	if name := c.world.Name(c.world.Abs(path)); !open {
		ins, _ = c.world.At(name, nil, nil)
	} else if ins = append(ins, c.world.FileAt(name, input.Declared, nil)); ins[0].IsDirectory() {
		ins = append(ins, c.world.DirAt(name, input.Declared, nil))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f.answered = f.answered || !open
	for _, b := range f.builders() {
		b.cwd.addWorking(relative)
		b.cwd.addName(relative > 0, ins[0].Name)
		b.tracked = append(b.tracked, ins...)
	}
	return nil
}

// retrack looks again at what was tracked during the build.
func (b *builder) retrack() []input.Input {
	var ins []input.Input
	for i := range b.frame.tracked {
		old := &b.frame.tracked[i]
		switch old.Kind {
		case input.File, input.Dir:
			ins = append(ins, b.World.Now(old))
		case input.Glob:
			now, walks := b.World.Reglob(old)
			ins = append(append(ins, now), walks...)
		}
	}
	return ins
}
