package golden

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestFailedWrite: nothing but the old content stays.
func TestFailedWrite(t *testing.T) {
	dir := t.TempDir()
	full := filepath.Join(dir, "full")
	if err := os.MkdirAll(filepath.Join(full, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := new(golden).writeEntry(full, entry{data: []byte("x")}); err == nil {
		t.Error("a directory was replaced by a file")
	}
	entries, err := os.ReadDir(dir)
	if len(entries) != 1 || err != nil {
		t.Errorf("left: %v, %v", entries, err)
	}
}

// What is wrong is said of the directory, not of a file that nobody knows.
func TestFailedWriteTold(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no file can be made in /proc of Linux, whoever tries")
	}
	err := new(golden).writeEntry("/proc/page.html", entry{data: []byte("x")})
	if err == nil || !strings.HasPrefix(err.Error(), "a new file in /proc: ") || strings.Contains(err.Error(), tempPrefix) {
		t.Error(err)
	}
}

func TestWriteKeeps(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("has no such modes, and links for few")
	}
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", link); err != nil {
		t.Fatal(err)
	}
	if err := new(golden).writeEntry(link, entry{data: []byte("new")}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(file)
	data, _ := os.ReadFile(file)
	if err != nil || info.Mode() != 0o640 || string(data) != "new" {
		t.Errorf("%v %q, %v", info.Mode(), data, err)
	}
	if target, err := os.Readlink(link); target != "file" {
		t.Errorf("the link became %q, %v", target, err)
	}
}

// A directory that the test made lies where it is now, as for package os.
func TestReadGotAfterChdir(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("testdata/golden", 0o755); err != nil { // as there is one in the directory of the package
		t.Fatal(err)
	}
	if err := os.WriteFile("testdata/golden/made", []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := new(golden).readGot("testdata/golden")
	if err != nil || len(got) != 1 || string(got["made"].data) != "x" {
		t.Error(got.paths(), err)
	}
}

func TestParseIntent(t *testing.T) {
	for value, want := range map[string]intent{
		"":       {},
		"0":      {},
		"false":  {},
		"1":      {update: true},
		"true":   {update: true},
		"always": {update: true, always: true},
		"clean":  {clean: true},
	} {
		if got, err := parseIntent(value); got != want || err != nil {
			t.Errorf("%q: %+v, %v", value, got, err)
		}
	}
	for _, value := range []string{"yes", "2", "Always", " "} {
		if got, err := parseIntent(value); err == nil || got != (intent{}) {
			t.Errorf("%q: %+v, %v", value, got, err)
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct {
		a, b   string
		same   bool
		reason string
	}{
		{"Out", "oUT", true, "ASCII"},
		{"ÄPFEL", "äpfel", true, "other letters"},
		{"K", "k", true, "the Kelvin sign folds to k"},
		{"ß", "ss", false, "full folding is not what file systems do"},
		{"a", "b", false, "other letters differ"},
	} {
		if (fold(c.a) == fold(c.b)) != c.same {
			t.Errorf("%q and %q: %s", c.a, c.b, c.reason)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct{ in, want, reason string }{
		{"a\n", "a\n", "fits"},
		{"a", "a\n", "always ends a line"},
		{"a\nb\nc\n", "a\nb\nc\n", "a count of one would save no line"},
		{"a\nb\nc\nd\n", "a\nb\n… 2 more lines\n", "counts what it leaves out"},
	} {
		if got := cut(c.in, 2); got != c.want {
			t.Errorf("cut(%q) = %q, want %q: %s", c.in, got, c.want, c.reason)
		}
	}
}

func TestReadable(t *testing.T) {
	for _, c := range []struct{ in, want, reason string }{
		{"", "", "nothing"},
		{"a\tb\nc", "a\tb\nc", "as it is, its end too"},
		{"a \nb\n", "\"a \"\nb\n", "white space at the end"},
		{"a\r\n", "\"a\\r\"\n", "a carriage return"},
		{"\u200b\n", "\"\\u200b\"\n", "no shape"},
		{strings.Repeat("ä", 51), strings.Repeat("ä", 50) + "…\nä", "broken"},
		{"x" + strings.Repeat("ä", 50) + "\n", "x" + strings.Repeat("ä", 49) + "…\nä\n", "never in a character"},
	} {
		if got := string(readable([]byte(c.in))); got != c.want {
			t.Errorf("readable(%q) = %q, want %q: %s", c.in, got, c.want, c.reason)
		}
	}
}

func TestHexDiff(t *testing.T) {
	for _, c := range []struct{ want, got, shown, reason string }{
		{"", "\x00", "golden 0 bytes, got 1 bytes; the first difference is at offset 0x0 (0)\n--- golden\n+++ got\n@@ -0,0 +1,1 @@\n" +
			"+00000000  00                                                |.|\n", "a row that only one has"},
		{"0123456789abcdef0", "0123456789abcdef\xff", "; the first difference is at offset 0x10 (16)\n--- golden\n+++ got\n@@ -1,2 +1,2 @@\n" +
			" 00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n" +
			"-00000010  30                                                |0|\n" +
			"+00000010  ff                                                |.|\n", "the row before stands as it is"},
	} {
		if got := hexDiff([]byte(c.want), []byte(c.got)); !strings.HasSuffix(got, c.shown) {
			t.Errorf("%s:\n%s", c.reason, got)
		}
	}
}
