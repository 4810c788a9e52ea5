package input

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// skipWithoutGo ends a test that needs the go command where it runs in Wine, which
// has none.
func skipWithoutGo(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil && os.Getenv("CACHETEST_WINE") != "" {
		t.Skip(err)
	}
}

// TestGoFlagsAreThoseOfGoBuild holds the table to what the go command says of
// itself: a flag that a new version adds must be given a meaning.
func TestGoFlagsAreThoseOfGoBuild(t *testing.T) {
	skipWithoutGo(t)
	help, err := exec.Command("go", "help", "build").Output()
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"o"} // told in the text above the list
	for _, m := range regexp.MustCompile(`(?m)^\t-([A-Za-z]+)( .*)?$`).FindAllStringSubmatch(string(help), -1) {
		name, takesValue := m[1], m[2] != ""
		known = append(known, name)
		if f, ok := goFlagOf(name); !ok {
			t.Errorf("go build has a flag -%s, which has no meaning here", name)
		} else if f.value != takesValue {
			t.Errorf("-%s takes a value: %v; the table says otherwise", name, takesValue)
		}
	}
	for _, f := range goFlags {
		for name := range strings.FieldsSeq(f.names) {
			if !slices.Contains(known, name) {
				t.Errorf("go build has no flag -%s", name)
			}
		}
	}
}
