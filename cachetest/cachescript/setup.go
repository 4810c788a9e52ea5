// Package cachescript gives the scripts of package testscript the fixtures of
// package cachetest, and golden files.
//
//	func TestScripts(t *testing.T) {
//		p := testscript.Params{Dir: "testdata/script"}
//		err := cachescript.Setup(&p,
//			cachescript.Dir("corpus", makeCorpus),
//			cachescript.GoBuild("server", "./cmd/server"))
//		if err != nil {
//			t.Fatal(err)
//		}
//		testscript.Run(t, p)
//	}
//
// A script then says
//
//	fixture corpus               # a copy in $WORK/corpus, also $FIXTURE_CORPUS
//	fixture corpus data/in       # a copy in $WORK/data/in
//	fixture -ro corpus           # the stored one, read-only, in $FIXTURE_CORPUS
//	fixture -bin server          # server is on the PATH, and $FIXTURE_SERVER
//	[fixture:corpus] exec ls     # only if corpus need not be built
//	golden stdout list           # compares with a golden file of package golden
//	golden -dir out site         # compares a directory
//
// # Commands
//
//	fixture [-ro] NAME [DST]
//
// puts a copy of the directory or file NAME into DST, or else into $WORK/NAME, and its
// path into $FIXTURE_NAME: the name in capitals, each character that is no letter or
// digit as _. With -ro the path is that of the stored one, which nobody may change.
//
//	fixture -bin NAME
//
// puts the command NAME on the PATH, a/b as b, and its path into $FIXTURE_NAME.
//
//	golden FILE NAME
//	golden -dir PATH NAME
//
// compare a file (stdout and stderr are those of the last command), or the files
// below a directory, with the golden file or directory NAME of the script, as package
// golden does, and update it when asked to. None of the commands can be negated.
//
// The condition [fixture:NAME] holds if NAME is stored and valid, so that asking for
// it builds nothing.
//
// [Setup] adds them. [Dir], [File] and [GoBuild] take the options of the functions of
// these names in package cachetest, but for [cachetest.Shared]: a script says -ro.
//
// # What a script runs
//
// Scripts run commands while fixtures are built, and the files that a command
// reads cannot be seen. A fixture whose build function may run commands is not
// stored until it declares its inputs ([cachetest.Files], [cachetest.Version]),
// and its line in the log says so.
package cachescript

import (
	"fmt"
	"maps"
	"strings"

	"github.com/fixturecache/fixturecache/cachetest"
	"github.com/fixturecache/fixturecache/cachetest/golden"
	"github.com/rogpeppe/go-internal/testscript"
)

// Setup adds the commands fixture and golden, and the condition [fixture:NAME],
// to p. It keeps the commands, the conditions and the Setup that p has. It
// returns an error if p has commands of these names, if two fixtures have one
// name, or if an option means nothing for its fixture.
func Setup(p *testscript.Params, fixtures ...Fixture) error {
	setup := p.Setup
	p.Setup = func(env *testscript.Env) error {
		if tb, ok := env.T().(cachetest.TB); ok {
			env.Values[testKey{}] = tb
		}
		if setup == nil {
			return nil
		}
		return setup(env)
	}
	update := p.UpdateScripts
	cmd := func(ts *testscript.TestScript, neg bool, args []string) { cmdGolden(ts, neg, args, update) }
	if err := addCommand(p, "golden", cmd); err != nil {
		return err
	}
	return addFixtures(p, fixtures)
}

// addCommand adds a command to those of p.
func addCommand(p *testscript.Params, name string, cmd func(ts *testscript.TestScript, neg bool, args []string)) error {
	if p.Cmds[name] != nil {
		return fmt.Errorf("cachescript: Params.Cmds has a command named %s already: rename it", name)
	}
	cmds := map[string]func(ts *testscript.TestScript, neg bool, args []string){name: cmd}
	maps.Copy(cmds, p.Cmds)
	p.Cmds = cmds // a new map, since the caller's may serve several Params
	return nil
}

// testKey is the key in Env.Values of the test that a script runs in.
type testKey struct{}

// A scriptTB is the test of a script, as a command sees it: what it says goes
// into the script's log.
type scriptTB struct {
	cachetest.TB
	ts *testscript.TestScript
}

func (tb *scriptTB) Logf(format string, args ...any) { tb.ts.Logf(format, args...) }

// testOf returns the test of a script that runs a command.
func testOf(ts *testscript.TestScript, command string) scriptTB {
	tb, ok := ts.Value(testKey{}).(cachetest.TB)
	if !ok {
		ts.Fatalf("%s: scripts must be run by testscript.Run", command)
	}
	return scriptTB{tb, ts}
}

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
