package engine

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestDoTrims stores something in a store that holds an old record, and sees
// that go: a trim that nobody calls is easily lost.
func TestDoTrims(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	do := func(key string) {
		t.Helper()
		c, err := Open(Config{Dir: dir, Mode: On}) // as another process would
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.Do(context.Background(), Spec{Key: key, DeclaredOnly: true}, func(context.Context) (Output, error) {
			return Output{Data: []byte("value")}, nil
		})
		if err != nil || !res.Stored {
			t.Fatalf("stored %v, %v", res.Stored, err)
		}
	}
	records := func() []string {
		found, _ := filepath.Glob(filepath.Join(dir, "v1/slots/*/*/*/r-*"))
		return found
	}
	do("old")
	old := time.Now().Add(-40 * 24 * time.Hour)
	for _, path := range append(records(), filepath.Join(dir, "v1/trim/lock")) {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	do("new")
	if n := len(records()); n != 1 {
		t.Errorf("%d records after a trim was due", n)
	}
	for _, path := range records() {
		os.Chtimes(path, old, old)
	}
	do("newer")
	if n := len(records()); n != 2 {
		t.Errorf("%d records, though the last trim was just now", n)
	}
}
