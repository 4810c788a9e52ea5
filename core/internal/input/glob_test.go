package input

import (
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/logged"
)

// A directory that a pattern matches stands for all that is in it.
func TestExpand(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"data/a.csv", "data/v1/x", "data/v1/deep/a.csv", "data/v2/y", "other/v1", "{1}/[a]/*.x", "we\nird/x.csv"} {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	w := &World{Root: logged.Root{Lexical: root, Physical: root}, Dir: root, Clock: time.Now, Bases: map[string]string{"in[1]": filepath.Join(root, "data/v1")}}
	for _, tc := range []struct{ pattern, ignore, want string }{
		{"data", "", "data data/a.csv data/v1/deep/a.csv data/v1/x data/v2/y"},
		{"data/*", "", "data/a.csv data/v1/deep/a.csv data/v1/x data/v2/y"},
		{"data/*", "data/v1", "data/a.csv data/v2/y"},
		{"data/*", "**/deep", "data/a.csv data/v1/x data/v2/y"},
		{"data/v?", "", "data/v1/deep/a.csv data/v1/x data/v2/y"},
		{"data/{v2,none}", "", "data/v2/y"},
		{"**/v1", "", "data/v1/deep/a.csv data/v1/x other/v1"},
		{"data/**/*.csv", "", "data/a.csv data/v1/deep/a.csv"},
		{"data/*.csv", "", "data/a.csv"},
		{"*/v1/x", "", "data/v1/x"},
		{`$in\[1]`, "", "$in[1] $in[1]/deep/a.csv $in[1]/x"},
		{`\{1}/\[a]/*.x`, "", "{1}/[a]/*.x"},
		{"we\nird/*", "we\nird/y", "we\nird/x.csv"},
	} {
		var ignore, got []string
		if tc.ignore != "" {
			ignore = []string{tc.ignore}
		}
		ins, err := w.Expand(tc.pattern, ignore, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range ins {
			if in.Kind == File {
				got = append(got, in.Name)
			}
		}
		if again, _ := w.Reglob(&ins[0]); ins[0].Kind == Glob && again.Digest != ins[0].Digest {
			t.Errorf("%s without %q again: %q, not %q", tc.pattern, tc.ignore, again.Detail, ins[0].Detail)
		}
		if got := strings.Join(got, " "); got != tc.want {
			t.Errorf("%s without %q: %s, want %s", tc.pattern, tc.ignore, got, tc.want)
		}
	}
}

// What is no file is told from a file whose name ends as listings mark it.
func TestExpandMarks(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("a@", "one")
	w := &World{Root: logged.Root{Lexical: root, Physical: root}, Dir: root, Clock: time.Now}
	expand := func() (files []Input, names string) {
		ins, err := w.Expand("*", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return ins[2:], ins[0].Detail
	}
	before, names := expand()
	write("a@", "two")
	if after, _ := expand(); len(before) != 1 || before[0].Name != "a@" || before[0].Digest == after[0].Digest {
		t.Errorf("%+v is %+v", before, after)
	}
	if err := os.Remove(filepath.Join(root, "a@")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("none", filepath.Join(root, "a")); err != nil {
		t.Skip(err)
	}
	if _, link := expand(); link == names {
		t.Errorf("a link and a file are both listed as %q", link)
	}
}

// What a directory around the names is called is no pattern.
func TestPatternName(t *testing.T) {
	around := filepath.Join(t.TempDir(), "w[1]{x}")
	root, dep := filepath.Join(around, "m"), filepath.Join(around, "dep[2]")
	for _, dir := range []string{root, filepath.Join(dep, "testdata")} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"a.txt", "b.go", "testdata/c.go"} {
		if err := os.WriteFile(filepath.Join(dep, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	w := &World{Root: logged.Root{Lexical: root, Physical: root}, Dir: root, Bases: map[string]string{"f[0]": dep}, Clock: time.Now}
	for _, tc := range []struct{ reason, pattern, ignore, want string }{
		{"a glob", w.PatternName(`../dep\[2\]/*.txt`), "", "a.txt"},
		{"an absolute one", w.PatternName(Quote(filepath.ToSlash(dep)) + "/*.go"), "", "b.go"},
		{"a directory", w.PatternName(`../dep\[2]`), "", ". a.txt b.go testdata/c.go"},
		{"a file that is not there", w.PatternName("../dep/none"), "", "../dep/none"},
		{"what is left out", w.PatternName(`../dep\[2]`), w.PatternName("../dep*/**/*.go"), ". a.txt"},
		{"a value that is a path", "$" + Quote("f[0]"), "", ". a.txt b.go testdata/c.go"},
	} {
		var got, ignore []string
		if tc.ignore != "" {
			ignore = []string{tc.ignore}
		}
		ins, err := w.Expand(tc.pattern, ignore, nil)
		if err != nil {
			t.Errorf("%s: %v", tc.reason, err)
		}
		for _, in := range ins {
			if in.Kind == File {
				rel, _ := filepath.Rel(dep, w.Path(in.Name))
				got = append(got, filepath.ToSlash(rel))
			}
		}
		if got := strings.Join(got, " "); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.reason, got, tc.want)
		}
	}
}

// ofMatch makes of a pattern of path.Match one that matches the same.
func TestPatternsOfMatch(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func(parts ...string) (s string) {
		for range 1 + r.IntN(5) {
			s += parts[r.IntN(len(parts))]
		}
		return s
	}
	matched := 0
	for range 200_000 {
		pattern, name := word("a", "!", "{", "}", ",", "?", "*", `\`, "[", "[!", "[^", "]", "-", "^"), word("a", "!", "{", "}", ",", `\`, "]", "-", "^")
		want, err := path.Match(pattern, name)
		if err != nil { // the go command refuses it
			continue
		}
		if want {
			matched++
		}
		if got := matches(ofMatch(pattern), name); got != want {
			t.Fatalf("%q and %q: %v, path.Match says %v", pattern, name, got, want)
		}
	}
	if matched < 1000 {
		t.Errorf("%d matched", matched)
	}
}
