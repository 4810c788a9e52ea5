package engine

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// A frame is a build that is under way. A fixture asked for by its build has
// it in its context, and becomes its child.
type frame struct {
	parent   *frame
	key      compare.Variant
	children []child       // guarded by Cache.mu
	tracked  []input.Input // by Track: guarded by Cache.mu
	answered bool          // Track told what is read in ways that nobody sees, as Files does
	cwd      cwdUse        // by Track: guarded by Cache.mu
	tainted  string        // a child that was not stored: guarded by Cache.mu

	maybe []*frame // instead of all this but parent: see Within
}

// A child is a fixture that was used, in the state in which it was used.
type child struct {
	key    compare.Variant
	name   string // its key, for people
	code   input.Digest
	output store.ObjectID
	cwd    compare.Cwd
	maxAge time.Duration
	local  bool // it never leaves this machine: nor does what was made of it
}

// child is what a call got, as a child of whoever asked.
func (cl *call) child(rec *record.Record) child {
	return child{key: cl.key, name: cl.spec.Key, code: compare.CodeOf(rec.Inputs), output: rec.Output.ID,
		cwd: compare.CwdOf(rec.Inputs), maxAge: cl.spec.MaxAge, local: rec.Local}
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

// builders are the builds that what is asked for with the frame belongs to.
func (f *frame) builders() []*frame {
	switch {
	case f == nil:
		return nil
	case f.maybe != nil:
		return f.maybe
	}
	return []*frame{f}
}

// Within returns the context of whoever asks for a fixture while builds are
// under way, of which only their contexts are known: on the goroutine of a
// build, where there is one, its context; else one by which a fixture becomes a
// child of all of them.
func Within(ctxs ...context.Context) context.Context {
	if len(ctxs) == 1 && InBuild() {
		return ctxs[0]
	}
	f := &frame{}
	for _, ctx := range ctxs {
		for _, b := range frameOf(ctx).builders() {
			if f.maybe = append(f.maybe, b); len(f.maybe) == 1 {
				f.parent = b
			}
		}
	}
	if len(f.maybe) == 0 {
		return context.Background()
	}
	return context.WithValue(context.Background(), frameKey{}, f)
}

// callsBuild is the linker's name of the method that calls a build's function.
var callsBuild = sync.OnceValue(func() string {
	return runtime.FuncForPC(reflect.ValueOf((*builder).callBuild).Pointer()).Name()
})

// InBuild reports whether this goroutine runs a build's function.
func InBuild() bool {
	pcs := make([]uintptr, 1<<10)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for {
		at, more := frames.Next()
		if at.Function == callsBuild() {
			return true
		}
		if !more {
			return false
		}
	}
}

// serve notes that the process has got a fixture: a later build may use it by
// way of a variable, a build under way does.
func (c *Cache) serve(parent *frame, ch child) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.served, ch) {
		c.served = append(c.served, ch)
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
		if f.tainted == "" {
			f.tainted = name
		}
	}
}

// Track makes what is at a path (a file, a directory with all that is in it,
// or nothing) an input of the fixture whose build has the context, whether or
// not its reading is recorded; with open what opening it tells: a file's content, the
// names in a directory. It must be called before the path is read: a change between
// the call and the end of the build keeps the output from being stored. The path
// holds, like what fn will open by it, against the working directory.
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
		path = filepath.Join(dir, path)
	}
	var ins []input.Input
	if name := c.world.Name(c.world.Abs(path)); !open {
		ins = c.world.At(name, nil, nil)
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
	b.c.mu.Lock()
	tracked := b.frame.tracked
	b.c.mu.Unlock()
	var ins []input.Input
	for i := range tracked {
		old := &tracked[i]
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
