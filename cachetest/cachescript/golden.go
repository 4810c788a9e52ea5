package cachescript

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/fixturecache/fixturecache/cachetest"
	"github.com/fixturecache/fixturecache/cachetest/golden"
)

// addGolden adds to p the command
//
//	golden FILE NAME
//	golden -dir PATH NAME
//
// which compares FILE (or stdout, stderr) or the directory PATH with the golden
// file or directory testdata/golden/<test>/<script>/NAME of the package. The
// script's own $WORK is written as such. Goldens are updated as everywhere,
// and where p.UpdateScripts is set.
func addGolden(p *testscript.Params) error {
	if p.Cmds["golden"] != nil {
		return errors.New("cachescript: Params.Cmds has a command named golden already: rename it")
	}
	cmds := map[string]func(ts *testscript.TestScript, neg bool, args []string){"golden": cmdGolden}
	for name, cmd := range p.Cmds {
		cmds[name] = cmd
	}
	p.Cmds = cmds // not into the caller's map, which may serve several Params
	setup, update := p.Setup, p.UpdateScripts
	p.Setup = func(env *testscript.Env) error {
		if tb, ok := env.T().(cachetest.TB); ok {
			env.Values[goldenKey{}] = scriptTB{TB: tb, update: update}
		}
		if setup == nil {
			return nil
		}
		return setup(env)
	}
	return nil
}

// goldenKey is the key in Env.Values of the scriptTB that a script starts from.
type goldenKey struct{}

func cmdGolden(ts *testscript.TestScript, neg bool, args []string) {
	dir := len(args) == 3 && args[0] == "-dir"
	if neg {
		ts.Fatalf("unsupported: ! golden")
	}
	if !dir && (len(args) != 2 || strings.HasPrefix(args[0], "-")) {
		ts.Fatalf("usage: golden FILE NAME | golden -dir PATH NAME")
	}
	tb, ok := ts.Value(goldenKey{}).(scriptTB)
	if !ok {
		ts.Fatalf("golden: scripts must be run by testscript.Run")
	}
	tb.ts = ts
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

// A scriptTB is the test of a script, as one command sees it: what it says goes
// into the script's log, and its failure is the command's, so that the script's
// line is shown and ContinueOnError holds.
type scriptTB struct {
	cachetest.TB
	ts     *testscript.TestScript
	update bool
	failed []string
}

func (tb *scriptTB) Logf(format string, args ...any) { tb.ts.Logf(format, args...) }

func (tb *scriptTB) Errorf(format string, args ...any) {
	tb.failed = append(tb.failed, fmt.Sprintf(format, args...))
}

// UpdateGolden tells package golden that the script is being updated.
func (tb *scriptTB) UpdateGolden() bool { return tb.update }

// Skipped tells package golden that the script did not ask for all it has.
func (tb *scriptTB) Skipped() bool {
	s, ok := tb.TB.(interface{ Skipped() bool })
	return ok && s.Skipped()
}
