// Package cachescript adds to testscript what scripts need of cachetest: its
// fixtures, and golden files.
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
//
// Scripts run commands while fixtures are built, and what a command reads
// cannot be seen: a fixture for which that matters is not stored, and its line
// in the log says so, until it declares what it depends on
// (cachetest.Files, Version and their kin).
package cachescript

import "github.com/rogpeppe/go-internal/testscript"

// Setup adds our commands and fixtures to p, and chains what p has.
func Setup(p *testscript.Params, fixtures ...Fixture) error {
	if err := addGolden(p); err != nil {
		return err
	}
	return addFixtures(p, fixtures)
}
