package input

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/logged"
)

// TestOutside: what the go command looks at outside the module is the reader's,
// however deep his module lies.
func TestOutside(t *testing.T) {
	top := t.TempDir()
	for _, dir := range []string{"a/b/m", "c/m"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	at := func(dir string) *World {
		root := filepath.Join(top, filepath.FromSlash(dir))
		return &World{Root: logged.Root{Lexical: root, Physical: root}, Dir: root, Clock: time.Now}
	}
	deep, flat := at("a/b/m"), at("c/m")
	if in := deep.FileAt(goWorkName, Declared, nil); !in.Absent() {
		t.Fatalf("%+v", in)
	}
	write := func(path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("go 1.25\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(top, "a", "go.work"))
	if in := deep.FileAt(goWorkName, Declared, nil); in.Absent() {
		t.Error("a go.work two directories above the module is not seen")
	}
	if in := flat.FileAt(goWorkName, Declared, nil); !in.Absent() {
		t.Errorf("a go.work beside the module's directory counts: %+v", in)
	}
	env := filepath.Join(top, "env")
	t.Setenv("GOENV", env)
	if in := flat.FileAt(goEnvName, Declared, nil); !in.Absent() {
		t.Errorf("%+v", in)
	}
	write(env)
	if in := flat.FileAt(goEnvName, Declared, nil); in.Absent() || Show(goEnvName) != env {
		t.Errorf("%+v, %s", in, Show(goEnvName))
	}
}
