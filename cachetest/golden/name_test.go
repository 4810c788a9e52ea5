package golden

import (
	"strings"
	"testing"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ name, want, reason string }{
		{"TestA/sub_1", "TestA/sub_1", "what is allowed stays readable"},
		{"TestÄ/日本", "TestÄ/日本", "letters of any script are allowed"},
		{"T/a:b*c", "T/a%3Ab%2Ac", "Windows and the go command refuse them"},
		{"T/100%", "T/100%25", "the escape character itself"},
		{"T/%3A", "T/%253A", "must not be the path of T/:"},
		{"T/..", "T/.%2E", "must not leave the directory"},
		{"T/a.", "T/a%2E", "Windows drops the dot"},
		{"T//a", "T/%/a", "an empty element would vanish"},
		{"T/CON.txt", "T/%43ON.txt", "a device of Windows"},
		{"T/.Git", "T/%2EGit", "git keeps no such name"},
		{"T/\xff", "T/%FF", "no UTF-8"},
		{"T/\ufffd", "T/%EF%BF%BD", "must not be the path of an invalid byte"},
		{"T/e\u0301", "T/e%CC%81", "a combining mark is no letter, and file systems normalise it"},
	} {
		if got := escape(c.name); got != c.want {
			t.Errorf("escape(%q) = %q, want %q: %s", c.name, got, c.want, c.reason)
		}
	}
}

func TestEscapeLong(t *testing.T) {
	a, b := escape(strings.Repeat("ä", 500)+"a"), escape(strings.Repeat("ä", 500)+"b")
	if len(a) > maxElem || len(b) > maxElem || a == b {
		t.Errorf("%d bytes %q\n%d bytes %q", len(a), a, len(b), b)
	}
}

// FuzzEscape: every test's name has a path that can be kept everywhere, and of
// its own.
func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"TestA/b", "..", "a//b/", "nul.txt", "%", "%-", "a.", ".git", "\xff\xfe", "K", strings.Repeat("%", 90)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		path := escape(name)
		if err := checkPath(path); err != nil {
			t.Errorf("escape(%q) = %q: %v", name, path, err)
		}
		if strings.Contains(path, "%-") { // a hash
			return
		}
		if back := unescape(path); back != name {
			t.Errorf("escape(%q) = %q, which is also that of %q", name, path, back)
		}
	})
}

// FuzzPropose: what is proposed is taken.
func FuzzPropose(f *testing.F) {
	for _, seed := range []string{"", ".", "../x", `a\b`, "a:b", "con", "_con", ".git", "..git", ".CON", "\xff", "a..", "-."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if err := checkPath(propose(name)); err != nil {
			t.Errorf("propose(%q) = %q: %v", name, propose(name), err)
		}
		if checkPath(name) == nil && propose(name) != name {
			t.Errorf("propose(%q) = %q", name, propose(name))
		}
	})
}

func unescape(path string) string {
	elems := strings.Split(path, "/")
	for i, elem := range elems {
		if elem == "%" {
			elems[i] = ""
			continue
		}
		var b strings.Builder
		for j := 0; j < len(elem); j++ {
			if elem[j] != '%' {
				b.WriteByte(elem[j])
				continue
			}
			b.WriteByte(unhex(elem[j+1])<<4 | unhex(elem[j+2]))
			j += 2
		}
		elems[i] = b.String()
	}
	return strings.Join(elems, "/")
}

func unhex(c byte) byte { return byte(strings.IndexByte("0123456789ABCDEF", c)) }

func TestLocation(t *testing.T) {
	for _, c := range []struct {
		name, file string
		dir        bool
		want, err  string
	}{
		{name: "a/b.txt", want: "testdata/golden/TestX/a/b.txt"},
		{name: "a", file: "./testdata/../a", want: "a"},
		{name: "a", file: "../other/testdata/a", want: "../other/testdata/a"},
		{name: "a", file: "../..", err: `call it "golden"`},
		{name: "a", file: "testdata/a", dir: true, want: "testdata/a"},
		{name: "a", file: "testdata", dir: true, err: `call it "testdata/golden/testdata"`},
		{name: "a", file: "testdata/x/..", dir: true, err: "must lie below testdata"},
		{name: "a", file: "mytestdata/a", dir: true, err: "must lie below testdata"},
	} {
		got, err := location("TestX", c.name, &config{file: c.file}, c.dir)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
}
