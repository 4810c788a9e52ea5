package cachescript

import (
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/fixturecache/fixturecache/cachetest/golden"
)

// cmdGolden is the command golden, whose files are
// testdata/golden/<test>/<script>/NAME of the package. The script's own $WORK is
// written as such. Goldens are updated as everywhere, and where update is set.
func cmdGolden(ts *testscript.TestScript, neg bool, args []string, update bool) {
	dir := len(args) == 3 && args[0] == "-dir"
	if neg {
		ts.Fatalf("unsupported: ! golden")
	}
	if !dir && (len(args) != 2 || strings.HasPrefix(args[0], "-")) {
		ts.Fatalf("usage: golden FILE NAME | golden -dir PATH NAME")
	}
	tb := goldenTB{scriptTB: testOf(ts, "golden"), update: update}
	work := golden.Normalize(func(b []byte) []byte {
		return []byte(strings.ReplaceAll(string(b), ts.Getenv("WORK"), "$WORK"))
	})
	if dir {
		golden.Dir(&tb, args[2], ts.MkAbs(args[1]), work)
	} else {
		golden.Equal(&tb, args[1], ts.ReadFile(args[0]), work)
	}
	if len(tb.failed) > 0 {
		ts.Fatalf("%s", strings.Join(tb.failed, "\n"))
	}
}

// A goldenTB is the test of a script as the command golden sees it: its failure is
// the command's, so that the script's line is shown and ContinueOnError holds.
type goldenTB struct {
	scriptTB
	update bool
	failed []string
}

func (tb *goldenTB) Errorf(format string, args ...any) {
	tb.failed = append(tb.failed, fmt.Sprintf(format, args...))
}

// UpdateGolden tells package golden that the script is being updated.
func (tb *goldenTB) UpdateGolden() bool { return tb.update }

// Skipped tells package golden that the script did not ask for all it has.
func (tb *goldenTB) Skipped() bool {
	s, ok := tb.TB.(interface{ Skipped() bool })
	return ok && s.Skipped()
}
