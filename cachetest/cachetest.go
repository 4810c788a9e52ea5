// Package cachetest keeps what slow test fixtures build across go test runs:
//
//	users := cachetest.Memo(t, "users", func() ([]User, error) {
//		return generateUsers(50_000) // 3 seconds, once
//	})
//
// The first run calls the function; later runs, in other processes too, return
// what it built for as long as nothing that it depends on has changed: its
// code, the files and variables that it read, the values that it was given,
// the toolchain. When something has changed the function runs again, and a
// line in the test's log (go test -v) says what it was.
//
// A function that is kept must be one of its inputs: what it takes from the
// test around it belongs into the key, into [With], or into the argument of
// [Call]. Where an input cannot be known the value is returned and not kept,
// and the log says what to declare. A fault of the cache never fails a test;
// misuse does, at once. To ask for a fixture inside a bubble of testing/synctest
// is misuse: it is got before synctest.Test.
//
// Settings of a run are variables: CACHETEST=on|off|readonly|refresh|verify|
// require, CACHETEST_DIR, CACHETEST_LOG.
package cachetest

import "context"

// TB is what cachetest needs of *testing.T, *testing.B and *testing.F. Where
// tb has a method Deadline, no wait goes past it.
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

// Memo returns what fn returns: the stored value if nothing that fn depends on
// has changed since it was built, else by calling fn. Each call gets a copy of
// its own, which it may change.
//
// The key names the fixture among those of the package whose source holds the
// call. An error of fn fails the test, as does misuse: an empty key, one key
// for two functions or types, a pattern that matches nothing. When fn fails,
// panics or ends the test, nothing is stored.
//
// A stored value is laid out in a few large blocks of memory: whoever keeps one
// string of it keeps its block, so copy (strings.Clone, slices.Clone) what is
// to outlive a large fixture. On Linux a value of 1 MiB and more is a private
// mapping of its file: what is not touched is not read, and the addresses, not
// the memory, stay taken until the process ends.
func Memo[T any](tb TB, key string, fn func() (T, error), opts ...Option) (v T) {
	tb.Helper()
	value(tb, "Memo", key, fn, opts, &v, func(p any) (err error) { *p.(*T), err = fn(); return err })
	return v
}

// Call is Memo of a function of one argument: each value of arg has a stored
// value of its own. With a named function there is nothing to capture.
func Call[A, T any](tb TB, key string, arg A, fn func(A) (T, error), opts ...Option) (v T) {
	tb.Helper()
	opts = append([]Option{With("arg", arg)}, opts...)
	value(tb, "Call", key, fn, opts, &v, func(p any) (err error) { *p.(*T), err = fn(arg); return err })
	return v
}

// value sets what p points to. Generic functions are compiled in the package
// of who calls them, together with all methods of the types that they mention:
// those of this package mention none of the engine's, and are not inlined with
// what does.
//
//go:noinline
func value(tb TB, verb, key string, fn any, opts []Option, p any, build func(p any) error) {
	tb.Helper()
	f := newFixture(tb, verb, key, fn, opts, 1)
	defer f.log()
	err := f.cache.Value(f.ctx, f.spec, p, func(ctx context.Context, p any) error {
		defer building.enter(tb.Name(), ctx)()
		return build(p)
	})
	if err != nil {
		tb.Fatalf("cachetest: %q: %v", key, err)
	}
}
