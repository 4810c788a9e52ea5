package golden

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/cachetest"
)

// startDir is where the test started: tests may change directory. It is asked for in
// init, before there is a log of inputs that it would go into.
var startDir, errStart = os.Getwd()

// physicalDir is startDir without symbolic links, as ".." leads up from it.
var physicalDir, _ = filepath.EvalSymlinks(startDir)

// A golden is one golden file or directory, as one test asks for it. A file is
// a tree of one entry without a name.
type golden struct {
	config
	intent
	tb    cachetest.TB
	dir   bool
	loc   string // slash-separated, relative to startDir or absolute; what messages show
	claim *claim
	done  string // what an update did, for the test's log
}

// check compares what the test made with the golden called name, and tells the
// test what was done and what is wrong.
func check(tb cachetest.TB, name string, dir bool, opts []Option, made func(*golden) (tree, error)) {
	tb.Helper()
	g := &golden{tb: tb, dir: dir}
	err := g.find(name, opts)
	if err == nil {
		var got tree
		if got, err = made(g); err != nil {
			err = fmt.Errorf("%s: %w", g.loc, err)
		} else {
			err = g.compare(got)
		}
	}
	if g.done != "" {
		tb.Logf("golden: %s", g.done)
	}
	if err != nil {
		tb.Errorf("golden: %s", strings.NewReplacer(pathOf("/"), "/", pathOf(""), "").Replace(err.Error()))
	}
}

// find sets which golden a test asks for, and claims it for the test.
func (g *golden) find(name string, opts []Option) error {
	for _, opt := range opts {
		opt(&g.config)
	}
	var err error
	if g.intent, err = readIntent(); err != nil {
		return err
	}
	if u, ok := g.tb.(interface{ UpdateGolden() bool }); ok && u.UpdateGolden() { // a script whose testscript.Params has UpdateScripts
		g.update = true
	}
	if errStart != nil {
		return fmt.Errorf("the directory the test started in is unknown: %w", errStart)
	}
	if g.loc, err = location(g.tb.Name(), name, &g.config, g.dir); err != nil {
		return err
	}
	if s, ok := g.tb.(interface{ Skipped() bool }); ok { // a skipped test may have others
		g.tb.Cleanup(func() {
			if s.Skipped() {
				asked.mu.Lock()
				asked.skipped = g.tb.Name()
				asked.mu.Unlock()
			}
		})
	}
	g.claim, err = asked.claim(g.loc, g.tb.Name(), g.dir, g.propose)
	return err
}

// propose says how to ask for the golden at loc instead.
func (g *golden) propose(loc string) string {
	own := path.Join(root, escape(g.tb.Name())) + "/"
	if g.file == "" && strings.HasPrefix(loc, own) {
		return fmt.Sprintf("%q", loc[len(own):])
	}
	return fmt.Sprintf("by another test name, or golden.File(%q)", loc)
}

// pathOf returns the path by which a golden is read and written. It is read
// through package os, so that go test runs the test again when it changes; the
// /././ tells cachetest's recording of reads that no fixture depends on it.
// Paths below it are not made by filepath.Join, which would remove the /././.
func pathOf(loc string) string {
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

// join returns the path of a slash-separated name in a directory, as pathOf
// spells it: the directory itself for no name.
func join(dir, name string) string {
	return dir + filepath.FromSlash(strings.TrimSuffix("/"+name, "/"))
}

// parent returns the directory of a path, as pathOf spells it.
func parent(file string) string {
	return file[:max(0, strings.LastIndexByte(file, filepath.Separator))]
}

// compare compares with the golden, and writes it where this run may.
func (g *golden) compare(got tree) error {
	g.claim.mu.Lock()
	defer g.claim.mu.Unlock()
	value := got.digest()
	if !g.claim.seen {
		g.claim.seen, g.claim.value = true, value
	}
	other := g.claim.value != value
	want, err := g.read()
	if err != nil {
		return err
	}
	missing := len(want) == 0
	list := g.changes(want, got)
	switch {
	case len(list) == 0 && !other:
		return nil
	case len(list) == 0:
		return g.otherError("")
	case g.update && !other && !g.refused():
		return g.write(got, list, missing)
	case missing:
		made := fileList(list)
		if !g.dir {
			made = excerpt(got[""].data)
		}
		return fmt.Errorf("%s does not exist; what the test made:\n%s%s", g.loc, made, g.how("create"))
	case other:
		return g.otherError(g.show(want, got, list))
	}
	return fmt.Errorf("%s differs (-golden +got):\n%s%s", g.loc, g.show(want, got, list), g.how("update"))
}

// read returns what the golden holds, nothing where there is none.
func (g *golden) read() (want tree, err error) {
	if g.dir {
		want, err = readTree(pathOf(g.loc))
	} else {
		var data []byte
		if data, err = os.ReadFile(pathOf(g.loc)); err == nil {
			want = tree{"": {data: data}}
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return want, err
}

// refused reports whether an update is asked for that must not write.
func (g *golden) refused() bool { return g.update && !g.always && inCI() }
