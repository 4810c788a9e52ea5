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
	for _, name := range []string{"data/a.csv", "data/v1/x", "data/v1/deep/a.csv", "data/v2/y", "other/v1", "{1}/[a]/*.x"} {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	w := &World{Root: logged.Root{Lexical: root, Physical: root}, Dir: root, Clock: time.Now, Bases: map[string]string{"in[1]": filepath.Join(root, "data/v1")}}
	for _, tc := range []struct{ pattern, ignore, want string }{
		{"data", "", "data/a.csv data/v1/deep/a.csv data/v1/x data/v2/y"},
		{"data/*", "", "data/a.csv data/v1/deep/a.csv data/v1/x data/v2/y"},
		{"data/*", "data/v1", "data/a.csv data/v2/y"},
		{"data/*", "**/deep", "data/a.csv data/v1/x data/v2/y"},
		{"data/v?", "", "data/v1/deep/a.csv data/v1/x data/v2/y"},
		{"data/{v2,none}", "", "data/v2/y"},
		{"**/v1", "", "data/v1/deep/a.csv data/v1/x other/v1"},
		{"data/**/*.csv", "", "data/a.csv data/v1/deep/a.csv"},
		{"data/*.csv", "", "data/a.csv"},
		{"*/v1/x", "", "data/v1/x"},
		{"$in[1]", "", "$in[1]/deep/a.csv $in[1]/x"},
		{`\{1}/\[a]/*.x`, "", "{1}/[a]/*.x"},
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
		if got := strings.Join(got, " "); got != tc.want {
			t.Errorf("%s without %q: %s, want %s", tc.pattern, tc.ignore, got, tc.want)
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
