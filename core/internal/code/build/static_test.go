package build

import (
	"path/filepath"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// TestExamplesAreUsers says that this library is no part of the code of a module that
// uses it, although that lies below it here, and part of the code of its own tests.
func TestExamplesAreUsers(t *testing.T) {
	const engine = library + "/core/internal/engine"
	for dir, part := range map[string]bool{".": true, "../../../../examples/postgres": false, "../../../../examples/quickstart": true} {
		path, err := filepath.Abs(dir)
		if err != nil {
			t.Fatal(err)
		}
		mods, err := Static(path, unlogged.Getenv).Modules()
		if err != nil {
			t.Fatal(err)
		}
		if got := mods.Find(engine).Dir != ""; got != part {
			t.Errorf("%s: %v", dir, got)
		}
	}
}
