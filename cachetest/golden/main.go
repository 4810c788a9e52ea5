package golden

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/cachetest"
)

// Wrap is for TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(golden.Wrap(m).Run()) }
//
// It defines the bool flag -update unless somebody else does, includes
// [cachetest.Wrap], and after a run of the whole package lists the golden files
// that no test asked for. With CACHETEST_UPDATE=clean it removes those whose
// test no test file holds any more, and fails if it may not. It composes with
// others: cachetest.Main(golden.Wrap(m), setup), or
// testscript.Main(golden.Wrap(m), commands), whose commands keep their own flags.
func Wrap(m interface{ Run() int }) interface{ Run() int } { return wrapped{m} }

type wrapped struct{ m interface{ Run() int } }

// Run defines the flag as late as can be: after every init, so that no other
// definition finds ours in its way, and before the flags are parsed; and only
// where tests run, as this process may be another command of testscript.Main.
func (w wrapped) Run() int {
	if flag.Lookup("update") == nil {
		flag.Bool("update", false, "update golden files that differ")
	}
	code := cachetest.Wrap(w.m).Run()
	if isSet("test.list") || isSet("test.fuzzworker") {
		return code
	}
	if err := afterRun(code); err != nil {
		fmt.Fprintln(os.Stderr, "golden:", err)
		return max(code, 1)
	}
	return code
}

// tellGoTest makes what was looked at after the run an input of go test's
// cached result, as the go command honours lines that are appended to the
// test's log. The log is the go command's: a fault costs a run, no more.
func tellGoTest(dirs []string) {
	f := flag.Lookup("test.testlogfile")
	if f == nil || f.Value.String() == "" {
		return
	}
	log, err := os.OpenFile(f.Value.String(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return
	}
	defer log.Close()
	fmt.Fprintf(log, "getenv %s\n", updateVar)
	for _, dir := range dirs {
		fmt.Fprintf(log, "open %s\n", filepath.Join(startDir, dir))
	}
}
