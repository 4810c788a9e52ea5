package logged

import (
	"os"
	"path/filepath"
	"testing"
)

// Whatever the root, a look is told from a read and leads to the same file.
func TestSpell(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"in.txt", "m/in.txt"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	module := filepath.Join(dir, "m")
	for _, tt := range []struct {
		root   Root
		path   string
		reason string
	}{
		{Root{module, module}, "m/in.txt", "in the module"},
		{Root{module, module}, "in.txt", "outside of it"},
		{Root{module, module}, "m", "the root itself"},
		{Root{}, "m/in.txt", "no module: a test binary that was moved"},
		{Root{}, "m", "no module, a directory"},
	} {
		path := filepath.Join(dir, tt.path)
		name := tt.root.Spell(path)
		was, err1 := os.Stat(path)
		is, err2 := os.Stat(name)
		if !IsOwn(name) || err1 != nil || err2 != nil || !os.SameFile(was, is) {
			t.Errorf("%s: %s is looked at by %s: %v, %v", tt.reason, path, name, err1, err2)
		}
	}
}
