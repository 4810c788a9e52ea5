package cachetest

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"syscall"

	"github.com/fixturecache/fixturecache/cachetest/internal/fixture"
	"github.com/fixturecache/fixturecache/core/bridge"
)

// Dir returns the path of a directory with the content that fn gave to an empty
// directory, now or in an earlier run: files, directories, and symbolic links
// that stay within it. Permissions are kept, except that only the owner may
// write, that the owner may read, write and enter each directory, and that
// set-user-ID, set-group-ID and sticky bits are dropped. Times are those of the
// copy. The directory is a copy, private to the call and writable, which is
// removed when the test ends. With CACHETEST_KEEP=1 a test that fails keeps it
// and logs its path. With [Shared] it is the stored directory itself. It is an
// error if fn leaves a file beside dir.
//
// On file systems that share blocks between files (XFS, btrfs) a copy costs a
// little for each file, elsewhere as much as writing the files. A directory
// whose files hold its own path, which is another one in each run, is returned
// and not stored.
func Dir(tb TB, key string, fn func(dir string) error, opts ...Option) string {
	tb.Helper()
	f := newFixture(tb, "Dir", key, fn, opts, 0)
	defer f.LogRest()
	return pathOf(tb, f, bridge.Want{Name: fixture.DirName(key)}, fn)
}

// File is [Dir] for one file, whose name is the last element of key, as in
// "shop/app.db". fn makes the file at path. It is an error if fn leaves another
// file beside it, as the journal of a database that is still open.
func File(tb TB, key string, fn func(path string) error, opts ...Option) string {
	tb.Helper()
	f := newFixture(tb, "File", key, fn, opts, 0)
	defer f.LogRest()
	return pathOf(tb, f, bridge.Want{Name: path.Base(key), File: true}, fn)
}

// pathOf returns the fixture's directory or file.
func pathOf(tb TB, f *fixture.Fixture, want bridge.Want, fn func(string) error) string {
	tb.Helper()
	dest := &destination{tb: tb, f: f}
	want.Dest, want.InPlace = dest.path, f.Spec.Shared
	got, err := f.Cache.GetPath(f.Ctx, f.Spec, want, func(ctx context.Context, path string) error {
		defer fixture.Building(tb, ctx)()
		return fn(path)
	})
	f.Log()
	if err != nil {
		tb.Fatalf("cachetest: %q: %v", f.Spec.Key, err)
	}
	return got
}

// A destination is where a test's copy goes.
type destination struct {
	tb   TB
	f    *fixture.Fixture
	name string
	dir  string
}

func (d *destination) path(name string) (string, error) {
	d.name = name
	if d.dir == "" {
		dir, remove, err := bridge.WorkDir()
		if err != nil {
			return "", err
		}
		d.tb.Cleanup(func() { d.clean(remove) })
		d.dir = dir
	}
	return filepath.Join(d.dir, d.name), nil
}

// clean removes the copy, unless somebody wants to look at it.
func (d *destination) clean(remove func()) {
	// The variable changes no result, so it is not read by package os, which
	// would make it an input of the result that go test caches.
	if keep, _ := syscall.Getenv("CACHETEST_KEEP"); keep == "" || keep == "0" || !d.tb.Failed() {
		remove()
		return
	}
	if kept, err := bridge.KeepWorkDir(d.dir); err == nil {
		remove() // the rest of the work directory
		d.f.Say("kept " + filepath.Join(kept, d.name))
	} else {
		d.f.Say(fmt.Sprintf("kept %s (not for long: %v)", filepath.Join(d.dir, d.name), err))
	}
}

// GoBuild returns the path of the command that go build makes of pkg, which is an
// import path, or a directory like "./cmd/server" relative to that of the test's
// package. The file is read-only, and one for all packages of the module. It is
// built with the tags and the race detector of the test, and for coverage if the
// test is; see [GoFlags] for other flags. It is built again when something that
// go build would use has changed: a source, an embedded file, go.mod, a setting
// of the go command. Errors of the compiler fail the test, whose log has all of
// them.
func GoBuild(tb TB, pkg string, opts ...Option) string {
	tb.Helper()
	f := newFixture(tb, "GoBuild", "go build "+pkg, nil, opts, 0)
	defer f.LogRest()
	dest := &destination{tb: tb, f: f}
	want := bridge.Want{InPlace: true, Dest: dest.path}
	path, err := f.Cache.GoBuild(f.Ctx, f.Spec, pkg, want)
	f.Log()
	if err != nil {
		tb.Fatalf("cachetest: GoBuild %s: %v", pkg, err)
	}
	return path
}
