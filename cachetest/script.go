package cachetest

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"

	"github.com/fixturecache/fixturecache/cachetest/internal/script"
	"github.com/fixturecache/fixturecache/core/memo"
)

func init() { script.Get = getForScript }

// getForScript answers package cachescript.
func getForScript(c script.Call) (string, error) {
	tb, _ := c.TB.(TB)
	if tb == nil {
		tb = nobody{}
	}
	var opts []Option
	for _, opt := range c.Opts {
		if opt, ok := opt.(Option); ok {
			opts = append(opts, opt)
		}
	}
	site, _ := c.Site.(memo.Site)
	// The name is the first argument there, not the second as here.
	f, err := makeFixture(tb, site, c.Kind+"@0", c.Key, c.Build, opts)
	if err != nil {
		return "", err
	}
	defer f.log()
	want := memo.Want{InPlace: c.InPlace, Probe: c.Probe, Spare: tb.TempDir, Dest: func(name string) (string, error) {
		if !c.InPlace {
			return c.Dest, nil
		}
		return filepath.Join(c.Dest, name), os.MkdirAll(c.Dest, 0o777) // it could not be stored
	}}
	switch c.Kind {
	case "GoBuild":
		want.InPlace = true
		p, err := memo.GoBuild(f.ctx, f.cache, f.spec, c.Key, want)
		return p, probed(err)
	case "File":
		want.Name, want.File = path.Base(c.Key), true
	default:
		want.Name = dirName(c.Key)
	}
	p, err := memo.GetPath(f.ctx, f.cache, f.spec, want, func(ctx context.Context, path string) error {
		defer building.enter(tb.Name(), ctx)()
		return c.Build(path)
	})
	return p, probed(err)
}

func probed(err error) error {
	if errors.Is(err, memo.ErrNotReady) {
		return script.ErrNotReady
	}
	return err
}

// nobody is the test of a question that builds nothing.
type nobody struct{}

func (nobody) Helper()               {}
func (nobody) Name() string          { return "" }
func (nobody) Logf(string, ...any)   {}
func (nobody) Errorf(string, ...any) {}
func (nobody) Fatalf(string, ...any) {}
func (nobody) Failed() bool          { return false }
func (nobody) TempDir() string       { return "" }
func (nobody) Cleanup(func())        {}
