// Package golden compares the results of tests with golden files, which hold
// what was right when somebody reviewed them, and updates these when asked to.
//
//	func TestRender(t *testing.T) {
//		golden.Equal(t, "page.html", Render(page))
//	}
//
// The golden file is testdata/golden/TestRender/page.html in the directory that
// the test started in. If it differs from the result, the test fails with the
// difference and with the command that accepts the result:
//
//	CACHETEST_UPDATE=1 go test example.com/m -run '^TestRender$'
//
// [Equal] compares text or bytes, [JSON] a value by its encoding, and [Dir] the files
// of a directory. A mismatch does not end the test, so that one run shows all of them.
//
// # Updating
//
// CACHETEST_UPDATE=1 updates in every package, whether or not it uses golden
// files. A bool flag called update or u does too in a package that has one,
// whoever defined it; [Wrap] in TestMain defines -update where nobody else does.
// An update writes only what changed, each file by a temporary file and a
// rename, so that a process that is killed leaves every file old or new. Where
// the environment variable CI is set nothing is written, unless
// CACHETEST_UPDATE=always asks for it.
//
// Where TestMain runs the tests by [Wrap], a run of the whole package lists the golden
// files that no test asked for, and CACHETEST_UPDATE=clean removes those whose test is
// gone. Of packages that pass go test shows the list with -v, or in the package's own
// directory without arguments. [Unused] returns them; [Updating] says whether this run
// updates.
//
// # Options
//
//   - [File] names the golden file itself, for one that several tests share.
//   - [Scrub] replaces what varies from run to run: times, addresses, paths.
//   - [Normalize] passes the result through a function.
//   - [Binary] compares byte by byte, and shows a difference in hex.
//   - [KeepCRLF] makes \r\n and \n different.
//
// # What goes into a golden file
//
// Golden files are made for version control. Line ends are compared as \n
// (a checkout may turn them into \r\n) unless [KeepCRLF] or [Binary] says
// otherwise or the content holds a zero byte. Names that cannot be part of a
// module's zip file or would be one file where case is folded are refused.
package golden

import "github.com/fixturecache/fixturecache/cachetest"

// Equal compares got with the golden file called name, which may hold slashes.
// Text is shown as a unified diff, binary content as offset, hex and ASCII.
func Equal[B ~string | ~[]byte](tb cachetest.TB, name string, got B, opts ...Option) {
	tb.Helper()
	check(tb, name, false, opts, func(g *golden) (tree, error) { return g.single([]byte(got)), nil })
}

// JSON compares v, encoded by encoding/json with an indent of two spaces, with
// the golden file called name. It compares values: a golden file that differs
// only in spacing or in the order of its keys is equal, and is left alone by an
// update. With [Binary] every byte counts.
func JSON(tb cachetest.TB, name string, v any, opts ...Option) {
	tb.Helper()
	check(tb, name, false, opts, func(g *golden) (tree, error) { return g.encode(v) })
}

// Dir compares the files below gotDir with those below the golden directory
// called name: their names, contents, executable bits, and the targets of
// symbolic links. Empty directories do not count, as version control does not
// keep them. An update deletes the files of the golden directory that gotDir does
// not hold. It is atomic for each file, not for the whole tree.
func Dir(tb cachetest.TB, name, gotDir string, opts ...Option) {
	tb.Helper()
	check(tb, name, true, opts, func(g *golden) (tree, error) { return g.readGot(gotDir) })
}
