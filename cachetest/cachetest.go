// Package cachetest keeps what slow test fixtures build across go test runs:
//
//	users := cachetest.Memo(t, "users", func() ([]User, error) {
//		return generateUsers(50_000) // 3 seconds, once
//	})
//
// The first run calls the function. Later runs, in other processes too, return
// the stored value for as long as nothing that the function depends on has
// changed: its code, the files and environment variables that it read, the
// values that it was given, the toolchain. When something has changed the
// function runs again, and a line in the test's log (go test -v) says which it
// was.
//
// [Memo] and [Call] keep a value, [Dir] and [File] a directory and a file,
// [GoBuild] a command that go build makes. [Main] is for a TestMain.
//
// A build function must depend on nothing that is not one of its inputs. If it
// takes something from the test around it, that belongs into the key, into
// [With], or into the argument of [Call]. Where an input cannot be known the
// value is returned and not stored, and the log says which option declares it.
//
// A fault of the cache, such as a full disk, never fails a test. Misuse fails it
// at once: an empty key, one key for two functions or types, a pattern that
// matches nothing, a [Tool] that is not there, an option that means nothing for
// the function that it is given to. It is misuse too to ask for a fixture inside
// a bubble of testing/synctest; ask for it before synctest.Test.
//
// The settings of a run are environment variables, which every package
// understands: CACHETEST=on|off|readonly|refresh|verify|require,
// CACHETEST_DIR for the directory of the store and CACHETEST_LOG for a file of
// events, both absolute paths. Another mode, or a path of the log that is not
// absolute, is misuse; with one of the store that is not, nothing is stored.
package cachetest

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/fixturecache/fixturecache/cachetest/internal/fixture"
	"github.com/fixturecache/fixturecache/core/bridge"
)

// TB is the part of *testing.T, *testing.B and *testing.F that this package
// uses. If a TB has a method Deadline too, no wait for another process goes past
// it.
type TB interface {
	Helper()
	Name() string
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Failed() bool
	TempDir() string
	Cleanup(func())
}

// Memo returns the value of fn: a stored one if nothing that fn depends on has
// changed since it was built, else the one that fn now returns. Each call gets a
// copy of its own, which it may change; see [Shared].
//
// The key names the fixture among those of the package whose source holds the
// call. A value comes back as it was, down to unexported fields, shared pointers
// and cycles. A value that does not survive being stored, such as one with a
// channel in it, is returned and not stored; see [WithCodec].
//
// An error of fn fails the test, and so does misuse. If fn returns an error,
// panics or ends the test, nothing is stored.
//
// A stored value is laid out in a few large blocks of memory. A string or slice
// of it keeps its whole block, so copy (strings.Clone, slices.Clone) the parts
// that outlive a large fixture. On Linux a value of 1 MiB and more is a private
// mapping of its file: pages that are not touched are not read, and the
// addresses, though not the memory, stay taken until the process ends.
func Memo[T any](tb TB, key string, fn func() (T, error), opts ...Option) (v T) {
	tb.Helper()
	value(tb, "Memo", key, fn, opts, &v, func(p any) (err error) { *p.(*T), err = fn(); return err })
	return v
}

// Call is [Memo] for a function of one argument. Each value of arg has a stored
// value of its own, as if by [With] under the name "arg". A named function has
// no variables of the test around it to depend on.
func Call[A, T any](tb TB, key string, arg A, fn func(A) (T, error), opts ...Option) (v T) {
	tb.Helper()
	opts = append([]Option{With("arg", arg)}, opts...)
	value(tb, "Call", key, fn, opts, &v, func(p any) (err error) { *p.(*T), err = fn(arg); return err })
	return v
}

// value sets what p points to. A generic function is compiled in the package of its
// caller, together with all methods of the types that it mentions. So those of this
// package mention no type of the engine, and value, which does, is not inlined.
//
//go:noinline
func value(tb TB, verb, key string, fn any, opts []Option, p any, build func(p any) error) {
	tb.Helper()
	f := newFixture(tb, verb, key, fn, opts, 1)
	defer f.LogRest()
	err := f.Cache.Value(f.Ctx, f.Spec, p, func(ctx context.Context, p any) error {
		defer fixture.Building(tb, ctx)()
		return build(p)
	})
	f.Log()
	if err != nil {
		tb.Fatalf("cachetest: %q: %v", key, err)
	}
}

// newFixture returns the fixture that a call of the verb asks for. skip is how many functions
// lie on the stack between newFixture and the verb, which the user called.
func newFixture(tb TB, verb, key string, fn any, opts []Option, skip int) *fixture.Fixture {
	site, err := bridge.Caller(1 + skip)
	var f *fixture.Fixture
	if err == nil {
		f, err = fixture.New(tb, site, verb, key, fn, bundle(opts))
	}
	if err != nil {
		tb.Helper()
		tb.Fatalf("cachetest: %q: %v", key, err)
	}
	return f
}

// Track makes a file or directory an input of the fixture that is being built
// for tb, and returns its path. It is for files that are read by code whose reads
// are not recorded, and must be called within the build function before the path
// is read:
//
//	db, err := sqlite.Open(cachetest.Track(t, "testdata/base.db"))
func Track(tb TB, path string) string {
	tb.Helper()
	if err := track(tb, path, false); err != nil {
		tb.Fatalf("cachetest: Track(%q): %v", path, err)
	}
	return path
}

// track makes a path an input of the build under way.
func track(tb TB, path string, open bool) error {
	if err := bridge.CheckBubble(); err != nil {
		return err
	}
	c, err := bridge.Default()
	if err != nil {
		return err
	}
	return c.Track(fixture.Context(tb), path, open)
}

// FS returns a file system of the files below dir. Everything that is read by it
// becomes an input of the fixture that is being built for tb: contents, listings
// of directories, what those tell of files, and names that are not there.
func FS(tb TB, dir string) fs.FS {
	return trackFS{tb, dir}
}

// A trackFS is the file system that FS returns.
type trackFS struct {
	tb  TB
	dir string
}

func (f trackFS) Open(name string) (fs.File, error) {
	f.tb.Helper()
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	path := f.track(name)
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return trackDir{file, f, name}, nil
	}
	return file, nil
}

// track makes a name an input, and returns its path.
func (f trackFS) track(name string) string {
	f.tb.Helper()
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := track(f.tb, path, true); err != nil {
		f.tb.Fatalf("cachetest: FS(%q): %v", f.dir, err)
	}
	return path
}

// A trackDir is an open directory of a trackFS.
type trackDir struct {
	*os.File
	fs   trackFS
	name string
}

func (d trackDir) ReadDir(n int) ([]fs.DirEntry, error) {
	entries, err := d.File.ReadDir(n)
	for i, e := range entries {
		entries[i] = trackEntry{e, d}
	}
	return entries, err
}

// A trackEntry becomes an input by Info. Its name and type belong to the directory's listing.
type trackEntry struct {
	fs.DirEntry
	dir trackDir
}

func (e trackEntry) Info() (fs.FileInfo, error) {
	e.dir.fs.tb.Helper()
	e.dir.fs.track(path.Join(e.dir.name, e.Name()))
	return e.DirEntry.Info()
}
