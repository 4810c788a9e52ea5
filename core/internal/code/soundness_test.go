package code

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// tally is what a sweep of soundness found.
type tally struct {
	packages, roots, facts, skipped int
	misses                          []string
	ofTotal, ofExecuted             []float64 // live lines / all lines, live functions / executed ones
}

func (s *tally) String() string {
	return fmt.Sprintf("%d packages, %d roots, %d facts, %d misses, %d packages or roots skipped; live/total lines median %.2f p90 %.2f; live/executed functions median %.2f p90 %.2f",
		s.packages, s.roots, s.facts, len(s.misses), s.skipped, quantile(s.ofTotal, .5), quantile(s.ofTotal, .9), quantile(s.ofExecuted, .5), quantile(s.ofExecuted, .9))
}

func quantile(list []float64, q float64) float64 {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	return list[min(len(list)-1, int(q*float64(len(list))))]
}

// sweep runs each test of some packages of a module alone and compares what
// ran with its closure. At most max tests of a package are run.
func (s *tally) sweep(t *testing.T, max int, dirs ...string) {
	tmp := t.TempDir()
	x, err := instrument(tmp, dirs...)
	if err != nil {
		t.Logf("skipped: %v", err)
		s.skipped += len(dirs)
		return
	}
	for _, g := range x.targets {
		if len(g.tests) > 0 {
			s.packages++
			s.sweepOne(t, x, g, max, tmp)
		}
	}
}

func (s *tally) sweepOne(t *testing.T, x *instrumented, g *target, max int, tmp string) {
	dir := g.dir
	b := Static(dir)
	for _, test := range g.tests[:min(max, len(g.tests))] {
		deps, err := FindDeps(b, test)
		if err != nil {
			t.Errorf("%s %s: %v", dir, test, err)
			return
		}
		ran, ok := x.run(g, test, tmp)
		if !ok {
			s.skipped++
			continue
		}
		s.compare(b.loaded.graph, deps, dir, test, ran)
	}
}

func (s *tally) compare(g *graph.Graph, deps *Deps, dir, test string, ran []function) {
	type place struct {
		file string
		line int
	}
	live := map[place]bool{}
	funcs, lines, total := 0, 0, 0
	for _, d := range deps.Decls() {
		if d.Wide {
			continue // part of the whole run: what the test itself runs must be reached
		}
		live[place{file: d.File, line: d.Line}] = true
		lines += d.Lines
	}
	own := g.ReachFrom(g.Functions(test)...)
	own.AddInit()
	for _, n := range own.Order {
		if n.Fact.Kind == facts.KindFunc || n.Fact.Kind == facts.KindMethod {
			funcs++
		}
	}
	for _, d := range deps.Total {
		total += d.Lines
	}
	s.roots++
	for _, f := range ran {
		s.facts++
		if !live[place{file: g.Relative(f.file), line: f.line}] {
			s.misses = append(s.misses, fmt.Sprintf("%s %s ran %s (%s:%d)", dir, test, f.name, g.Relative(f.file), f.line))
		}
	}
	s.ofTotal = append(s.ofTotal, float64(lines)/float64(total))
	if len(ran) > 0 {
		s.ofExecuted = append(s.ofExecuted, float64(funcs)/float64(len(ran)))
	}
}

// PackagesOf lists the directories below dir, in dir's module, that hold tests.
func packagesOf(t *testing.T, dir string) []string {
	list, err := goList(dir, "./...")
	if err != nil {
		t.Logf("skipped: %v", err)
		return nil
	}
	var dirs []string
	for _, p := range list {
		if len(p.TestGoFiles)+len(p.XTestGoFiles) > 0 {
			dirs = append(dirs, p.Dir)
		}
	}
	return dirs
}

// TestSoundness holds closures against execution: some tests of this module and of
// its examples; with CACHETEST_LONG, of the modules it requires as well; with
// CACHETEST_SOUNDNESS, a list of module directories, those, without limit.
func TestSoundness(t *testing.T) {
	s := &tally{}
	if list := os.Getenv("CACHETEST_SOUNDNESS"); list != "" {
		for _, dir := range filepath.SplitList(list) {
			one := &tally{}
			for _, p := range packagesOf(t, dir) {
				one.sweep(t, perPackage(), p)
			}
			t.Logf("%s: %s", dir, one)
			fmt.Fprintf(os.Stderr, "%s: %s\n", dir, one) // as it comes: this takes long
			s.misses = append(s.misses, one.misses...)
		}
		report(t, s)
		return
	}
	if testing.Short() {
		t.Skip("builds test binaries")
	}
	groups, most := ownSweep(t), 1
	if os.Getenv("CACHETEST_LONG") != "" {
		groups, most = append(groups, requiredSweep(t)...), 4
	}
	for _, dirs := range groups {
		s.sweep(t, most, dirs...)
	}
	t.Log(s)
	report(t, s)
	if s.facts == 0 {
		t.Error("nothing was compared")
	}
}

// perPackage is how many tests of a package a long sweep runs: all, or
// CACHETEST_SOUNDNESS_MAX of them.
func perPackage() int {
	if n, err := strconv.Atoi(os.Getenv("CACHETEST_SOUNDNESS_MAX")); err == nil {
		return n
	}
	return 1 << 30
}

func report(t *testing.T, s *tally) {
	for i, m := range s.misses {
		if i == 40 {
			t.Errorf("... and %d more", len(s.misses)-i)
			return
		}
		t.Error(m)
	}
}

// ownSweep lists a few packages of this module.
func ownSweep(t *testing.T) [][]string {
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return [][]string{
		inDir(filepath.Join(wd, adversarial), "hooks", "plugin", "byname", "names", "link", "cgo"),
		inDir(filepath.Join(wd, "../../.."), "examples/quickstart", "examples/generator", "core/internal/unlogged"),
	}
}

// requiredSweep lists a few packages of copies of the modules that this one
// requires: go refuses to overlay files below GOMODCACHE.
func requiredSweep(t *testing.T) (groups [][]string) {
	out, err := goCommand(".", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/mod", "github.com/rogpeppe/go-internal")
	if err != nil {
		t.Logf("modules not at hand: %v", err)
	}
	for dir := range strings.Lines(string(out)) {
		dir = copyModule(t, strings.TrimSpace(dir))
		switch {
		case dir == "":
		case strings.Contains(dir, "x/mod") || strings.Contains(dir, "mod@"):
			groups = append(groups, inDir(dir, "modfile", "semver"))
		default:
			groups = append(groups, inDir(dir, "txtar", "lockedfile"))
		}
	}
	return groups
}

func inDir(root string, dirs ...string) (list []string) {
	for _, dir := range dirs {
		list = append(list, filepath.Join(root, filepath.FromSlash(dir)))
	}
	return list
}

// copyModule returns a copy of a module of the module cache, or "".
func copyModule(t *testing.T, dir string) string {
	if dir == "" {
		return ""
	}
	to := filepath.Join(t.TempDir(), filepath.Base(dir))
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Log(err)
		return ""
	}
	return to
}
