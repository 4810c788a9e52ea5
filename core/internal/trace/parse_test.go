package trace

import (
	"slices"
	"testing"
)

func parseAll(dir string, lines ...string) *parser {
	p := &parser{dir: dir}
	for _, line := range lines {
		p.line(line)
	}
	return p
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
		if len(p.paths) != 1 || p.paths[0] != tt.want {
			t.Errorf("%s: got %q, want %q (%s)", tt.line, p.paths, tt.want, tt.reason)
		}
	}
}

func TestParseChdir(t *testing.T) {
	p := parseAll("/m/p", "open a", "chdir /elsewhere", "open a")
	if want := []string{"/m/p/a", "/elsewhere/a"}; !slices.Equal(p.paths, want) {
		t.Errorf("got %q, want %q", p.paths, want)
	}
}

func TestParseLooksAreNotReads(t *testing.T) {
	p := parseAll("/m/p",
		"stat /m/././a", "stat /cachetest-mark/env/LOOKED", "getenv LOOKED",
		"stat /cachetest-mark/env/BOTH", "getenv BOTH", "getenv BOTH", "stat /cachetest-mark/1.1/xxx")
	if len(p.paths) != 0 {
		t.Errorf("looks count as reads: %q", p.paths)
	}
	if p.env["LOOKED"] != 0 || p.env["BOTH"] != 1 {
		t.Errorf("readings of variables: %v", p.env)
	}
}

// The log of this very process: go test keeps one, or we asked for it.
func FuzzParse(f *testing.F) {
	f.Add("open a\nstat b\ngetenv C\nchdir /d\nopen ../e\n")
	f.Add("open ")
	f.Fuzz(func(t *testing.T, log string) {
		p := parseAll("/m/p", log)
		for _, name := range p.paths {
			if len(name) > 0 && name[0] != '/' {
				t.Errorf("%q is not absolute", name)
			}
		}
	})
}
