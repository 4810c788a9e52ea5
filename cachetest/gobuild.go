package cachetest

import "github.com/fixturecache/fixturecache/core/bridge"

// GoBuild returns the path of the command that go build makes of pkg, which is an
// import path, or a directory like "./cmd/server" relative to that of the test's
// package. The file is read-only, and one for all packages of the module. It is
// built with the tags and the race detector of the test, and for coverage if the
// test is; see [GoFlags] for other flags. It is built again when something that go build would use
// has changed: a source, an embedded file, go.mod, a setting of the go command.
// A compiler's errors fail the test, and its log has all of them.
func GoBuild(tb TB, pkg string, opts ...Option) string {
	tb.Helper()
	f := newFixture(tb, "GoBuild", "go build "+pkg, nil, opts, 0)
	defer f.Log()
	dest := &destination{tb: tb, f: f}
	want := bridge.Want{InPlace: true, Dest: dest.path, Spare: tb.TempDir}
	path, err := f.Cache.GoBuild(f.Ctx, f.Spec, pkg, want)
	f.Log()
	if err != nil {
		tb.Fatalf("cachetest: GoBuild %s: %v", pkg, err)
	}
	return path
}
