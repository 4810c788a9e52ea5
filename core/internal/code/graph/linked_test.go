package graph

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A package that only the linker lists is not passed over where it is not what
// was compiled, unlike one that cannot be read.
func TestStaleLinked(t *testing.T) {
	b := build.Running()
	if why := b.NoSource(); why != "" {
		t.Skip("no source here: " + why) // a -c binary
	}
	g, err := Load(b, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "linked"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "linked", "b.go"), []byte("package linked\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/m\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if g.mods, err = build.Static(dir, unlogged.Getenv).Modules(); err != nil {
		t.Fatal(err)
	}
	if err := g.load(true, "example.com/m/gone"); err != nil {
		t.Error(err)
	}
	if stale := new(build.StaleError); !errors.As(g.load(true, "example.com/m/linked"), &stale) {
		t.Error("a package that only an external module imports is younger than the binary, and nobody minds")
	}
}
