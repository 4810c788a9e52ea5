package std

import (
	"cmp"
	"flag"
	"fmt"
	"go/version"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write the table")

// sample are the packages that are derived for other systems as well.
var sample = []string{"bytes", "cmp", "errors", "image/gif", "io", "maps", "os", "path", "regexp", "slices", "sort", "strconv", "strings", "time", "unicode/utf8"}

// loaded returns the library of a version of Go, "" for that which runs the test.
func loaded(t *testing.T, release, system string) *library {
	t.Helper()
	goos, goarch, _ := strings.Cut(system, "/")
	l := newLibrary(t, release, goos, goarch)
	for _, path := range publicPackages(l.context.GOROOT) {
		l.Import(path) // those that are of other systems have no files
	}
	l.lookAtVars()
	return l
}

// releases are the versions of Go that the table is to be held to: those that it is derived
// from where CACHETEST_LONG is all and the newest of them runs the test, else that which runs
// it.
func releases() []string {
	if *update || runtime.Version() == derivedFrom() && os.Getenv("CACHETEST_LONG") == "all" {
		return append([]string{""}, older...)
	}
	return []string{""}
}

// TestReleases: the table is derived from each language version of Go that builds this module,
// up to the newest that is known, and from the oldest release of all.
func TestReleases(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "go{{.GoVersion}}").Output()
	if err != nil {
		t.Fatal(err)
	}
	oldest := strings.TrimSpace(string(out))
	minor := func(release string) (n int) {
		fmt.Sscanf(version.Lang(release), "go1.%d", &n)
		return n
	}
	last := derivedFrom()
	for _, release := range older {
		if minor(release) != minor(last)-1 {
			t.Errorf("%s follows %s", release, last)
		}
		last = release
	}
	if last != oldest {
		t.Errorf("the oldest is %s, want %s", last, oldest)
	}
}

// systemPackages are packages that are not the same on other systems.
var systemPackages = []string{"os", "os/exec", "path/filepath"}

// elsewhereOf returns the libraries of other systems where a package is another.
func elsewhereOf(t *testing.T, release, path string, others func() []*graph) (list []*graph) {
	switch {
	case slices.Contains(systemPackages, path):
		return others()
	case path == "syscall":
		for _, system := range systems[1:] {
			goos, goarch, _ := strings.Cut(system, "/")
			l := newLibrary(t, release, goos, goarch)
			l.Import(path)
			list = append(list, l.graph())
		}
	}
	return list
}

// ofOtherSystems is said of packages that this system has no files of: anything.
const ofOtherSystems = "ACDEFLNORTVZ"

const rewrite = "\ngo test ./core/internal/code/std -run Table -update writes it anew"

// TestTable: the table is what is derived from the standard library, which takes two
// minutes of processor time for each version. It is what all that it is derived from have in
// common of what is good; of one alone it says no more.
func TestTable(t *testing.T) {
	if !*update && os.Getenv("CACHETEST_LONG") == "" {
		t.Skip("set CACHETEST_LONG to derive the table again")
	}
	all := releases()
	for _, release := range all[1:] {
		toolchain(t, release) // without it the whole test is skipped
	}
	derived := make([]map[string]*entry, len(all))
	t.Run("derive", func(t *testing.T) {
		for i, release := range all {
			t.Run(cmp.Or(release, runtime.Version()), func(t *testing.T) {
				t.Parallel()
				derived[i] = derivedEntries(t, release)
			})
		}
	})
	entries := derived[0]
	for i, release := range all[1:] {
		for path, p := range entries {
			if was := derived[i+1][path]; was != nil && (p.foreign || !was.foreign) {
				p.join(was)
			} else if p.last == "" {
				p.last = version.Lang(release)
			}
		}
	}
	var texts []string
	for _, path := range slices.Sorted(maps.Keys(entries)) {
		text := entries[path].text()
		texts = append(texts, text)
		if known := packages()[path] != nil; !*update && (known || !entries[path].foreign) { // else it counts as anything
			compare(t, path, text, len(all) > 1)
		}
	}
	if *update {
		text := runtime.Version() + "\n\n" + strings.Join(texts, "\n")
		if err := os.WriteFile("table.txt", []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// derivedEntries derives the entries of all packages of a version of Go.
func derivedEntries(t *testing.T, release string) map[string]*entry {
	l := loaded(t, release, system)
	g := l.graph()
	others := sync.OnceValue(func() []*graph {
		return []*graph{loaded(t, release, "darwin/arm64").graph(), loaded(t, release, "windows/amd64").graph()}
	})
	entries := map[string]*entry{}
	for _, path := range publicPackages(l.context.GOROOT) {
		entries[path] = &entry{path: path, foreign: true}
		if l.packages[path] != nil {
			var err error
			if entries[path], err = l.derive(g, path, elsewhereOf(t, release, path, others)...); err != nil {
				t.Fatal(err)
			}
		}
	}
	for key, ok := range l.fixedVars {
		if key.level == level && l.fixedVars[leveled{level - 1, key.v}] != ok {
			t.Errorf("%s is found to be changed at level %d, and taken for fixed below: the level must be raised", key.v, level)
		}
	}
	return entries
}

// TestOtherSystems: what the table says holds where other files of the library
// are compiled.
func TestOtherSystems(t *testing.T) {
	if os.Getenv("CACHETEST_LONG") == "" {
		t.Skip("set CACHETEST_LONG to derive the sample for other systems")
	}
	for _, system := range systems[1:] {
		t.Run(system, func(t *testing.T) {
			l := loaded(t, "", system)
			g := l.graph()
			for _, path := range append(strings.Fields("path/filepath os/exec mime log crypto/rand embed"), sample...) {
				part, err := l.derive(g, path)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, path, part.text(), false)
			}
		})
	}
}

// compare holds the table to what was derived. With one version of Go alone, or on
// another system, it may say less than is true, and never more.
func compare(t *testing.T, path, part string, exactly bool) {
	t.Helper()
	_, part, _ = strings.Cut(part, "\n")
	had := packages()[path]
	if had == nil {
		t.Errorf("the table does not have %s%s", path, rewrite)
		return
	}
	same := strings.TrimSpace(had.text) == strings.TrimSpace(part)
	if exactly {
		if !same {
			t.Errorf("the table says of %s:\n%s\nbut derived is:\n%s%s", path, had.text, part, rewrite)
		}
		return
	}
	had.once.Do(had.parse)
	now := &names{text: part}
	now.parse()
	for name, claim := range had.line {
		if found, ok := now.line[name]; ok && name != "*" && claim.exceeds(found) {
			t.Errorf("%s.%s: the table says %v, but derived is %v", path, name, claim, found)
		}
	}
}

// exceeds reports whether a line says something that another does not.
func (l *line) exceeds(found *line) bool {
	if len(l.effects) != len(found.effects) && l.effects != "" {
		return true
	}
	for i := range l.effects {
		if strings.IndexByte(effectLetters, l.effects[i]) < strings.IndexByte(effectLetters, found.effects[i]) {
			return true
		}
	}
	for _, flag := range l.flags {
		if !strings.ContainsRune(found.flags, flag) {
			return true
		}
	}
	return found.world&^l.world != 0 || l.free && slices.ContainsFunc(found.states, func(u StateUse) bool { return !slices.Contains(l.states, u) })
}
