package trace

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/logged"
)

// native is a path as this system writes it.
func native(path string) string {
	if runtime.GOOS == "windows" && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "/cachetest-mark/") {
		path = "C:" + path
	}
	if strings.HasPrefix(path, "/cachetest-mark/") {
		return path
	}
	return filepath.FromSlash(path)
}

func (p *parser) names(env bool) []string {
	var names []string
	for _, t := range p.order {
		if t.env == env {
			names = append(names, t.name)
		}
	}
	return names
}

func parseAll(dir string, lines ...string) *parser {
	p := &parser{dir: native(dir)}
	for _, line := range lines {
		p.do(line)
	}
	return p
}

// do reads a line whose path has slashes.
func (p *parser) do(line string) {
	verb, name, _ := strings.Cut(line, " ")
	if verb != "getenv" {
		name = native(name)
	}
	p.line(verb + " " + name)
}

func TestParseNames(t *testing.T) {
	for _, tt := range []struct{ line, want, reason string }{
		{"open a.txt", "/m/p/a.txt", "relative names hold against the directory"},
		{"open ./a/./b", "/m/p/a/b", "dots are cleaned away"},
		{"open ../x", "/m/x", "the directory has no links, so leading .. is lexical"},
		{"open ../../../../x", "/x", "the root is its own parent"},
		{"open ..", "/m", "a lone .."},
		{"open link/../x", "/m/p/link/../x", "link may be a link: left alone"},
		{"open /etc//hosts", "/etc/hosts", "absolute names are cleaned"},
		{"open /m/link/../x", "/m/link/../x", "absolute names with .. are left alone"},
		{"open a name with spaces", "/m/p/a name with spaces", "only the first space separates"},
	} {
		p := parseAll("/m/p", "# test log", tt.line)
		if !slices.Equal(p.names(false), []string{native(tt.want)}) {
			t.Errorf("%s: got %q, want %q (%s)", tt.line, p.names(false), tt.want, tt.reason)
		}
	}
}

func TestRelative(t *testing.T) {
	for _, tt := range []struct {
		name   string
		want   int
		reason string
	}{
		{"/m/p/a", 0, "absolute: the working directory is nothing to it"},
		{"a/../../b", 1, "a may be a link, so that only the beginning counts"},
		{"./a", 1, "a dot leads nowhere"},
		{"../a", 2, "one up"},
		{".././/../a", 3, "two up"},
		{"../..", 3, "two up, and nothing down"},
	} {
		p := parseAll("/m/p", "open "+tt.name)
		if got := p.order[0].relative; got != tt.want || Relative(native(tt.name)) != tt.want {
			t.Errorf("%s: %d, want %d (%s)", tt.name, got, tt.want, tt.reason)
		}
	}
	p := parseAll("/m/p", "open a", "stat /m/p/a")
	if !slices.Equal(p.names(false), []string{native("/m/p/a"), native("/m/p/a")}) {
		t.Errorf("%q: by a relative and an absolute name are two", p.names(false))
	}
}

func TestParseChdir(t *testing.T) {
	p := parseAll("/m/p", "open a", "chdir /elsewhere", "open a")
	if want := []string{native("/m/p/a"), native("/elsewhere/a")}; !slices.Equal(p.names(false), want) {
		t.Errorf("got %q, want %q", p.names(false), want)
	}
}

// What is opened in an os.Root is logged by the name that the root has.
func TestParseRoots(t *testing.T) {
	for _, tt := range []struct{ root, line, want, reason string }{
		{"data", "open data/a", "/elsewhere/data/a /m/p/data/a", "a file in it"},
		{"data/", "stat data/a", "/elsewhere/data/a /m/p/data/a", "its name ends in a slash"},
		{".", "open ./a", "/elsewhere/a /m/p/a", "the working directory"},
		{".", "open ./data/a", "/elsewhere/data/a /m/p/data/a", "a root in a root"},
		{"../data", "open ../data/a", "/data/a /m/data/a", "a directory beside it"},
		{"data", "open database", "/elsewhere/database", "another name"},
		{"/m/p/data", "open /m/p/data/a", "/m/p/data/a", "an absolute name"},
	} {
		p := parseAll("/m/p", "open "+tt.root, "chdir /elsewhere", tt.line)
		var want []string
		for _, name := range strings.Fields(tt.want) {
			want = append(want, native(name))
		}
		if got := p.names(false)[1:]; !slices.Equal(got, want) {
			t.Errorf("%s in %s: got %q, want %q (%s)", tt.line, tt.root, got, want, tt.reason)
		}
	}
}

// TestParseUnknown: what another version of Go logs by another word makes the log
// worth nothing.
func TestParseUnknown(t *testing.T) {
	p := &parser{dir: "/m"}
	for _, line := range []string{"# test log", "open a", "stat a", "getenv A", "chdir /"} {
		if err := p.line(line); err != nil {
			t.Error(err)
		}
	}
	for _, line := range []string{"readlink a", "opened", ""} {
		if p.line(line) == nil {
			t.Errorf("%q is taken", line)
		}
	}
}

func TestParseLooksAreNotReads(t *testing.T) {
	p := parseAll("/m/p",
		"open /m/././b", "stat "+logged.Root{Lexical: "/m", Physical: "/m"}.Spell("/m/a"), "stat /cachetest-mark/env/LOOKED", "getenv LOOKED",
		"stat /cachetest-mark/env/BOTH", "getenv BOTH", "getenv BOTH", "stat /cachetest-mark/1.1/xxx")
	if names := p.names(false); !slices.Equal(names, []string{native("/m/b")}) {
		t.Errorf("reads of files: %q", names)
	}
	if names := p.names(true); !slices.Equal(names, []string{"BOTH"}) {
		t.Errorf("readings of variables: %q", names)
	}
}

func TestWindows(t *testing.T) {
	p := parseAll("/m", "open before", "open both")
	p.inner = append(p.inner, map[thing]int{})
	p.do("open both")
	p.do("open inside")
	p.inner = append(p.inner, map[thing]int{})
	p.do("open deep")
	p.do("getenv DEEP")
	p.leave(false) // counts for the window around it
	p.leave(true)
	p.do("open after")
	for name, want := range map[thing]int{
		{name: native("/m/before"), relative: 1}: 1, {name: native("/m/both"), relative: 1}: 2, {name: native("/m/inside"), relative: 1}: 0,
		{name: native("/m/deep"), relative: 1}: 0, {env: true, name: "DEEP"}: 0, {name: native("/m/after"), relative: 1}: 7,
	} {
		if got := p.ownLast(name); got != want {
			t.Errorf("%v: last read at line %d, want %d", name, got, want)
		}
	}
}

// The log of this very process: go test keeps one, or we asked for it.
func FuzzParse(f *testing.F) {
	f.Add("open a\nstat b\ngetenv C\nchdir /d\nopen ../e\n")
	f.Add("open ")
	f.Fuzz(func(t *testing.T, log string) {
		p := &parser{dir: native("/m/p")}
		p.line(log)
		for _, name := range p.names(false) {
			if len(name) > 0 && !filepath.IsAbs(name) {
				t.Errorf("%q is not absolute", name)
			}
		}
	})
}
