package engine

import (
	"os"
	"path/filepath"
	"testing"
)

// TestRecent holds hits that need not read their record again to what is so by
// then: in the store, in the files and variables, and in the call.
func TestRecent(t *testing.T) {
	if os.Getenv("CACHETEST_WINE") != "" {
		t.Skip("the log of hits stays open, and cannot be removed then as it can on Windows")
	}
	dir := filepath.Join(t.TempDir(), "store")
	input := filepath.Join(t.TempDir(), "input")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(input, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	t.Setenv("RECENT", "1")
	c, err := Open(Config{Dir: dir, Mode: On})
	if err != nil {
		t.Fatal(err)
	}
	get := func(version string) string {
		t.Helper()
		spec := Spec{Key: "recent", Version: version, DeclaredOnly: true, Declare: Declared{Files: []string{input}, Env: []string{"RECENT"}}}
		how := ""
		spec.Notify = func(e Event) { how += string(e.Type) }
		v, err := get(c, spec, func() ([]byte, error) { return os.ReadFile(input) })
		if err != nil {
			t.Fatal(err)
		}
		text := how + " " + string(v)
		clear(v) // it is the caller's own
		return text
	}
	records := func() []string {
		found, _ := filepath.Glob(filepath.Join(dir, "v1/slots/*/*/*/r-*"))
		return found
	}
	steps := []struct {
		why    string
		change func()
		want   string
	}{
		{"nothing is stored", func() {}, "miss one"},
		{"it is read from the store", func() {}, "hit one"},
		{"it is known", func() {}, "hit one"},
		{"it is still known", func() {}, "hit one"},
		{"a file changed", func() { write("two") }, "miss two"},
		{"it is read again", func() {}, "hit two"},
		{"it is known", func() {}, "hit two"},
		{"a variable changed", func() { os.Setenv("RECENT", "2") }, "miss two"},
		{"the variable is as before", func() { os.Setenv("RECENT", "1") }, "hit two"},
		{"so is the file", func() { write("one") }, "hit one"},
		{"the record is known", func() {}, "hit one"},
		{"records were removed", func() {
			for _, r := range records() {
				os.Remove(r)
			}
		}, "miss one"},
		{"it is known again", func() {}, "hit one"},
		{"records were damaged", func() {
			for _, r := range records() {
				if err := os.WriteFile(r, []byte("damaged"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}, "miss one"},
		{"the store was removed", func() { os.RemoveAll(dir) }, "miss one"},
	}
	for i, step := range steps {
		step.change()
		if got := get("1"); got != step.want {
			t.Errorf("step %d: %s: %q, want %q", i, step.why, got, step.want)
		}
	}
	get("1")
	if got := get("2"); got != "miss one" {
		t.Errorf("another version: %q", got)
	}
}
