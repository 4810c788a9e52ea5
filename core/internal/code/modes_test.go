package code

import (
	"os"
	"strings"
	"testing"
)

// What a function is, what it captures and its closure must not depend on how
// the compiler arranged its code: with CACHETEST_LONG=1.
func TestModes(t *testing.T) {
	if os.Getenv("CACHETEST_LONG") == "" {
		t.Skip("set CACHETEST_LONG to compile this module in each mode")
	}
	modes := []string{"", "-trimpath", "-gcflags=-l", "-cover", "-coverpkg=./...", "-race", "-gcflags=all=-N -l"}
	var first string
	for _, mode := range modes {
		args := []string{"test", "-count=1", "-v", "./testdata/child"}
		if mode != "" {
			args = []string{"test", "-count=1", "-v", mode, "./testdata/child"}
		}
		out, err := goCommand(".", args...)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for line := range strings.Lines(string(out)) {
			if strings.HasPrefix(line, "CLOSURE ") {
				got.WriteString(line)
			}
		}
		if first == "" {
			first = got.String()
			t.Log(first)
			if strings.Count(first, " decls=") != 5 {
				t.Errorf("not five closures:\n%s", first)
			}
		} else if got.String() != first {
			t.Errorf("with %s:\n%sinstead of\n%s", mode, got.String(), first)
		}
	}
}
