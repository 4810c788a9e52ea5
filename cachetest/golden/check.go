package golden

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/cachetest"
)

// startDir is where the test started: tests may change directory. Taken in
// init, before there is a log of inputs that it would go into.
var startDir, errStart = os.Getwd()

// physicalDir is startDir without symbolic links: where ".." leads up from.
var physicalDir, _ = filepath.EvalSymlinks(startDir)

// A golden is one golden file or directory, as one test asks for it.
type golden struct {
	config
	intent
	tb    cachetest.TB
	loc   string // slash-separated, relative to startDir or absolute; what messages show
	claim *claim
	notes []string // what was done, to be logged in the caller's line
}

// report tells the test what was done and what is wrong.
func (g *golden) report(err error) {
	g.tb.Helper()
	for _, note := range g.notes {
		g.tb.Logf("golden: %s", note)
	}
	if err != nil {
		g.tb.Errorf("golden: %s", strings.NewReplacer(look("/"), "/", look(""), "").Replace(err.Error()))
	}
}

func (g *golden) note(format string, args ...any) {
	g.notes = append(g.notes, fmt.Sprintf(format, args...))
}

// ask finds the golden that a test asks for, and notes that it did.
func (g *golden) ask(name string, dir bool, opts []Option) error {
	for _, opt := range opts {
		opt(&g.config)
	}
	var err error
	if g.intent, err = intentOf(g.tb); err != nil {
		return err
	}
	if errStart != nil {
		return fmt.Errorf("the directory the test started in is unknown: %w", errStart)
	}
	if g.loc, err = location(g.tb.Name(), name, &g.config, dir); err != nil {
		return err
	}
	noteSkip(g.tb)
	g.claim, err = asked.claim(g.loc, g.tb.Name(), dir, g.propose)
	return err
}

// noteSkip remembers a test that is skipped after it asked: what else it would
// have asked for is unknown.
func noteSkip(tb cachetest.TB) {
	s, ok := tb.(interface{ Skipped() bool })
	if !ok {
		return
	}
	tb.Cleanup(func() {
		if s.Skipped() {
			asked.mu.Lock()
			asked.skipped = tb.Name()
			asked.mu.Unlock()
		}
	})
}

// propose says how to ask for the golden at loc instead.
func (g *golden) propose(loc string) string {
	own := path.Join(root, escape(g.tb.Name())) + "/"
	if g.file == "" && strings.HasPrefix(loc, own) {
		return fmt.Sprintf("%q", loc[len(own):])
	}
	return fmt.Sprintf("by another test name, or golden.File(%q)", loc)
}

// look returns the path by which a golden is read and written. It is read
// through package os, so that go test runs the test again when it changes; the
// /././ tells cachetest's recording of reads that no fixture depends on it.
// What is built on such a path must not clean it: so no filepath.Join.
func look(loc string) string {
	switch {
	case !filepath.IsAbs(filepath.FromSlash(loc)):
		return startDir + filepath.FromSlash("/././"+loc)
	case filepath.Separator != '/':
		return filepath.FromSlash(loc)
	}
	// The go command ignores what lies outside the module, unless its name
	// begins with the module's root.
	return startDir + "/././" + strings.Repeat("../", strings.Count(physicalDir, "/")) + loc[1:]
}

// in returns the path of a slash-separated name in a directory, as look
// spells it.
func in(dir, name string) string { return dir + filepath.FromSlash("/"+name) }

// parent returns the directory of a path, as look spells it.
func parent(file string) string {
	return file[:max(0, strings.LastIndexByte(file, filepath.Separator))]
}

// checkFile does the work of Equal.
func (g *golden) checkFile(name string, got []byte, opts []Option) error {
	if err := g.ask(name, false, opts); err != nil {
		return err
	}
	got = g.prepare(got)
	return g.check(comparison{
		got:   got,
		value: sha256.Sum256(got),
		same:  func(want []byte) bool { return g.same(want, got) },
		diff:  func(want []byte) string { return g.diff(g.loc, want, got) },
	})
}

// A comparison is what check needs to know of what the test made.
type comparison struct {
	got   []byte // what an update writes
	value [sha256.Size]byte
	same  func(want []byte) bool
	diff  func(want []byte) string
}

// check compares with the golden file, and writes it where this run may.
func (g *golden) check(c comparison) error {
	g.claim.mu.Lock()
	defer g.claim.mu.Unlock()
	other := g.claim.otherValue(c.value)
	want, err := os.ReadFile(look(g.loc))
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case missing:
		if err := g.foldOnDisk(); err != nil {
			return err
		}
	case err != nil:
		return err
	case c.same(want):
		if other {
			return g.otherError("")
		}
		return nil
	}
	if g.update && !other && !g.refused() {
		return g.write(c.got, missing)
	}
	if missing {
		return g.missingError(excerpt(c.got))
	}
	if other {
		return g.otherError(c.diff(want))
	}
	return g.differsError(c.diff(want))
}

// refused says whether an update is asked for that must not write.
func (g *golden) refused() bool { return g.update && !g.always && inCI() }

// write updates the golden file and says so.
func (g *golden) write(got []byte, missing bool) error {
	g.nameHits()
	if err := writeFile(look(g.loc), got, 0o666); err != nil {
		return fmt.Errorf("%s is not updated: %w", g.loc, err)
	}
	verb := "updated"
	if missing {
		verb = "created"
	}
	g.note("%s %s", verb, g.loc)
	return nil
}

// foldOnDisk refuses to create a golden next to one whose name differs in case
// only: a rename of a golden that left the old file behind.
func (g *golden) foldOnDisk() error {
	for p := range upwards(g.loc) {
		if path.Dir(p) == "." || !strings.HasPrefix(g.loc, root+"/") {
			return nil
		}
		dir, base := path.Split(p)
		entries, _ := os.ReadDir(look(dir)) // where nothing can be listed nothing will be written
		other := ""
		for _, e := range entries {
			if fold(e.Name()) == fold(base) && other != base { // beside which another is no new collision
				other = e.Name()
			}
		}
		if other != "" && other != base {
			return foldError(g.loc, dir+other, g.propose(second(p)+g.loc[len(p):])+", or remove "+dir+other)
		}
	}
	return nil
}
