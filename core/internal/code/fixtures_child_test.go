package code

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// TestFixturesInRuns wraps the first call of each function that TestFixtures
// looks at in a Memo, in a copy of its module, and runs the tests: as the call is
// written; with the options or the key of the message pasted, where it was not
// stored; with a With for each other value that the message names; with the
// statements between the definition of such a value and the call in the build
// function, as the message says; with the options that a message about inputs shows;
// and with another test edited. CACHETEST_FIXTURES_RUN lists the directories of the
// modules.
// docs/closure-measured.md has the figures.
func TestFixturesInRuns(t *testing.T) {
	if os.Getenv("CACHETEST_FIXTURES_RUN") == "" {
		t.Skip("CACHETEST_FIXTURES_RUN lists no modules")
	}
	for _, dir := range filepath.SplitList(os.Getenv("CACHETEST_FIXTURES_RUN")) {
		w, err := newWrapping(t, dir)
		if err != nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		w.measure()
		fmt.Fprintf(os.Stderr, "| %s | %s\n", filepath.Base(dir), w) // as it comes: this takes long
		for _, s := range w.sites {
			if e := w.last[s.key]; e.Event == "not-stored" {
				t.Logf("REFUSED %s %s.%s (%s, %s): %s", e.Code, s.path, s.name, s.test, s.noValue, e.Cause)
			}
			if e, ok := w.last[s.key]; !ok || e.Failed {
				t.Logf("NOT RUN %s.%s (%s): %s", s.path, s.name, s.test, e.Cause)
			}
		}
	}
}

// A wrapping is a module whose calls are wrapped.
type wrapping struct {
	t     *testing.T
	dir   string
	store string
	sites []*callSite

	options     map[string]string    // by key
	keys        map[string]string    // that a message advises
	inside      map[string]moved     // what a message says to make inside the build function
	last        map[string]loggedRun // what is said of each site in the last run but that after the edit
	stage       map[string]int       // in which a site was stored: as written 0, with what the message shows 1, with options for others 2, made inside 3
	edits, hits int
}

// A loggedRun is an event of the log that CACHETEST_LOG names.
type loggedRun struct {
	Event, Key, Code, Cause string
	Failed                  bool
}

func newWrapping(t *testing.T, dir string) (*wrapping, error) {
	w := &wrapping{t: t, dir: copyModule(t, dir), store: t.TempDir(), options: map[string]string{}, keys: map[string]string{}, inside: map[string]moved{}, last: map[string]loggedRun{}, stage: map[string]int{}}
	repo, err := filepath.Abs("../../..")
	if err != nil {
		return nil, err
	}
	if _, err := goCommand(w.dir, "mod", "edit", "-require=github.com/fixturecache/fixturecache@v0.0.0", "-replace=github.com/fixturecache/fixturecache="+repo); err != nil {
		return nil, err
	}
	for _, what := range []string{"./...", "github.com/fixturecache/fixturecache/cachetest"} { // completes go.mod and go.sum
		if _, err := goCommand(w.dir, "list", "-mod=mod", "-deps", "-test", what); err != nil {
			return nil, err
		}
	}
	if w.sites, err = findCallSites(w.dir); err != nil {
		return nil, err
	}
	t.Setenv("CACHETEST_DIR", w.store)
	return w, nil
}

// measure runs the tests of each package three times.
func (w *wrapping) measure() {
	byPackage := map[string][]*callSite{}
	for _, s := range w.sites {
		byPackage[s.pkg] = append(byPackage[s.pkg], s)
	}
	looked := w.sites[:0]
	for _, dir := range slices.SortedFunc(maps.Keys(byPackage), func(a, b string) int {
		return cmp.Or(len(byPackage[b])-len(byPackage[a]), strings.Compare(a, b))
	}) {
		if len(looked) < 50 { // a large module counts no more than others
			looked = append(looked, byPackage[dir]...)
			w.measurePackage(dir, byPackage[dir])
		}
	}
	w.sites = looked
}

func (w *wrapping) measurePackage(dir string, sites []*callSite) {
	original := map[string][]byte{}
	for _, s := range sites {
		original[s.file], _ = os.ReadFile(s.file)
	}
	defer func() {
		for name, data := range original {
			os.WriteFile(name, data, 0o644)
		}
	}()
	sites = w.compiling(dir, sites, original)
	for stage, follow := range []func(s *callSite, cause string) bool{w.pasteWithKey(pasteable), w.paste(everyValue), w.moveInside(original), w.pasteWithKey(everyValue)} {
		again := false
		for _, s := range sites {
			if e := w.last[s.key]; e.Code == "capture" && follow(s, e.Cause) {
				w.stage[s.key] = min(stage+1, 3)
				again = true
			}
		}
		if again {
			w.compiling(dir, sites, original)
		}
	}
	for range 2 { // what was read before may need an option, and then what was run
		again := false
		for _, s := range sites {
			if e := w.last[s.key]; e.Event == "not-stored" && e.Code != "capture" && w.pasteInputs(s, e) {
				w.stage[s.key] = max(w.stage[s.key], 1)
				again = true
			}
		}
		if again {
			w.compiling(dir, sites, original)
		}
	}
	if w.editOther(dir, sites, original) {
		events, _ := w.run(dir, sites)
		for key, e := range events {
			if w.last[key].Event == "not-stored" || w.last[key].Failed {
				continue
			}
			w.edits++
			if e.Event == "hit" {
				w.hits++
			} else {
				w.t.Logf("NOT KEPT %s: %+v", key, e)
			}
		}
	}
}

// compiling runs the tests with the calls wrapped, and leaves out what does not
// compile: the statements that were moved, and then the call.
func (w *wrapping) compiling(dir string, sites []*callSite, original map[string][]byte) []*callSite {
	place := regexp.MustCompile(`(?m)^(\S+\.go):(\d+):\d+: `)
	for len(sites) > 0 {
		starts := w.write(sites, original)
		events, errors := w.run(dir, sites)
		bad, again := map[*callSite]bool{}, false
		for _, m := range place.FindAllStringSubmatch(errors, -1) {
			line, _ := strconv.Atoi(m[2])
			for _, s := range sites {
				bad[s] = bad[s] || filepath.Base(s.file) == filepath.Base(m[1]) && starts[s] <= line && line <= starts[s]+8+strings.Count(w.inside[s.key].text, "\n")
			}
		}
		for s := range bad {
			if bad[s] && w.inside[s.key].text != "" {
				w.inside[s.key], bad[s] = moved{}, false
				again = true
			}
		}
		if again {
			continue
		}
		kept := slices.DeleteFunc(slices.Clone(sites), func(s *callSite) bool { return bad[s] })
		if !strings.Contains(errors, "[build failed]") || len(kept) == len(sites) {
			maps.Copy(w.last, events)
			return kept
		}
		sites = kept
	}
	return nil
}

// write writes the files with each site's call wrapped, and returns the line on
// which each begins.
func (w *wrapping) write(sites []*callSite, original map[string][]byte) map[*callSite]int {
	starts := map[*callSite]int{}
	for name, src := range original {
		var here []*callSite
		for _, s := range sites {
			if s.file == name {
				here = append(here, s)
			}
		}
		var edits []edit
		for _, s := range here {
			edits = append(append(edits, w.inside[s.key].edits...), edit{from: s.from, to: s.to, site: s})
		}
		slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(a.from-b.from, a.to-b.to) })
		out, at := []byte{}, 0
		imports := map[string]string{}
		for i, e := range edits {
			if e.from < at || i > 0 && e == edits[i-1] {
				continue // within another
			}
			out = append(out, src[at:e.from]...)
			if e.site != nil {
				starts[e.site] = 1 + strings.Count(string(out), "\n")
				e.text = w.wrapped(e.site, string(src[e.from:e.to]), imports)
			}
			out, at = append(out, e.text...), e.to
		}
		out = append(out, src[at:]...)
		text := "; import cachetest \"github.com/fixturecache/fixturecache/cachetest\""
		for alias, path := range imports {
			text += fmt.Sprintf("; import %s %q", alias, path)
		}
		if len(here) > 0 {
			loc := regexp.MustCompile(`(?m)^package \w+`).FindIndex(out)
			if bytes.Contains(out, []byte("fmt.Sprint(")) && !bytes.Contains(src, []byte(`"fmt"`)) {
				text += `; import "fmt"`
			}
			out = slices.Concat(out[:loc[1]], []byte(text), out[loc[1]:])
		}
		if err := os.WriteFile(name, out, 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
	return starts
}

func (w *wrapping) wrapped(s *callSite, call string, imports map[string]string) string {
	typ := s.typ
	for path, alias := range s.imports {
		mine := s.key + alias
		typ = regexp.MustCompile(`\b`+alias+`\.`).ReplaceAllLiteralString(typ, mine+".")
		imports[mine] = path
	}
	key := cmp.Or(w.keys[s.key], strconv.Quote(s.key))
	if s.fails {
		return fmt.Sprintf("cachetest.Memo(%s, %s, func() (%s, error) { %sreturn %s }%s), error(nil)", s.handle, key, typ, w.inside[s.key].text, call, w.options[s.key])
	}
	return fmt.Sprintf("cachetest.Memo(%s, %s, func() (%s, error) { %sreturn %s, nil }%s)", s.handle, key, typ, w.inside[s.key].text, call, w.options[s.key])
}

// run runs the tests of a package and returns what is said of each fixture, the
// worst of its events, and what go test printed if tests failed. After a panic the
// tests that it kept from running run one by one.
func (w *wrapping) run(dir string, sites []*callSite) (worst map[string]loggedRun, failed string) {
	log := filepath.Join(w.store, "log.json")
	os.Remove(log)
	w.t.Setenv("CACHETEST_LOG", log)
	test := func(flags ...string) {
		cmd := exec.Command("go", append(append([]string{"test", "-mod=mod", "-vet=off", "-short", "-timeout=1m"}, flags...), ".")...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			failed += string(out)
		}
	}
	test()
	if strings.Contains(failed, "\npanic: ") {
		tests := map[string]bool{}
		data, _ := os.ReadFile(log)
		for _, s := range sites {
			if !tests[s.test] && !bytes.Contains(data, []byte(strconv.Quote(s.key))) {
				tests[s.test] = true
				test("-run=^" + s.test + "$")
			}
		}
	}
	data, _ := os.ReadFile(log)
	worst = map[string]loggedRun{}
	rank := func(e loggedRun) int { // a build that fails says nothing of what other rows are given
		if e.Failed {
			return 0
		}
		return slices.Index([]string{"hit", "miss", "not-stored"}, e.Event) + 1
	}
	for _, m := range failedWith.FindAllStringSubmatch(failed, -1) {
		worst[m[1]] = loggedRun{Event: "not-stored", Code: "capture", Cause: w.last[m[1]].Cause}
	}
	for line := range strings.Lines(string(data)) {
		var e loggedRun
		if json.Unmarshal([]byte(line), &e) != nil || !e.Failed && rank(e) == 0 {
			continue
		}
		e.Key, _, _ = strings.Cut(e.Key, "-") // of a row
		if old, ok := worst[e.Key]; !ok || rank(e) > rank(old) {
			worst[e.Key] = e
		}
	}
	return worst, failed
}

// editOther adds a statement to a test without a wrapped call.
func (w *wrapping) editOther(dir string, sites []*callSite, original map[string][]byte) bool {
	g, err := graph.Load(Static(dir).Build, nil, &memCache{m: map[string][]byte{}})
	if err != nil {
		return false
	}
	for _, m := range editedTests(g, 1000) {
		if slices.ContainsFunc(sites, func(s *callSite) bool { return s.test == m.decl }) {
			continue
		}
		if original[m.path] == nil {
			original[m.path], _ = os.ReadFile(m.path)
		}
		return os.WriteFile(m.path, m.src, 0o644) == nil
	}
	return false
}

func (w *wrapping) String() string {
	codes := map[string]int{}
	var stored [4]int
	ran, refused, noValue, ofPlace := 0, 0, 0, 0
	for _, s := range w.sites {
		e, ok := w.last[s.key]
		switch {
		case !ok || e.Failed, strings.HasPrefix(e.Cause, "the test"): // failed, as a loop does of which each turn is given the first one's value
			continue
		case e.Code == "output" && strings.Contains(e.Cause, "cannot be stored"):
			noValue++
			continue
		case strings.HasPrefix(e.Cause, "its value holds the temporary path "): // Dir or File keeps what is there
			ofPlace++
			continue
		case e.Code != "":
			refused++
			codes[e.Code]++
		default:
			stored[w.stage[s.key]]++
		}
		ran++
	}
	var kinds []string
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		kinds = append(kinds, fmt.Sprintf("%s %d", code, codes[code]))
	}
	return fmt.Sprintf("%d | %d | %d | %d | %d | %d | %d | %d | %s | %s | %d of %d |", len(w.sites), noValue, ofPlace, ran, stored[0], stored[1], stored[2], stored[3], percent(refused, ran), strings.Join(kinds, ", "), w.hits, w.edits)
}
