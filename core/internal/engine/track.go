package engine

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// Track makes what is at a path (a file, a directory with all that is in it,
// or nothing) an input of the fixture whose build has the context, whether or
// not its reading is recorded. It must be called before the path is read: a
// change between the call and the end of the build keeps the output from being
// stored.
func (c *Cache) Track(ctx context.Context, path string) error {
	return c.track(ctx, path, func(w *input.World, name string) []input.Input {
		return w.At(name, nil, nil)
	})
}

// TrackOpen is Track of what opening a path tells: a file's content, the names
// in a directory, or that nothing is there.
func (c *Cache) TrackOpen(ctx context.Context, path string) error {
	return c.track(ctx, path, func(w *input.World, name string) []input.Input {
		ins := []input.Input{w.FileAt(name, input.Declared, nil)}
		if ins[0].IsDirectory() {
			ins = append(ins, w.DirAt(name, input.Declared, nil))
		}
		return ins
	})
}

var errNoBuild = errors.New("no fixture is being built here: call it within a build function")

// track adds what find finds at a path, which holds, like what fn will open by
// it, against the working directory.
func (c *Cache) track(ctx context.Context, path string, find func(w *input.World, name string) []input.Input) error {
	f := frameOf(ctx)
	if f == nil {
		return errNoBuild
	}
	if err := process.CheckBubble(); err != nil {
		return err
	}
	relative := trace.Relative(path)
	if dir, err := c.host.Getwd(); err == nil && relative > 0 {
		path = filepath.Join(dir, path)
	}
	ins := find(c.world, c.world.Name(c.world.Abs(path)))
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range f.builders() {
		b.cwd.addWorking(relative)
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
		case input.File:
			ins = append(ins, b.world.FileAt(old.Name, old.Flags, old))
		case input.Dir:
			ins = append(ins, b.world.DirAt(old.Name, old.Flags, old))
		case input.Glob:
			now, walks := b.world.Reglob(old)
			ins = append(append(ins, now), walks...)
		}
	}
	return ins
}
