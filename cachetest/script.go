package cachetest

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"

	"github.com/fixturecache/fixturecache/cachetest/internal/script"
	"github.com/fixturecache/fixturecache/core/bridge"
)

func init() { script.Get, script.Check = getForScript, checkForScript }

// scriptVerb is the verb of a kind of fixture of package cachescript.
func scriptVerb(kind string) string { return "cachescript." + kind }

func scriptOptions(opts []any) (list []Option) {
	for _, opt := range opts {
		if opt, ok := opt.(Option); ok {
			list = append(list, opt)
		}
	}
	return list
}

func checkForScript(kind string, opts []any) error {
	var s settings
	bundle(scriptOptions(opts)).apply(&s)
	return s.misuse(scriptVerb(kind))
}

// getForScript answers package cachescript.
func getForScript(c script.Call) (string, error) {
	tb, _ := c.TB.(TB)
	if tb == nil {
		tb = nobody{}
	}
	site, _ := c.Site.(bridge.Site)
	f, err := makeFixture(tb, site, scriptVerb(c.Kind), c.Key, c.Build, scriptOptions(c.Opts))
	if err != nil {
		return "", err
	}
	f.spec.Callee = c.Kind + "@0" // the name is the first argument there, not the second as here
	notify := f.spec.Notify
	f.spec.Notify = func(e bridge.Event) {
		e.Copied = false // of which the line says that Shared spares it: a script has fixture -ro
		notify(e)
	}
	defer f.log()
	want := bridge.Want{InPlace: c.InPlace, Probe: c.Probe, Spare: tb.TempDir, Dest: func(name string) (string, error) {
		if !c.InPlace {
			return c.Dest, nil
		}
		return filepath.Join(c.Dest, name), os.MkdirAll(c.Dest, 0o777) // it could not be stored
	}}
	switch c.Kind {
	case "GoBuild":
		want.InPlace = true
		p, err := f.cache.GoBuild(f.ctx, f.spec, c.Key, want)
		return p, probed(err)
	case "File":
		want.Name, want.File = path.Base(c.Key), true
	default:
		want.Name = dirName(c.Key)
	}
	p, err := f.cache.GetPath(f.ctx, f.spec, want, func(ctx context.Context, path string) error {
		defer building.enter(tb.Name(), ctx)()
		return c.Build(path)
	})
	return p, probed(err)
}

func probed(err error) error {
	if errors.Is(err, bridge.ErrNotReady) {
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
